import Crypto
import JWTKit
import Models
import ServiceKit

/// Signs tokens with the newest of the valid keys.
actor TokenMint {
    private var keyring: SigningKeyring
    private var signers: (kid: String, keys: JWTKeyCollection)?

    init(keyring: SigningKeyring) {
        self.keyring = keyring
    }

    /// Takes the keys that are valid now, after another was added or one ended.
    func replace(_ keyring: SigningKeyring) {
        self.keyring = keyring
    }

    /// A token of ``TokenClaims/lifetime`` for a principal that was just proved.
    ///
    /// - Throws: ``NoSigningKey`` when all keys are past their end.
    func mint(
        workspace: ID<Workspace>, kind: PrincipalKind, subject: String, permissions: Set<Permission>,
        credentialID: String, at now: Timestamp
    ) async throws -> MintedToken {
        let principal = Principal(
            workspace: workspace, kind: kind, subject: subject, permissions: permissions, credentialID: credentialID,
            expiresAt: now.adding(TokenClaims.lifetime))
        guard let key = keyring.signer(at: now, tokenLifetime: TokenClaims.lifetime) else { throw NoSigningKey() }
        let text = try await keys(of: key).sign(
            TokenClaims(principal: principal, issuedAt: now), kid: JWKIdentifier(string: key.kid))
        return MintedToken(text: text, principal: principal)
    }

    private func keys(of key: SigningKey) async -> JWTKeyCollection {
        if let signers, signers.kid == key.kid { return signers.keys }
        let keys = JWTKeyCollection()
        await keys.add(eddsa: EdDSA.PrivateKey(backing: key.privateKey), kid: JWKIdentifier(string: key.kid))
        signers = (key.kid, keys)
        return keys
    }
}

/// A signed token and whom it speaks for.
struct MintedToken: Sendable {
    let text: String
    let principal: Principal
}

/// All signing keys are past their end.
struct NoSigningKey: Error {}
