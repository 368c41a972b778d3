import Crypto
import FoundationEssentials
import Models

/// What the address of a calendar carries: `cbf_<workspace>_<secret>`, with a secret of 256 random bits.
///
/// The workspace stands in it so that the row is found before anybody has signed in; without the secret it opens
/// nothing.
struct FeedSecret: Sendable {
    let workspace: ID<Workspace>
    /// The whole, shown once and never stored.
    let text: String

    /// Makes a new one out of fresh random bytes.
    static func issue(in workspace: ID<Workspace>) -> FeedSecret {
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Base64URL.encode([UInt8]($0)) }
        return FeedSecret(workspace: workspace, text: "cbf_\(workspace)_\(secret)")
    }

    /// Reads what was presented, with or without `.ics` at its end; `nil` when it cannot be one.
    init?(_ presented: String) {
        guard presented.utf8.count <= 128 else { return nil }
        let text = presented.hasSuffix(".ics") ? String(presented.dropLast(4)) : presented
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0] == "cbf", let workspace = ID<Workspace>(parts[1]) else { return nil }
        self.init(workspace: workspace, text: text)
    }

    private init(workspace: ID<Workspace>, text: String) {
        self.workspace = workspace
        self.text = text
    }

    /// The SHA-256 of the text in hexadecimal: the only form that is stored, and by which the row is found, so that no
    /// comparison takes a time that tells of the secret.
    var hash: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = SHA256.hash(data: Data(text.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

extension FeedSecret: CustomStringConvertible, CustomDebugStringConvertible {
    /// Never the secret.
    var description: String { "cbf_<redacted>" }
    var debugDescription: String { description }
}
