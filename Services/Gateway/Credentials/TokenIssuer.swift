import AsyncHTTPClient
import Models
import NIOCore
import NIOHTTP1
import ServiceKit

/// Asks identity for tokens.
struct TokenIssuer: Sendable {
    let client: HTTPClient
    let baseURL: String

    /// Trades a credential for a token.
    ///
    /// - Throws: ``Problem`` 401 when identity refuses it, 503 when identity cannot be reached within 3 s.
    func issue(_ credential: String, _ exchange: Exchange) async throws -> IssuedToken {
        guard let secret = Text<Secret>(credential) else { throw Problem.unauthenticated("The credential is not valid.") }
        var request = HTTPClientRequest(url: baseURL + Tokens.exchange.contract.path)
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "X-Request-Id": exchange.requestID,
            "traceparent": exchange.trace.traceparent,
        ]
        request.body = .bytes(ByteBuffer(bytes: try WireJSON.encode(ExchangeCredential(credential: secret))))
        let status: Int
        let body: [UInt8]
        do {
            let response = try await client.execute(request, timeout: .seconds(3))
            status = Int(response.status.code)
            body = Array(buffer: try await response.body.collect(upTo: Contract.bodyLimitBytes))
        } catch {
            throw Problem.unavailable("Credentials cannot be checked just now.", retryAfterSeconds: 1)
        }
        switch status {
        case 200: return try WireJSON.decode(IssuedToken.self, from: body)
        case 400..<500: throw Problem.unauthenticated("The credential is not valid, or it has ended.")
        default: throw Problem.unavailable("Credentials cannot be checked just now.", retryAfterSeconds: 1)
        }
    }
}
