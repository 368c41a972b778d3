import FoundationEssentials
import Testing

@testable import Identity

@Suite("Computing passwords")
struct PasswordHasherTests {
    private static let cheap = ScryptCost(logRounds: 4, blockSize: 1, parallelism: 1)
    /// Long enough, in a debug build too, that callers meet.
    private static let slow = ScryptCost(logRounds: 14, blockSize: 8, parallelism: 1)

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

    @Test("two compute at a time, twenty wait, and whoever comes beyond is refused at once (S-12)")
    func bounds() async throws {
        let hasher = PasswordHasher(cost: Self.slow)
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    do {
                        #expect(hasher.load.working <= 2)
                        #expect(hasher.load.waiting <= 20)
                        _ = try await hasher.hash("a password")
                        return false
                    } catch is PasswordHasher.Overloaded {
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        // Slow machines may finish some before the last comes, so at most 38 are refused; and never none.
        #expect((1...38).contains(refused))
        #expect(hasher.load == (0, 0))
    }

    @Test("a caller who gives up while waiting leaves its place")
    func cancelled() async throws {
        let hasher = PasswordHasher(cost: Self.slow, width: 1, waitingLimit: 1)
        async let working = hasher.hash("first")
        try await eventually { hasher.load.working == 1 }
        let waiting = Task { try await hasher.hash("second") }
        try await eventually { hasher.load.waiting == 1 }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        #expect(hasher.load.waiting == 0)
        _ = try await working
        _ = try await hasher.hash("third")
        #expect(hasher.load == (0, 0))
    }
}

/// Waits until a state is reached, at most ten seconds.
func eventually(_ isReached: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while !isReached() {
        try #require(ContinuousClock.now < deadline, "the state was not reached in time")
        await Task.yield()
    }
}
