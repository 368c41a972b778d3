import Models
import ServiceClient
import ServiceKit

/// Reads who speaks by a token, after its signature was verified: limits and the live stream depend on it.
struct PrincipalReader: Sendable {
    let limits: RequestLimits
    /// Verifies a token.
    let principal: @Sendable (String) async throws -> Principal

    /// Verifies with the keys that identity publishes at `/.well-known/jwks.json`.
    static func verifier(_ client: ServiceClient, clock: ServiceClock) -> TokenVerifier {
        TokenVerifier(clock: clock) {
            do throws(UpstreamError) {
                let context = CallContext(requestID: ID<Exchange>.make(at: clock.now()).description, traceparent: nil)
                return try await client.call(.identity, Tokens.keys.request(), in: context).value.keys
            } catch {
                throw Problem.unavailable("Tokens cannot be checked just now.", retryAfterSeconds: 1)
            }
        }
    }

    /// What a request with the token goes on with.
    ///
    /// - Throws: ``Problem`` 401 when no valid key signed it or it has ended, 503 when the keys cannot be read.
    func admission(of token: String, csrfToken: String?) async throws -> Admission {
        let principal = try await principal(token)
        return Admission(
            token: token, principal: principal, csrfToken: csrfToken, claims: limits.claims(of: principal))
    }
}

/// What a request goes on with: the token that speaks for its caller, and who that is.
struct Admission: Sendable {
    /// The token to forward.
    let token: String
    /// Whom the token speaks for.
    let principal: Principal
    /// What the session's unsafe requests must carry; `nil` for keys and tokens.
    let csrfToken: String?
    /// The limits that the caller's requests count against.
    let claims: [LimitClaim]
}
