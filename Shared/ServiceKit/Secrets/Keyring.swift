import Crypto
package import FoundationEssentials
package import Models

/// The keys of an installation under which secrets lie that must be read again (RELIABILITY.md, S-22): AES-256-GCM.
///
/// A sealed secret names its key and is bound to its workspace and its purpose as additional data, so that it opens at
/// no other place. The first key seals; all open. So a key is changed while everything runs: the new one is put before
/// the old one, what lies under the old one is sealed anew, and then the old one goes.
package struct Keyring: Sendable {
    /// Why a secret does not open.
    package enum Failure: Error, Equatable {
        /// It is no sealed secret of this form.
        case malformed
        /// It was sealed under a key that is not on the ring; the key's id.
        case unknownKey(String)
        /// It was changed, or belongs to another workspace or purpose.
        case notAuthentic
    }

    private struct Key {
        let id: [UInt8]
        let key: SymmetricKey

        init?(base64 text: some StringProtocol) {
            guard let bytes = Data(base64Encoded: String(text)), bytes.count == 32 else { return nil }
            id = Array(SHA256.hash(data: Data("casebook key id 1".utf8) + bytes).prefix(SealedSecret.keyIDByteCount))
            key = SymmetricKey(data: bytes)
        }
    }

    private let keys: [Key]

    /// Reads 32 bytes in base64, or several such texts with commas between them; `nil` for anything else, and when a
    /// key is named twice.
    package init?(_ text: String) {
        var keys: [Key] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let key = Key(base64: part), !keys.contains(where: { $0.id == key.id }) else { return nil }
            keys.append(key)
        }
        guard (1...8).contains(keys.count) else { return nil }
        self.keys = keys
    }

    /// The id of the key that seals, 16 hexadecimal digits.
    package var currentKeyID: String { SealedSecret.text(of: keys[0].id) }

    /// Whether there are keys that only open.
    package var hasFormerKeys: Bool { keys.count > 1 }

    /// Seals a secret under the first key.
    ///
    /// - Parameters:
    ///   - secret: What is sealed.
    ///   - workspace: Where it belongs; no other workspace's secret opens there.
    ///   - purpose: What it is and whose, such as `second factor 0190…`.
    /// - Returns: The sealed form.
    /// - Throws: `CryptoKitError`, which a key of 32 bytes never brings.
    package func seal(_ secret: Data, in workspace: ID<Workspace>, as purpose: String) throws -> SealedSecret {
        let key = keys[0]
        let box = try AES.GCM.seal(
            secret, using: key.key, authenticating: Self.binding(key.id, workspace, purpose))
        return SealedSecret(keyIDBytes: key.id, box: Array(box.nonce) + Array(box.ciphertext) + Array(box.tag))
    }

    /// Opens what ``seal(_:in:as:)`` made under any key of the ring.
    ///
    /// - Throws: ``Failure``; nothing is returned that was not authenticated.
    package func open(
        _ sealed: SealedSecret, in workspace: ID<Workspace>, as purpose: String
    ) throws(Failure) -> Data {
        guard let key = keys.first(where: { $0.id == sealed.keyIDBytes }) else { throw .unknownKey(sealed.keyID) }
        do {
            return try AES.GCM.open(
                AES.GCM.SealedBox(combined: sealed.box), using: key.key,
                authenticating: Self.binding(key.id, workspace, purpose))
        } catch {
            throw .notAuthentic
        }
    }

    /// Opens what was sealed before secrets named their key: nonce, ciphertext and tag alone.
    ///
    /// - Throws: ``Failure/notAuthentic`` when no key of the ring opens it.
    package func open(unmarked box: Data, authenticating data: Data) throws(Failure) -> Data {
        for key in keys {
            if let box = try? AES.GCM.SealedBox(combined: box),
                let secret = try? AES.GCM.open(box, using: key.key, authenticating: data)
            {
                return secret
            }
        }
        throw .notAuthentic
    }

    /// Says that a message comes from here: HMAC-SHA-256 (RFC 2104) under a key derived from the first one.
    ///
    /// - Parameters:
    ///   - message: What is signed.
    ///   - purpose: Separates this use from all others.
    /// - Returns: 32 bytes.
    package func authenticationCode(of message: String, for purpose: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(message.utf8), using: Self.derived(keys[0].key, purpose)))
    }

    /// Whether ``authenticationCode(of:for:)`` made a code for a message, under any key of the ring.
    ///
    /// Compares in constant time.
    package func isAuthentic(_ code: Data, of message: String, for purpose: String) -> Bool {
        keys.contains { key in
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Data(message.utf8), using: Self.derived(key.key, purpose))
        }
    }

    private static func derived(_ key: SymmetricKey, _ purpose: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data("casebook \(purpose)".utf8), outputByteCount: 32)
    }

    private static func binding(_ keyID: [UInt8], _ workspace: ID<Workspace>, _ purpose: String) -> Data {
        Data("casebook sealed secret 1\n\(SealedSecret.text(of: keyID))\n\(workspace)\n\(purpose)".utf8)
    }
}

extension Keyring: CustomStringConvertible {
    /// The ids of the keys; never a key.
    package var description: String { keys.map { SealedSecret.text(of: $0.id) }.joined(separator: ", ") }
}
