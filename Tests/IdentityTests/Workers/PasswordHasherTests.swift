import FoundationEssentials
import Testing

@testable import Identity

@Suite("Computing passwords")
struct PasswordHasherTests {
    private static let cheap = ScryptCost(logRounds: 4, blockSize: 1, parallelism: 1)

    @Test("a computation is scrypt, by the vector of RFC 7914, section 12 (S-12)")
    func vector() async throws {
        let hash: [UInt8] = [
            0xfd, 0xba, 0xbe, 0x1c, 0x9d, 0x34, 0x72, 0x00, 0x78, 0x56, 0xe7, 0x19, 0x0d, 0x01, 0xe9, 0xfe,
            0x7c, 0x6a, 0xd7, 0xcb, 0xc8, 0x23, 0x78, 0x30, 0xe7, 0x73, 0x76, 0x63, 0x4b, 0x37, 0x31, 0x62,
        ]
        let stored = PasswordHash(
            cost: ScryptCost(logRounds: 10, blockSize: 8, parallelism: 16), salt: Array("NaCl".utf8), hash: hash)
        let hasher = PasswordHasher(cost: Self.cheap)
        #expect(try await hasher.verify("password", against: stored))
        #expect(try await !hasher.verify("Password", against: stored))
    }

    @Test("a hash of the standard cost is made and verified, and salts differ (S-12)")
    func standard() async throws {
        let hasher = PasswordHasher()
        let hash = try await hasher.hash("correct horse battery")
        #expect(hash.cost == .standard)
        #expect(try await hasher.verify("correct horse battery", against: PasswordHash(hash.encoded)))
        let cheap = PasswordHasher(cost: Self.cheap)
        #expect(try await cheap.hash("x").salt != cheap.hash("x").salt)
    }

    @Test("without a stored hash the answer is no, after the work of a computation (S-12)")
    func nobody() async throws {
        let hasher = PasswordHasher(cost: Self.cheap)
        #expect(try await !hasher.verify("anything", against: nil))
    }

    @Test("two compute at a time and twenty wait (S-12)")
    func limits() {
        #expect(PasswordHasher.width == 2)
        #expect(PasswordHasher.waitingLimit == 20)
    }

    @Test("never do more compute than may, and everyone who waited is served (S-12)")
    func width() async throws {
        let hasher = PasswordHasher(cost: ScryptCost(logRounds: 8, blockSize: 8, parallelism: 1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<22 {
                group.addTask {
                    _ = try await hasher.hash("a password")
                    let load = hasher.load
                    #expect(load.working <= 2)
                    #expect(load.waiting <= 20)
                }
            }
            try await group.waitForAll()
        }
        #expect(hasher.load == (0, 0))
    }

    @Test("whoever comes when all places to wait are taken is refused at once (S-12)")
    func refusal() async throws {
        let hasher = PasswordHasher(cost: Self.cheap, width: 0, waitingLimit: 20)
        let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    do {
                        _ = try await hasher.hash("a password")
                        return "computed"
                    } catch is PasswordHasher.Overloaded {
                        return "refused"
                    } catch is CancellationError {
                        return "gave up"
                    }
                }
            }
            var outcomes: [String: Int] = [:]
            while outcomes["refused", default: 0] < 40, let outcome = try await group.next() {
                outcomes[outcome, default: 0] += 1
            }
            #expect(hasher.load == (0, 20))
            group.cancelAll()
            while let outcome = try await group.next() { outcomes[outcome, default: 0] += 1 }
            return outcomes
        }
        #expect(outcomes == ["refused": 40, "gave up": 20])
        #expect(hasher.load == (0, 0))
    }
}
