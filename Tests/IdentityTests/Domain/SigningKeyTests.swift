import Crypto
import FoundationEssentials
import Models
import Testing

@testable import Identity

@Suite("Which key signs")
struct SigningKeyTests {
    @Test("the newest key signs whose end is farther away than a token lives (S-17)")
    func signer() {
        let now = Timestamp(microseconds: 1_800_000_000_000_000)
        func key(_ generation: Int64, endsIn seconds: Int64?, age: Int64 = 3_600) -> SigningKey {
            SigningKey(
                kid: "k\(generation)", generation: generation, privateKey: Curve25519.Signing.PrivateKey(),
                createdAt: now.adding(.seconds(-age)), expiresAt: seconds.map { now.adding(.seconds($0)) })
        }
        func signer(_ keys: [SigningKey]) -> String? {
            SigningKeyring(keys: keys).signer(at: now, tokenLifetime: .seconds(60))?.kid
        }
        #expect(signer([key(1, endsIn: nil), key(2, endsIn: nil)]) == "k2")
        #expect(signer([key(1, endsIn: nil), key(2, endsIn: 30)]) == "k1")
        #expect(signer([key(1, endsIn: 61), key(2, endsIn: -1)]) == "k1")
        #expect(signer([key(1, endsIn: 60)]) == nil)
        #expect(signer([]) == nil)
        // One that was just published signs when every process must know it, or when it is the only one.
        #expect(signer([key(1, endsIn: 900), key(2, endsIn: nil, age: 4)]) == "k1")
        #expect(signer([key(1, endsIn: 900), key(2, endsIn: nil, age: 5)]) == "k2")
        #expect(signer([key(2, endsIn: nil, age: 0)]) == "k2")
    }
}
