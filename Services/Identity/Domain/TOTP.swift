import Crypto
import FoundationEssentials
import Models

/// Codes that change with time (RFC 6238), as authenticator apps compute them.
enum TOTP {
    /// The hash underneath; apps that people use know the first one alone.
    enum Algorithm: Sendable, CaseIterable {
        case sha1, sha256, sha512
    }

    /// How long one code is shown.
    static let stepSeconds: Int64 = 30
    /// How many digits a code has.
    static let digits = 6
    /// How many random bytes a secret has: as many as SHA-1 makes (RFC 4226, section 4, R6).
    static let secretByteCount = 20
    /// How many steps before and after the present one are taken, for clocks that differ and people who type slowly.
    static let tolerance: Int64 = 1

    /// The number of the step at an instant.
    static func step(at now: Timestamp) -> Int64 { now.microseconds / 1_000_000 / stepSeconds }

    /// The code of a step (RFC 4226, section 5.3).
    static func code(
        _ secret: Data, step: Int64, digits: Int = digits, algorithm: Algorithm = .sha1
    ) -> String {
        let counter = Data((0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) })
        let key = SymmetricKey(data: secret)
        let digest =
            switch algorithm {
            case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
            case .sha256: Array(HMAC<SHA256>.authenticationCode(for: counter, using: key))
            case .sha512: Array(HMAC<SHA512>.authenticationCode(for: counter, using: key))
            }
        let offset = Int(digest[digest.count - 1] & 0x0F)
        let number = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { product, _ in product * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step whose code was typed, of those that are taken now and come after the last one taken; `nil` when it is
    /// the code of none.
    ///
    /// All are compared, each in constant time.
    static func step(of typed: String, _ secret: Data, at now: Timestamp, after last: Int64) -> Int64? {
        let present = step(at: now)
        let presented = SymmetricKey(data: Data(typed.utf8))
        return (present - tolerance...present + tolerance).reduce(nil) { found, step in
            let isRight = presented == SymmetricKey(data: Data(code(secret, step: step).utf8))
            return isRight && step > last ? step : found
        }
    }

    /// The address that a QR code carries for apps, as they all read it: `otpauth://totp/issuer:account?...`.
    static func address(_ secret: Data, account: String, issuer: String) -> String {
        let (account, issuer) = (escaped(account), escaped(issuer))
        return "otpauth://totp/\(issuer):\(account)?secret=\(Base32.encode(secret))&issuer=\(issuer)"
    }

    /// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(
            decoding: text.utf8.flatMap { byte -> [UInt8] in
                let isPlain =
                    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte)
                return isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }, as: UTF8.self)
    }
}

/// Base32 without padding (RFC 4648, section 6).
enum Base32 {
    /// The text of bytes.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var text: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for byte in bytes {
            bits = (bits << 8 | UInt32(byte)) & 0xFFFF
            count += 8
            while count >= 5 {
                count -= 5
                text.append(alphabet[Int(bits >> UInt32(count)) & 31])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt32(5 - count)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }
}
