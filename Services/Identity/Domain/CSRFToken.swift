import Crypto
import FoundationEssentials
import Models

/// The token that unsafe requests with the session's cookie must carry, so that another site cannot make them.
///
/// It is derived from the hash of the session's credential, which both the sign-in and later requests know, and so is
/// stored nowhere. Whoever knows it still needs the cookie; whoever reads the database could derive it, but not the
/// cookie.
enum CSRFToken {
    /// HMAC-SHA-256 (RFC 2104) of a fixed text under the credential's hash, base64url: 43 characters.
    static func derive(credentialHash: String) -> String {
        let key = SymmetricKey(data: Data(credentialHash.utf8))
        return Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data("casebook csrf token 1".utf8), using: key))
    }
}
