import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import Models
import NIOCore
import Synchronization
import Testing

@testable import ServiceKit

@Suite("Answers to the requests of a connection")
struct ConnectionResponderTests {
    /// Which task did what, by address.
    private final class Tasks: Sendable {
        private let tasks = Mutex<[String: Int]>([:])

        func note(_ what: String) {
            let task = withUnsafeCurrentTask { $0?.hashValue ?? 0 }
            tasks.withLock { $0[what] = task }
        }

        subscript(what: String) -> Int? { tasks.withLock { $0[what] } }
    }

    @Test("what begins an answer that lasts is a task of its own, and is gone while the answer is written")
    func beginsApart() async throws {
        let tasks = Tasks()
        let base = CallbackResponder<ExchangeContext> { request, _ in
            let path = request.head.path ?? ""
            tasks.note("\(path) begun")
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    tasks.note("\(path) written")
                    try await writer.write(ByteBuffer(string: "said"))
                    try await writer.finish(nil)
                })
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let responder = ConnectionResponder(routes: base, lastingPaths: ["/lasting"], logger: logger)
        try await serving(responder)
            .test(.live) { client in
                for path in ["/lasting", "/passing", "/lasting/not"] {
                    try await client.execute(uri: path, method: .get) { response in
                        #expect(String(buffer: response.body) == "said")
                        #expect(response.headers[.date]?.hasSuffix(" GMT") == true)
                    }
                    let (begun, written) = (tasks["\(path) begun"], tasks["\(path) written"])
                    #expect(begun != nil && written != nil)
                    #expect((begun != written) == (path == "/lasting"), "\(path)")
                }
            }
    }

    /// A server whose requests a responder answers.
    private func serving<Routes>(_ responder: ConnectionResponder<Routes>) -> some ApplicationProtocol {
        Application(
            router: Router(context: ExchangeContext.self),
            server: HTTPServerBuilder { _ in
                HTTP1Channel(responder: { try await responder.respond(to: $0, $1, on: $2) })
            }, logger: responder.logger)
    }

    @Test("what no route has made an answer of is 500, dated, and says nothing of it")
    func answersFaults() async throws {
        struct Fault: Error {}
        let base = CallbackResponder<ExchangeContext> { _, _ in throw Fault() }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await serving(ConnectionResponder(routes: base, lastingPaths: [], logger: logger))
            .test(.live) { client in
                try await client.execute(uri: "/", method: .get) { response in
                    #expect(response.status == .internalServerError && response.body.readableBytes == 0)
                    #expect(response.headers[.date] != nil)
                }
            }
    }

    @Test(
        "the date is written as RFC 9110 has it, and anew when the second is another",
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_164_799, "Wed, 28 Feb 2024 23:59:59 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ])
    func dates(second: Int64, text: String) {
        let field = DateField()
        #expect(field.text(at: Timestamp(microseconds: second * 1_000_000 + 999_999)) == text)
        #expect(field.text(at: Timestamp(microseconds: second * 1_000_000 + 1_000_000)) != text)
        #expect(field.text(at: Timestamp(microseconds: second * 1_000_000)) == text)
    }

    @Test("the live stream's address is one of those, and no other operation's")
    func namesItsPaths() {
        let handler: @Sendable (Request, ExchangeContext) async throws -> Response = { _, _ in Response(status: .ok) }
        let table = RouteTable([.lasting(Events.stream.contract, handler), .raw(Users.me.contract, handler)])
        #expect(table.lastingPaths == ["/v1/events"])
        #expect(table.inner.routes.isEmpty)
    }
}
