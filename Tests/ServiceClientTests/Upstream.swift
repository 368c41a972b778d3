import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceClient
import Synchronization
import Testing

/// A service to call, over real HTTP: it answers what a test scripts and remembers what it was asked.
final class Upstream: Sendable {
    struct Asked: Sendable {
        let method: String
        let target: String
        let headers: HTTPFields
        let body: String
    }

    enum Reply: Sendable {
        case answer(Int, String, [HTTPField.Name: String] = [:])
        case problem(Int, String, [HTTPField.Name: String] = [:])
        /// No answer before the caller has gone.
        case silence
        /// A body of so many bytes.
        case flood(Int)
    }

    private let asked = Mutex<[Asked]>([])
    private let script: Mutex<[Reply]>
    private let otherwise: Reply

    init(_ script: [Reply], otherwise: Reply = .answer(200, "{}")) {
        self.script = Mutex(script)
        self.otherwise = otherwise
    }

    var requests: [Asked] { asked.withLock { $0 } }

    /// Serves on a free port while the body runs.
    func serving<Value: Sendable>(
        _ body: @escaping @Sendable (_ address: String) async throws -> Value
    ) async throws -> Value {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.add(middleware: Everything(upstream: self))
        let application = Application(
            responder: router.buildResponder(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            var iterator = ports.makeAsyncIterator()
            let number = try #require(await iterator.next())
            return try await body("http://127.0.0.1:\(number)")
        }
    }

    fileprivate func reply(to request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 1 << 20)
        asked.withLock {
            $0.append(
                Asked(
                    method: request.method.rawValue, target: request.uri.string, headers: request.headers,
                    body: String(buffer: body)))
        }
        switch script.withLock({ $0.isEmpty ? otherwise : $0.removeFirst() }) {
        case .answer(let status, let body, let headers): return response(status, body, headers)
        case .problem(let status, let code, let headers):
            let body = #"{"type":"t","title":"T","status":\#(status),"code":"\#(code)","detail":"D","errors":[]}"#
            return response(status, body, headers)
        case .silence:
            try await Task.sleep(for: .seconds(3_600))
            return response(200, "", [:])
        case .flood(let count):
            return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(repeating: 0x20, count: count)))
        }
    }

    private func response(_ status: Int, _ body: String, _ headers: [HTTPField.Name: String]) -> Response {
        var fields = HTTPFields()
        for (name, value) in headers { fields[name] = value }
        return Response(
            status: .init(code: status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

/// Answers every address.
private struct Everything: RouterMiddleware {
    let upstream: Upstream

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        try await upstream.reply(to: request)
    }
}

/// A client of one upstream whose clock a test moves and whose waits are remembered, not slept.
final class Caller: Sendable {
    private let moment = Mutex(ContinuousClock.now)
    private let slept = Mutex<[Duration]>([])

    var waits: [Duration] { slept.withLock { $0 } }

    func pass(_ duration: Duration) { moment.withLock { $0 += duration } }

    func client(
        _ address: String, configure: (inout ServiceClientConfiguration) -> Void = { _ in },
        token: @escaping ServiceClient.TokenProvider = { _ in "own-token" }
    ) -> ServiceClient {
        var configuration = ServiceClientConfiguration(addresses: [.identity: address])
        configure(&configuration)
        let time = CallTime(
            now: { self.moment.withLock { $0 } },
            sleep: { wait in
                self.slept.withLock { $0.append(wait) }
                self.pass(wait)
            },
            chance: { 1 })
        return ServiceClient(http: .shared, configuration: configuration, time: time, token: token)
    }
}

/// The record that the tests' operations are about.
struct Thing: Codable, Sendable, Equatable {
    let id: ID<Thing>
    let displayName: String
}

struct NewThing: Codable, Sendable {
    let displayName: String
}

struct ThingQuery: Codable, Sendable {
    let q: String?
    let limit: Int?
}

enum Things {
    static let show = Endpoint<IDPath<Thing>, NoQuery, NoBody, Thing>(
        .get, "/v1/things/{id}", "things.show", .needs(.workspaceRead), "Shows a thing.")
    static let list = Endpoint<NoPath, ThingQuery, NoBody, Page<Thing>>(
        .get, "/v1/things", "things.list", .needs(.workspaceRead), "Lists things.")
    static let create = Endpoint<NoPath, NoQuery, NewThing, Thing>(
        .post, "/v1/things", "things.create", .needs(.workspaceRead), "Makes a thing.", success: 201)
    static let trade = Endpoint<NoPath, NoQuery, NewThing, Thing>(
        .post, "/v1/trades", "things.trade", .open(reason: "a test"), "Takes no key.", answer: KeptAnswer.none)
    static let delete = Endpoint<IDPath<Thing>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/things/{id}", "things.delete", .needs(.workspaceRead), "Deletes a thing.", success: 204)
}
