import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// The limits on how often callers may ask: by address before anything is known of them, then by credential and
/// by workspace, so that neither a key nor a workspace takes the place of others.
struct RequestLimits: Sendable {
    /// What a credential that is not valid costs its address, over the one request: guessing ends soon.
    static let refusalCost = 19

    let quotas: LimitQuotas
    let limiter: RateLimiter
    private let policy: String

    init(quotas: LimitQuotas, limiter: RateLimiter) {
        self.quotas = quotas
        self.limiter = limiter
        policy = [LimitKey.Kind.address, .principal, .workspace].filter { quotas[$0] > 0 }.map { kind in
            "\"\(kind)\";q=\(quotas[kind]);w=\(quotas.windowSeconds)"
        }.joined(separator: ", ")
    }

    /// What a request from an address counts against.
    func claims(of address: LimitKey?) -> [LimitClaim] {
        guard let address, quotas.address > 0 else { return [] }
        return [LimitClaim(key: address, quota: quotas.address)]
    }

    /// What a request with a credential counts against: the credential by its id, and the workspace.
    func claims(of principal: Principal) -> [LimitClaim] {
        var claims: [LimitClaim] = []
        if quotas.principal > 0 {
            let digest = SHA256.hash(data: Data("\(principal.workspace) \(principal.credentialID)".utf8))
            let key = digest.withUnsafeBytes { bytes in
                LimitKey(
                    kind: .principal, high: bytes.loadUnaligned(as: UInt64.self),
                    low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            claims.append(LimitClaim(key: key, quota: quotas.principal))
        }
        if quotas.workspace > 0 {
            let key = withUnsafeBytes(of: principal.workspace.rawValue.uuid) { bytes in
                LimitKey(
                    kind: .workspace, high: bytes.loadUnaligned(as: UInt64.self),
                    low: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            claims.append(LimitClaim(key: key, quota: quotas.workspace))
        }
        return claims
    }

    /// Counts a request.
    ///
    /// - Returns: How the caller stands to the limit it is nearest to.
    /// - Throws: ``Problem`` 429 with `Retry-After` when one of the limits is reached.
    func take(_ claims: [LimitClaim]) throws(Problem) -> LimitStanding? {
        guard !claims.isEmpty else { return nil }
        switch limiter.take(claims) {
        case .granted(let standing): return standing
        case .refused(let standing):
            throw Problem(
                .rateLimited, "Too many requests for this \(standing.kind); try again in \(standing.seconds) s.",
                headers: [
                    "Retry-After": String(standing.seconds), "RateLimit": text(of: standing),
                    "RateLimit-Policy": policy,
                ])
        }
    }

    /// Tells the caller how it stands (draft-ietf-httpapi-ratelimit-headers-10).
    func tell(_ standing: LimitStanding?, in fields: inout HTTPFields) {
        guard let standing else { return }
        fields[.rateLimit] = text(of: standing)
        fields[.rateLimitPolicy] = policy
    }

    private func text(of standing: LimitStanding) -> String {
        "\"\(standing.kind)\";r=\(standing.remaining);t=\(standing.seconds)"
    }
}

extension HTTPField.Name {
    /// What is left of the limit that the caller is nearest to.
    static let rateLimit = name("RateLimit")
    /// The limits that there are.
    static let rateLimitPolicy = name("RateLimit-Policy")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("a constant is a valid field name") }
        return name
    }
}
