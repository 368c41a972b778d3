import FoundationEssentials
import Models
import ServiceKit

/// A device on which the password of an account was once right (OWASP, "Slow Down Online Guessing Attacks with Device
/// Cookies").
///
/// Its sign-ins are counted apart from those of strangers, so that nobody can lock an owner out by guessing. It is a
/// signed text, `cbd.<nonce>.<end>.<code>`, bound to workspace and mail address, and is stored nowhere; whoever steals
/// one gains ten guesses.
struct KnownDevice: Sendable, Equatable {
    /// How long a device stays known after a sign-in.
    static let lifetime: Duration = .seconds(180 * 86_400)
    private static let prefix = "cbd"
    private static let nonceByteCount = 16
    private static let purpose = "known device 1"

    /// Tells devices of one account apart, 22 characters.
    let nonce: String

    /// Makes the text that a device keeps.
    static func issue(
        for account: AccountName, at now: Timestamp, keyring: Keyring, random: RandomBytes
    ) -> String {
        let nonce = Base64URL.encode(random(nonceByteCount))
        let end = String(now.adding(lifetime).microseconds / 1_000_000)
        let code = keyring.authenticationCode(of: message(account, nonce, end), for: purpose)
        return [prefix, nonce, end, Base64URL.encode(code)].joined(separator: ".")
    }

    /// Reads the text that a device kept; `nil` when it was not made here for this account, or has ended.
    init?(_ text: String, of account: AccountName, at now: Timestamp, keyring: Keyring) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == Self.prefix, text.utf8.count <= 160, let end = Int64(parts[2]),
            end > now.microseconds / 1_000_000, let code = Base64URL.decode(parts[3]),
            keyring.isAuthentic(Data(code), of: Self.message(account, parts[1], parts[2]), for: Self.purpose)
        else { return nil }
        nonce = parts[1]
    }

    private static func message(_ account: AccountName, _ nonce: String, _ end: String) -> String {
        "\(account.text)\n\(nonce)\n\(end)"
    }
}

/// Whom somebody wants to sign in as, whether there is such a person or not.
struct AccountName: Sendable, Equatable {
    /// The workspace's short name and the mail address as it is found by.
    let text: String

    init(workspace slug: String, email: String) {
        text = "\(slug)\n\(EmailKey(email).value)"
    }
}
