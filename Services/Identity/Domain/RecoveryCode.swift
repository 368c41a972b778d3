import Crypto
import FoundationEssentials

/// A code that takes the place of an authenticator app's once, for a device that is lost.
enum RecoveryCode {
    /// How many a person is given.
    static let count = 10
    /// How many characters each has: 20 of 32 are 100 bits, so a plain SHA-256 is enough at rest.
    static let length = 20

    /// Makes a code: twenty characters without look-alikes in groups of five.
    static func make(_ random: RandomBytes) -> String {
        let alphabet = Array("abcdefghjkmnpqrstuvwxyz023456789".utf8)
        let characters = random(length).map { alphabet[Int($0 & 31)] }
        return stride(from: 0, to: length, by: 5).map { start in
            String(decoding: characters[start..<start + 5], as: UTF8.self)
        }.joined(separator: "-")
    }

    /// What is stored of a code as it was typed, without hyphens and in lower case.
    static func hash(_ code: String) -> String {
        SHA256.hash(data: Data(code.filter { $0 != "-" }.utf8)).hexadecimal
    }

    /// Whether what was typed can be one, and not a code of an app.
    static func isPossible(_ typed: String) -> Bool { typed.utf8.count == length }
}

/// How the second step of a sign-in was taken.
enum SecondFactorMethod: String, Sendable {
    case app
    case recoveryCode = "recovery_code"
}
