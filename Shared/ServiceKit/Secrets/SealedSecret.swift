package import FoundationEssentials

/// A secret as it lies in a table: the version of the form, the id of its key, and nonce, ciphertext and tag.
package struct SealedSecret: Sendable, Equatable {
    /// The first byte of every sealed secret.
    static let version: UInt8 = 1
    /// The length of a key's id: 64 bits.
    static let keyIDByteCount = 8

    let keyIDBytes: [UInt8]
    let box: [UInt8]

    init(keyIDBytes: [UInt8], box: [UInt8]) {
        self.keyIDBytes = keyIDBytes
        self.box = box
    }

    /// Reads the bytes of a column.
    ///
    /// - Throws: ``Keyring/Failure/malformed``.
    package init(bytes: Data) throws(Keyring.Failure) {
        let bytes = Array(bytes)
        // A nonce has 12 bytes and a tag 16.
        guard bytes.first == Self.version, bytes.count >= 1 + Self.keyIDByteCount + 28 else { throw .malformed }
        keyIDBytes = Array(bytes[1...Self.keyIDByteCount])
        box = Array(bytes[(1 + Self.keyIDByteCount)...])
    }

    /// The bytes of a column.
    package var bytes: Data { Data([Self.version] + keyIDBytes + box) }

    /// The id of the key that it was sealed under, 16 hexadecimal digits.
    package var keyID: String { Self.text(of: keyIDBytes) }

    static func text(of keyID: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: keyID.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
