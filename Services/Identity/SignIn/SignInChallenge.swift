import Crypto
import FoundationEssentials
import Models
import ServiceKit

/// Says that the password of a person was right a moment ago: what the first step of a sign-in answers, and the second
/// takes.
///
/// It is a sealed text, so nothing of it is stored and nobody can make one. It ends after five minutes, and with the
/// password that it speaks of.
struct SignInChallenge: Sendable, Equatable {
    /// How long the second step may take.
    static let lifetime: Duration = .seconds(300)
    private static let prefix = "cbt_"
    private static let purpose = "sign-in challenge"

    let workspace: ID<Workspace>
    let user: ID<User>
    /// The digest of the password's stored form.
    let passwordDigest: String
    let expiresAt: Timestamp

    init(for candidate: SignInCandidate, at now: Timestamp) {
        workspace = candidate.workspace
        user = candidate.user
        passwordDigest = Self.digest(candidate.encodedPassword)
        expiresAt = now.adding(Self.lifetime)
    }

    /// Reads what was presented; `nil` when it was not made here, or has ended.
    init?(_ text: String, at now: Timestamp, keyring: Keyring) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64URL.decode(String(text.dropFirst(Self.prefix.count))),
            let sealed = try? SealedSecret(bytes: Data(bytes)),
            let opened = try? keyring.open(sealed, in: .nobodys, as: Self.purpose)
        else { return nil }
        let parts = String(decoding: opened, as: UTF8.self).split(separator: " ").map(String.init)
        guard parts.count == 4, let workspace = ID<Workspace>(parts[0]), let user = ID<User>(parts[1]),
            let end = Int64(parts[3]), end > now.microseconds
        else { return nil }
        self.workspace = workspace
        self.user = user
        passwordDigest = parts[2]
        expiresAt = Timestamp(microseconds: end)
    }

    /// The text that the caller is given.
    func sealed(with keyring: Keyring) throws -> String {
        let text = "\(workspace) \(user) \(passwordDigest) \(expiresAt.microseconds)"
        let sealed = try keyring.seal(Data(text.utf8), in: .nobodys, as: Self.purpose)
        return Self.prefix + Base64URL.encode(sealed.bytes)
    }

    /// Whether it speaks of the password that the person has now.
    func speaks(of candidate: SignInCandidate) -> Bool {
        candidate.workspace == workspace && candidate.user == user
            && Self.digest(candidate.encodedPassword) == passwordDigest
    }

    private static func digest(_ encoded: String) -> String {
        SHA256.hash(data: Data("sign-in challenge \(encoded)".utf8)).hexadecimal
    }
}
