import Crypto
import FoundationEssentials
import Models

/// What a link by mail carries: `cbl_<workspace>_<id>_<secret>`, with a secret of 256 random bits.
///
/// The workspace stands in it so that the row is found before anybody is signed in; without the secret it
/// opens nothing.
struct LinkSecret: Sendable {
    let workspace: ID<Workspace>
    let id: ID<Link>
    /// The whole, shown once and never stored.
    let text: String

    /// Makes a new one out of fresh random bytes.
    static func issue(in workspace: ID<Workspace>, id: ID<Link>, random: RandomBytes) -> LinkSecret {
        let secret = Base64URL.encode(random(Credential.secretByteCount))
        return LinkSecret(workspace: workspace, id: id, text: "cbl_\(workspace)_\(id)_\(secret)")
    }

    /// Reads what was presented, whose form was checked; `nil` when it cannot be one.
    init?(_ token: Text<LinkToken>) {
        let parts = token.value.split(separator: "_", maxSplits: 3).map(String.init)
        guard parts.count == 4, let workspace = ID<Workspace>(parts[1]), let id = ID<Link>(parts[2]) else { return nil }
        self.init(workspace: workspace, id: id, text: token.value)
    }

    private init(workspace: ID<Workspace>, id: ID<Link>, text: String) {
        self.workspace = workspace
        self.id = id
        self.text = text
    }

    /// The SHA-256 of the text in hexadecimal: the only form that is stored.
    var hash: String { SHA256.hash(data: Data(text.utf8)).hexadecimal }

    /// Whether this is the one whose hash was stored, compared in constant time.
    func matches(_ stored: String) -> Bool {
        SymmetricKey(data: Data(hash.utf8)) == SymmetricKey(data: Data(stored.utf8))
    }
}

extension LinkSecret: CustomStringConvertible, CustomDebugStringConvertible {
    /// The id; never the secret.
    var description: String { "cbl_\(id)_<redacted>" }
    var debugDescription: String { description }
}

extension LinkPurpose {
    /// How long a link lasts (RELIABILITY.md, S-18).
    var lifetime: Duration {
        switch self {
        case .invitation: .seconds(72 * 3_600)
        case .passwordReset: .seconds(1_800)
        }
    }
}
