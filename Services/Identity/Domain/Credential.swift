import Crypto
import FoundationEssentials
import Models

/// What a person's browser or a machine proves itself with: `cbs_<id>_<secret>` for a session, `cbk_<id>_<secret>`
/// for an API key.
///
/// The secret is 256 random bits, so a plain SHA-256 of the whole text is enough at rest: nobody guesses it, and the
/// exchange of a credential, which happens often, costs no slow hash.
struct Credential: Sendable {
    /// What a credential stands for.
    enum Kind: String, Sendable, CaseIterable {
        case session = "cbs"
        case apiKey = "cbk"
    }

    /// The random bytes of a secret: 256 bits.
    static let secretByteCount = 32

    let kind: Kind
    /// The id of the session's or the key's record, and of its revocation.
    let id: UUID
    /// The credential as its holder keeps it.
    ///
    /// Shown once, and never stored.
    let text: String

    /// Makes a new credential out of fresh random bytes.
    static func issue(_ kind: Kind, id: UUID, random: RandomBytes) -> Credential {
        let secret = Base64URL.encode(random(secretByteCount))
        return Credential(kind: kind, id: id, text: "\(kind.rawValue)_\(id.uuidString.lowercased())_\(secret)")
    }

    /// Reads a credential as it was presented; `nil` when it cannot be one that was issued here.
    init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
            parts[1].utf8.count == 36, let id = UUID(uuidString: String(parts[1])),
            id.uuidString.lowercased() == parts[1],
            Base64URL.decode(String(parts[2]))?.count == Self.secretByteCount
        else { return nil }
        self.init(kind: kind, id: id, text: text)
    }

    private init(kind: Kind, id: UUID, text: String) {
        self.kind = kind
        self.id = id
        self.text = text
    }

    /// The SHA-256 of the text in hexadecimal, 64 characters: the only form that is stored.
    var hash: String { SHA256.hash(data: Data(text.utf8)).hexadecimal }

    /// Whether this is the credential whose hash was stored, compared in constant time.
    func matches(storedHash: String) -> Bool {
        SymmetricKey(data: Data(hash.utf8)) == SymmetricKey(data: Data(storedHash.utf8))
    }
}

extension Credential: CustomStringConvertible, CustomDebugStringConvertible {
    /// Kind and id; never the secret.
    var description: String { "\(kind.rawValue)_\(id.uuidString.lowercased())_<redacted>" }
    var debugDescription: String { description }
}

/// Makes as many random bytes as asked for, fit for secrets.
typealias RandomBytes = @Sendable (Int) -> [UInt8]

/// The system's source of randomness, through swift-crypto.
let systemRandomBytes: RandomBytes = { count in
    SymmetricKey(size: SymmetricKeySize(bitCount: count * 8)).withUnsafeBytes { [UInt8]($0) }
}

extension Digest {
    /// The digest in lower-case hexadecimal.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
