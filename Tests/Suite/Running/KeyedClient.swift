import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

/// Sends writes to one process under idempotency keys, and repeats each until it is answered for good.
final class KeyedClient: Sendable {
    /// What was answered in the end.
    struct Answer: Sendable {
        let status: UInt
        let text: String

        var isMade: Bool { status == 200 || status == 201 }
    }

    private let address: String
    private let identity: String
    private let credential: String
    private let token = Mutex("")

    /// - Parameters:
    ///   - address: The process that is written to.
    ///   - identity: Where the credential is traded for tokens.
    ///   - credential: An API key.
    init(address: String, identity: String, credential: String) {
        self.address = address
        self.identity = identity
        self.credential = credential
    }

    /// Sends a write until it is answered by anything but a passing failure.
    ///
    /// - Returns: The answer; nil when there was none in a minute, or when the task was cancelled.
    func post(_ path: String, _ body: String, key: String) async -> Answer? {
        var answer: Answer?
        try? await eventually(within: .seconds(60), path) {
            answer = await attempt(path, body, key)
            return answer != nil
        }
        return answer
    }

    /// One try; nil after a failure that passes.
    private func attempt(_ path: String, _ body: String, _ key: String) async -> Answer? {
        let fields = ["Idempotency-Key": key, "Authorization": "Bearer \(token.withLock { $0 })"]
        guard let answer = try? await send(address + path, body, fields) else { return nil }
        switch answer.status {
        case 401:
            await renewToken()
            return nil
        case 409 where answer.text.contains("idempotency_in_progress"), 503, 504:
            return nil
        default:
            return answer
        }
    }

    private func renewToken() async {
        let body = #"{"credential":"\#(credential)"}"#
        guard let answer = try? await send("\(identity)/v1/tokens", body, [:]),
            let found = answer.text.firstMatch(of: /"token":"([^"]+)"/)
        else { return }
        token.withLock { $0 = String(found.1) }
    }

    private func send(_ url: String, _ body: String, _ fields: [String: String]) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = HTTPHeaders(fields.map { ($0.key, $0.value) } + [("Content-Type", "application/json")])
        if !body.isEmpty { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        return Answer(
            status: response.status.code, text: String(buffer: try await response.body.collect(upTo: 65_536)))
    }
}
