import Models
import ServiceClient
import ServiceKit

/// Asks identity for tokens.
struct TokenIssuer: Sendable {
    let client: ServiceClient

    /// Trades a credential for a token.
    ///
    /// - Throws: ``Problem`` 401 when identity refuses it, 503 when identity cannot be reached within 3 s.
    func issue(_ credential: String, _ exchange: Exchange) async throws -> IssuedToken {
        guard let secret = Text<Secret>(credential) else { throw Self.refused }
        let context = CallContext(requestID: exchange.requestID, traceparent: exchange.trace.traceparent)
        do throws(UpstreamError) {
            return try await client.call(
                .identity, Tokens.exchange.request(body: ExchangeCredential(credential: secret)), in: context,
                CallOptions(isRepeatable: true)
            ).value
        } catch {
            guard let status = error.status, (400..<500).contains(status) else {
                throw Problem.unavailable("Credentials cannot be checked just now.", retryAfterSeconds: 1)
            }
            throw Self.refused
        }
    }

    private static var refused: Problem { .unauthenticated("The credential is not valid, or it has ended.") }
}
