import Crypto
import FoundationEssentials

/// What a server needs to check a password by SCRAM-SHA-256 without knowing it (RFC 5802 section 3, RFC 7677), in the
/// form that PostgreSQL stores and `ALTER ROLE … PASSWORD` takes.
struct SCRAMVerifier {
    /// `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>`.
    let text: String

    /// Derives the verifier of a password of printable ASCII, which needs no preparation by SASLprep.
    init(password: String, iterations: Int, salt: [UInt8] = SCRAMVerifier.randomSalt()) {
        let salted = SymmetricKey(data: Self.salted(password, iterations, salt))
        let clientKey = HMAC<SHA256>.authenticationCode(for: Data("Client Key".utf8), using: salted)
        let storedKey = Data(SHA256.hash(data: Data(clientKey)))
        let serverKey = Data(HMAC<SHA256>.authenticationCode(for: Data("Server Key".utf8), using: salted))
        text =
            "SCRAM-SHA-256$\(iterations):\(Data(salt).base64EncodedString())"
            + "$\(storedKey.base64EncodedString()):\(serverKey.base64EncodedString())"
    }

    /// 16 bytes, as the server's own verifiers have.
    static func randomSalt() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// `Hi` of RFC 5802: PBKDF2 with HMAC-SHA-256 and one block.
    private static func salted(_ password: String, _ iterations: Int, _ salt: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: Data(password.utf8))
        var block = Array(HMAC<SHA256>.authenticationCode(for: Data(salt + [0, 0, 0, 1]), using: key))
        var sum = block
        for _ in 1..<iterations {
            block = Array(HMAC<SHA256>.authenticationCode(for: block, using: key))
            for index in sum.indices { sum[index] ^= block[index] }
        }
        return sum
    }
}
