import Crypto
import FoundationEssentials
import JWTKit
package import Models
package import ServiceKit

/// Signs tokens as identity does, with a key of its own.
package struct TokenSigner: Sendable {
    /// The key's id.
    package let kid: String
    private let privateKey: Curve25519.Signing.PrivateKey

    /// Makes a signer with a new key.
    package init(kid: String = "test-key") {
        self.kid = kid
        privateKey = Curve25519.Signing.PrivateKey()
    }

    /// The key as identity would publish it.
    package var verificationKey: VerificationKey {
        VerificationKey(kid: kid, x: Base64URL.encode(privateKey.publicKey.rawRepresentation))
    }

    /// A verifier that knows this key alone.
    package func verifier(clock: ServiceClock = .system) -> TokenVerifier {
        TokenVerifier(clock: clock) { [verificationKey] in [verificationKey] }
    }

    /// A token for a principal, issued at an instant.
    package func token(for principal: Principal, issuedAt: Timestamp = .now) async throws -> String {
        let keys = JWTKeyCollection()
        let id = JWKIdentifier(string: kid)
        await keys.add(eddsa: EdDSA.PrivateKey(backing: privateKey), kid: id)
        return try await keys.sign(TokenClaims(principal: principal, issuedAt: issuedAt), kid: id)
    }

    /// A token of whatever claims, as identity would never sign one (RFC 7515, section 7.1).
    package func token(claims: JSONValue) throws -> String {
        let header: JSONValue = ["alg": "EdDSA", "kid": .string(kid), "typ": "JWT"]
        let signed = [header, claims].map { Base64URL.encode(JSONWriter.bytes(of: $0)) }.joined(separator: ".")
        return "\(signed).\(Base64URL.encode(try privateKey.signature(for: Data(signed.utf8))))"
    }
}

extension Principal {
    /// A member of staff with some permissions, whose token lives for 60 s.
    package static func sample(
        workspace: ID<Workspace> = .make(at: .now), kind: PrincipalKind = .staff, subject: String? = nil,
        permissions: Set<Permission> = [.workspaceRead], credentialID: String = "credential",
        expiresAt: Timestamp = Timestamp.now.adding(.seconds(60))
    ) -> Principal {
        Principal(
            workspace: workspace, kind: kind, subject: subject ?? ID<User>.make(at: .now).description,
            permissions: permissions, credentialID: credentialID, expiresAt: expiresAt)
    }
}
