/// What one connection may take of a process.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `http.headTimeoutSeconds` | seconds from a request's first byte to the end of its header fields | 10 | 1-60 |
/// | `body.timeoutSeconds` | seconds from there to its body's last byte | 30 | 1-300 |
/// | `http.idleTimeoutSeconds` | seconds between two requests | 60 | 5-600 |
/// | `http.readerTimeoutSeconds` | seconds in which a client takes some of its answer | 30 | 1-300 |
/// | `http.connections` | connections at once | 12000 | 16-100000 |
/// | `http.connectionsPerAddress` | the same from one address; 0 is no limit | gateway 1000, else 0 | 0-100000 |
package struct ConnectionLimits: Sendable {
    /// From a request's first byte to the end of its header fields.
    package var head: Duration = .seconds(10)
    /// From there to the last byte of its body.
    package var body: Duration = .seconds(30)
    /// Between two requests.
    package var idle: Duration = .seconds(60)
    /// Until a client takes some more of its answer.
    package var reader: Duration = .seconds(30)
    /// How long what a client still sends is read after an answer that did not wait for it.
    package var linger: Duration = .seconds(1)
    /// How long no further request is read after one that was refused for asking too often; zero is not at all.
    ///
    /// The refusal says `Retry-After`, which is longer: who obeys notices nothing, and who asks on at once takes next
    /// to nothing from others. Only where the public asks: connections of other processes carry many people's requests.
    package var refusalRest: Duration = .zero
    /// The proxies before us: their connections never rest, for they carry many people's requests.
    package var proxies: Set<String> = []
    /// Connections at once.
    package var count: Int = 12_000
    /// Connections at once from one address; 0 is no limit.
    package var countPerAddress: Int = 0
    /// The most bytes of one header field.
    package let fieldBytes: Int = 20_480
    /// The most bytes of all header fields and the request line.
    package let headBytes: Int = 40_960
    /// The most header fields.
    package let fieldCount: Int = 100

    /// The defaults of the table above.
    package init() {}

    init(_ settings: inout Settings, isPublic: Bool, body: Duration) {
        self.body = body
        refusalRest = isPublic ? .milliseconds(250) : .zero
        if isPublic { proxies = Self.proxies(&settings) }
        head = settings.seconds("http.headTimeoutSeconds", default: 10, in: 1...60)
        reader = settings.seconds("http.readerTimeoutSeconds", default: 30, in: 1...300)
        idle = settings.seconds("http.idleTimeoutSeconds", default: 60, in: 5...600)
        count = settings.integer("http.connections", default: count, in: 16...100_000)
        countPerAddress = settings.integer(
            "http.connectionsPerAddress", default: isPublic ? 1_000 : 0, in: 0...100_000)
    }

    /// The addresses of the proxies that stand before the process, as `proxy.addresses` names them.
    package static func proxies(_ settings: inout Settings) -> Set<String> {
        Set(settings.string("proxy.addresses", default: "").split(separator: ",").map { $0.filter { $0 != " " } })
    }
}
