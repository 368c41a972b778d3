import Crypto
import Foundation

/// Random values from the system's generator.
enum Secret {
    /// 32 random bytes as 64 hexadecimal digits.
    static func hexadecimal() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// 32 random bytes in base64 (RFC 4648, section 4).
    static func base64() -> String {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<32).map { _ in generator.next() as UInt8 }).base64EncodedString()
    }

    /// 20 characters out of 31 without look-alikes, in groups of five: 99 bits, to be typed by a person.
    static func readable() -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var generator = SystemRandomNumberGenerator()
        let groups = (0..<4).map { _ in String((0..<5).compactMap { _ in alphabet.randomElement(using: &generator) }) }
        return groups.joined(separator: "-")
    }

    /// The SHA-256 of a secret, hexadecimal: all that others need to recognise it.
    static func digest(of secret: String) -> String {
        SHA256.hash(data: Data(secret.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0\(digits)" : digits
        }.joined()
    }
}
