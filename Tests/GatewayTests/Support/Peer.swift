import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Models
import NIOCore
import ServiceKit
import Synchronization

/// A small HTTP server on a port of its own that stands behind the gateway in a test, and remembers what it saw.
final class Peer: Sendable {
    struct Seen: Sendable {
        let method: HTTPRequest.Method
        let path: String
        let fields: HTTPFields
    }

    private let seen = Mutex<[Seen]>([])
    private let answer: @Sendable (Request, Int) async throws -> Response

    /// Makes a peer that answers each request, given how many it has seen with this one.
    init(answering answer: @escaping @Sendable (Request, Int) async throws -> Response) {
        self.answer = answer
    }

    /// What the peer has been asked so far.
    var requests: [Seen] { seen.withLock { $0 } }

    /// Runs a body while the peer listens; `baseURL` is where.
    func listening(_ body: @escaping @Sendable (_ baseURL: String) async throws -> Void) async throws {
        let router = Router()
        for method: HTTPRequest.Method in [.get, .put, .post, .patch, .delete] {
            router.on("**", method: method) { [self] request, _ in
                try await answer(request, note(request))
            }
        }
        try await Application(router: router, logger: Logger(label: "peer") { _ in SwiftLogNoOpLogHandler() })
            .test(.live) { client in
                guard let port = client.port else { throw Problem(.internalError, "the peer has no port") }
                try await body("http://127.0.0.1:\(port)")
            }
    }

    private func note(_ request: Request) -> Int {
        let one = Seen(method: request.method, path: request.head.path ?? "", fields: request.headers)
        return seen.withLock { seen in
            seen.append(one)
            return seen.count
        }
    }

    /// An answer as identity gives it to `POST /v1/tokens`.
    static func issued(_ token: String, credentialID: String = "c1", csrfToken: String? = "proof") throws -> Response {
        let issued = IssuedToken(
            token: token, expiresAt: Timestamp.now.adding(.seconds(60)), credentialID: credentialID,
            csrfToken: csrfToken)
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try WireJSON.encode(issued))))
    }
}
