import Crypto
import FoundationEssentials
import Models

/// A key that signs tokens: Ed25519 (RFC 8032).
struct SigningKey: Sendable {
    /// The key's id, as tokens name it in their header.
    let kid: String
    /// Counts the keys that were ever made; the highest valid one signs.
    let generation: Int64
    let privateKey: Curve25519.Signing.PrivateKey
    /// When it was made and published.
    let createdAt: Timestamp
    /// When tokens signed with it stop being taken; `nil` while no end is set.
    let expiresAt: Timestamp?

    /// A new key.
    ///
    /// Its id says when it was made, and is random beyond that.
    static func make(generation: Int64, at now: Timestamp) -> SigningKey {
        SigningKey(
            kid: ID<SigningKey>.make(at: now).description, generation: generation,
            privateKey: Curve25519.Signing.PrivateKey(), createdAt: now, expiresAt: nil)
    }
}

/// The signing keys that are valid at one moment, opened: the newest that everybody knows signs, all verify.
struct SigningKeyring: Sendable {
    /// A new key signs nothing for this long: a process that has just loaded the published keys loads them again for
    /// an unknown id after a second at the earliest, and would refuse its tokens until then.
    static let settling: Duration = .seconds(5)
    /// The former keys go on for this long after a new one is there: ten times what it takes until every replica has
    /// looked for new keys and every token of an old one has ended.
    static let overlap: Duration = .seconds(900)

    let keys: [SigningKey]

    /// The key that signs new tokens: the newest one that has settled and whose end is not set or is farther away than
    /// a token lives; the oldest one, when none has settled.
    func signer(at now: Timestamp, tokenLifetime: Duration) -> SigningKey? {
        let usable = keys.filter { key in key.expiresAt.map { $0 > now.adding(tokenLifetime) } ?? true }
        let settled = usable.filter { $0.createdAt.adding(Self.settling) <= now }
        return settled.max { $0.generation < $1.generation } ?? usable.min { $0.generation < $1.generation }
    }
}
