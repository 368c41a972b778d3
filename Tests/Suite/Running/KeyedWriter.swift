import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// Makes teams at one process of identity and repeats each request under its idempotency key until it is answered.
///
/// Team names are unique: a request that happened twice would be told so by a conflict, which is noted.
final class KeyedWriter: Sendable {
    private struct State {
        var acknowledged: Set<String> = []
        var conflicts: [String] = []
        var token = ""
    }

    private let address: String
    private let credential: String
    private let state = Mutex(State())

    /// The teams whose creation was answered with 201, at the first or a later try.
    var acknowledged: Set<String> { state.withLock { $0.acknowledged } }
    /// What was answered where nothing but 201 or a passing failure may be.
    var conflicts: [String] { state.withLock { $0.conflicts } }

    init(address: String, credential: String) {
        self.address = address
        self.credential = credential
    }

    /// Writes one team after the other while `goesOn` says so; the last one is seen to its end.
    func run(while goesOn: @Sendable () -> Bool) async {
        while goesOn() {
            let name = "team \(UUID().uuidString)"
            while await !isMade(name), !Task.isCancelled {}
        }
    }

    /// One try; whether the team is known to be made, or was refused for good.
    private func isMade(_ name: String) async -> Bool {
        let answer = try? await post(
            "/v1/teams", #"{"name":"\#(name)"}"#,
            ["Idempotency-Key": name, "Authorization": "Bearer \(state.withLock { $0.token })"])
        switch answer?.status {
        case 201:
            state.withLock { _ = $0.acknowledged.insert(name) }
            return true
        case 401:
            await renewToken()
            return false
        case 409 where answer?.text.contains("idempotency_in_progress") == true, 503, 504, nil:
            return false
        default:
            state.withLock { $0.conflicts.append("\(answer?.status ?? 0) \(answer?.text ?? "")") }
            return true
        }
    }

    private func renewToken() async {
        let body = #"{"credential":"\#(credential)"}"#
        guard let answer = try? await post("/v1/tokens", body, [:]),
            let token = answer.text.firstMatch(of: /"token":"([^"]+)"/)
        else { return }
        state.withLock { $0.token = String(token.1) }
    }

    private func post(
        _ path: String, _ body: String, _ headers: [String: String]
    ) async throws -> (status: UInt, text: String) {
        var request = HTTPClientRequest(url: address + path)
        request.method = .POST
        request.headers = HTTPHeaders(headers.map { ($0.key, $0.value) } + [("Content-Type", "application/json")])
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        return (response.status.code, String(buffer: try await response.body.collect(upTo: 65_536)))
    }
}
