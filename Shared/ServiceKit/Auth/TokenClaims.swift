package import JWTKit
package import Models

/// The claims of a token between processes (RFC 7519; DESIGN.md section 3).
package struct TokenClaims: JWTPayload {
    /// Who signs and who is meant: both are the suite.
    package static let audience = "casebook"
    /// How long a token lives.
    package static let lifetime: Duration = .seconds(60)

    /// The issuer.
    let iss: String
    /// The audience.
    let aud: String
    /// The user's id or the service's name.
    let sub: String
    /// The workspace.
    let ws: String
    /// The kind of principal.
    let kind: String
    /// The permissions.
    let perm: [String]
    /// The credential the token was traded for.
    let cid: String
    /// When it was signed, seconds since 1970.
    let iat: Int64
    /// When it ends, seconds since 1970.
    let exp: Int64

    /// Describes a principal from an instant on; the token ends a whole second at most before `principal.expiresAt`.
    package init(principal: Principal, issuedAt: Timestamp) {
        iss = Self.audience
        aud = Self.audience
        sub = principal.subject
        ws = principal.workspace.description
        kind = principal.kind.rawValue
        perm = principal.permissions.map(\.rawValue).sorted()
        cid = principal.credentialID
        iat = issuedAt.microseconds / 1_000_000
        exp = principal.expiresAt.microseconds / 1_000_000
    }

    /// Checks nothing: who verifies compares with the service's own clock, by ``principal(at:)``.
    package func verify(using algorithm: some JWTAlgorithm) async throws {}

    /// Whom the token speaks for at an instant; `nil` when it is for others, too old, from the future, or malformed.
    func principal(at now: Timestamp) -> Principal? {
        let seconds = now.microseconds / 1_000_000
        guard iss == Self.audience, aud == Self.audience, exp > seconds, iat <= seconds + 5, exp - iat <= 300,
            let workspace = ID<Workspace>(ws), let kind = PrincipalKind(rawValue: kind)
        else { return nil }
        return Principal(
            workspace: workspace, kind: kind, subject: sub, permissions: Set(perm.map(Permission.init(rawValue:))),
            credentialID: cid, expiresAt: Timestamp(microseconds: exp * 1_000_000))
    }
}
