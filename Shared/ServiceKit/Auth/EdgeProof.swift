import Crypto
import FoundationEssentials
import Glibc
import Models

/// How the gateway tells a service which network address a request came from, so that nobody else can (S-6).
///
/// The field is `X-Internal-Client: <address> <code>`; the code is an HMAC-SHA-256 (RFC 2104) under a secret that the
/// two share. Without the secret, or with another code, the field means nothing.
package struct EdgeProof: Sendable {
    private let key: SymmetricKey

    /// Takes the shared secret; `nil` when it is shorter than 32 characters.
    package init?(secret: String) {
        guard secret.utf8.count >= 32 else { return nil }
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("casebook client address 1".utf8),
            outputByteCount: 32)
    }

    /// The field's value for the address that the gateway saw.
    package func header(for address: String) -> String { "\(address) \(code(of: address))" }

    /// The network that a field vouches for: an IPv4 address, or the first 64 bits of an IPv6 address, which one
    /// customer of a network has to itself.
    ///
    /// - Returns: `nil` when the field is absent, wrong or not vouched for.
    package func network(in header: String?) -> String? {
        let parts = (header ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let presented = Base64URL.decode(parts[1]),
            HMAC<SHA256>.isValidAuthenticationCode(
                presented, authenticating: Data(parts[0].utf8), using: key)
        else { return nil }
        return Self.network(of: parts[0])
    }

    private func code(of address: String) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data(address.utf8), using: key))
    }

    private static func network(of text: String) -> String? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return text }
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        // An IPv4 address inside of IPv6 (RFC 4291, section 2.5.5.2).
        if bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10...11].allSatisfy({ $0 == 0xFF }) {
            return bytes[12...].map(String.init).joined(separator: ".")
        }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}
