import HTTPTypes
package import Hummingbird
package import Models
package import NIOCore

/// What is known of a request before its route: its id, its trace, its instant.
package struct Exchange: Sendable {
    /// The id that the answer, the log, the activity and calls to others carry.
    package let requestID: String
    /// The position in the caller's trace.
    package let trace: TraceContext
    /// The one instant of the request.
    package let now: Timestamp

    init(_ fields: HTTPFields, now: Timestamp) {
        self.now = now
        var random = ExchangeRandom.shared.take()
        trace = TraceContext(continuing: fields[.traceparent], using: &random)
        if let given = fields[.requestID], Self.isSane(given) {
            requestID = given
        } else {
            requestID = ID<Exchange>.make(at: now, random: (random.next(), random.next())).description
        }
    }

    /// What a worker's calls go by, which no request causes.
    package static func ownWork(at now: Timestamp) -> Exchange { Exchange(HTTPFields(), now: now) }

    /// What a context holds before the edge has seen the request.
    static let unset = Exchange(HTTPFields(), now: Timestamp(microseconds: 0))

    /// At most 128 bytes of letters, digits, dot, underscore, hyphen and colon.
    private static func isSane(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x3A).contains($0) || $0 == 0x2D || $0 == 0x2E
                    || $0 == 0x5F
            }
    }
}

/// The context that travels with a request through hummingbird's responders.
package struct ExchangeContext: RequestContext {
    /// What hummingbird itself keeps.
    package var coreContext: CoreRequestContextStorage
    /// What the edge found out; a route sees it always set.
    package var exchange: Exchange
    /// What is left of the time for a write that is a part of a request; `nil` for a request of its own.
    var requestLimit: Duration?

    /// The connection's channel; a test without sockets has none of its own.
    private let channel: any Channel

    /// Where the connection comes from; `nil` without a socket.
    package var peerAddress: SocketAddress? { channel.remoteAddress }

    /// Closes the connection after a while, whatever is still to be written.
    package func closeConnection(after delay: Duration) {
        _ = channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { [channel] in channel.close(promise: nil) }
    }

    /// Makes a context whose exchange the edge fills in.
    package init(source: ApplicationRequestContextSource) {
        channel = source.channel
        coreContext = CoreRequestContextStorage(source: source)
        exchange = Exchange.unset
    }
}
