import Crypto
import FoundationEssentials
import Models
import Testing

@testable import Identity

@Suite("Signing keys at rest")
struct SigningKeyTests {
    private static let text = Data(repeating: 7, count: 32).base64EncodedString()

    @Test("what was sealed opens with the same key and the same key id (S-22)")
    func roundTrip() throws {
        let key = try #require(EncryptionKey(base64: Self.text))
        let secret = Data("a private key of some kind".utf8)
        let sealed = try key.seal(secret, kid: "k1")
        #expect(!sealed.contains(secret))
        #expect(try key.open(sealed, kid: "k1") == secret)
        #expect(try key.seal(secret, kid: "k1") != sealed)
    }

    @Test("another key, another key id or a flipped bit opens nothing (S-22)")
    func failsClosed() throws {
        let key = try #require(EncryptionKey(base64: Self.text))
        let other = try #require(EncryptionKey(base64: Data(repeating: 8, count: 32).base64EncodedString()))
        var sealed = try key.seal(Data("secret".utf8), kid: "k1")
        #expect(throws: EncryptionKey.Failure.self) { try other.open(sealed, kid: "k1") }
        #expect(throws: EncryptionKey.Failure.self) { try key.open(sealed, kid: "k2") }
        sealed[sealed.count / 2] ^= 1
        #expect(throws: EncryptionKey.Failure.self) { try key.open(sealed, kid: "k1") }
        #expect(throws: EncryptionKey.Failure.self) { try key.open(Data(), kid: "k1") }
    }

    @Test(
        "an encryption key is 32 bytes in base64 and nothing else",
        arguments: [
            "", "short", Data(repeating: 1, count: 31).base64EncodedString(),
            Data(repeating: 1, count: 33).base64EncodedString(), String(repeating: "*", count: 44),
        ])
    func wrongKeys(text: String) {
        #expect(EncryptionKey(base64: text) == nil)
    }

    @Test("the newest key signs whose end is farther away than a token lives (S-17)")
    func signer() {
        let now = Timestamp(microseconds: 1_800_000_000_000_000)
        func key(_ generation: Int64, endsIn seconds: Int64?) -> SigningKey {
            SigningKey(
                kid: "k\(generation)", generation: generation, privateKey: Curve25519.Signing.PrivateKey(),
                expiresAt: seconds.map { now.adding(.seconds($0)) })
        }
        func signer(_ keys: [SigningKey]) -> String? {
            SigningKeyring(keys: keys).signer(at: now, tokenLifetime: .seconds(60))?.kid
        }
        #expect(signer([key(1, endsIn: nil), key(2, endsIn: nil)]) == "k2")
        #expect(signer([key(1, endsIn: nil), key(2, endsIn: 30)]) == "k1")
        #expect(signer([key(1, endsIn: 61), key(2, endsIn: -1)]) == "k1")
        #expect(signer([key(1, endsIn: 60)]) == nil)
        #expect(signer([]) == nil)
    }
}
