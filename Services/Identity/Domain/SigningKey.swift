import Crypto
import FoundationEssentials
import Models

/// The key under which private signing keys lie at rest: AES-256-GCM, 32 bytes of configuration.
struct EncryptionKey: Sendable {
    /// What is wrong with a sealed text.
    enum Failure: Error {
        /// It was sealed under another key, for another key id, or was changed.
        case cannotOpen(kid: String)
    }

    private let key: SymmetricKey

    /// Reads 32 bytes in base64; `nil` for anything else.
    init?(base64 text: String) {
        guard let bytes = Data(base64Encoded: text), bytes.count == 32 else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// Seals a secret: nonce, ciphertext and tag in one.
    ///
    /// `kid` is bound to it as additional data, so that a row's secret cannot be moved to another row.
    func seal(_ secret: Data, kid: String) throws -> Data {
        let box = try AES.GCM.seal(secret, using: key, authenticating: Data(kid.utf8))
        guard let combined = box.combined else { throw CryptoKitError.incorrectParameterSize }
        return combined
    }

    /// Opens what ``seal(_:kid:)`` made.
    ///
    /// - Throws: ``Failure/cannotOpen(kid:)``; nothing is returned that was not authenticated.
    func open(_ sealed: Data, kid: String) throws(Failure) -> Data {
        do {
            return try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Data(kid.utf8))
        } catch {
            throw .cannotOpen(kid: kid)
        }
    }
}

extension EncryptionKey: CustomStringConvertible {
    /// Never the key.
    var description: String { "<redacted>" }
}

/// A key that signs tokens: Ed25519 (RFC 8032).
struct SigningKey: Sendable {
    /// The key's id, as tokens name it in their header.
    let kid: String
    /// Counts the keys that were ever made; the highest valid one signs.
    let generation: Int64
    let privateKey: Curve25519.Signing.PrivateKey
    /// When tokens signed with it stop being taken; `nil` while no end is set.
    let expiresAt: Timestamp?

    /// A new key.
    ///
    /// Its id says when it was made, and is random beyond that.
    static func make(generation: Int64, at now: Timestamp) -> SigningKey {
        SigningKey(
            kid: ID<SigningKey>.make(at: now).description, generation: generation,
            privateKey: Curve25519.Signing.PrivateKey(), expiresAt: nil)
    }
}

/// The signing keys that are valid at one moment, opened: the newest signs, all verify.
struct SigningKeyring: Sendable {
    let keys: [SigningKey]

    /// The key that signs new tokens: the newest one whose end is not set or is farther away than a token lives.
    func signer(at now: Timestamp, tokenLifetime: Duration) -> SigningKey? {
        keys.filter { key in key.expiresAt.map { $0 > now.adding(tokenLifetime) } ?? true }
            .max { $0.generation < $1.generation }
    }
}
