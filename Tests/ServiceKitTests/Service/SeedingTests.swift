import HTTPTypes
import Models
import Testing

@testable import ServiceKit

@Suite("Made-up data")
struct SeedingTests {
    @Test("SplitMix64 gives its published numbers for the seed 1234567")
    func published() {
        var random = SeededRandom(seed: 1_234_567)
        let numbers = (0..<5).map { _ in random.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("a seed repeats, and two purposes of one seed have nothing in common")
    func purposes() {
        func numbers(_ seed: UInt64, _ purpose: String) -> [Int] {
            var random = SeededRandom(seed: seed, purpose: purpose)
            return (0..<20).map { _ in random.below(1_000_000) }
        }
        #expect(numbers(1, "tickets") == numbers(1, "tickets"))
        #expect(Set(numbers(1, "tickets")).isDisjoint(with: numbers(1, "customers")))
        #expect(Set(numbers(1, "tickets")).isDisjoint(with: numbers(2, "tickets")))
    }

    @Test("weights decide how often an index comes, and every number lies below its bound")
    func weights() {
        var random = SeededRandom(seed: 3)
        let indices = (0..<10_000).map { _ in random.index(byWeights: [1, 0, 3]) }
        #expect(indices.count(where: { $0 == 1 }) == 0)
        #expect((2_200...2_800).contains(indices.count(where: { $0 == 0 })))
        #expect((0..<1_000).allSatisfy { _ in random.below(7) < 7 })
    }

    @Test("no request from outside can pass for a seed's: the edge makes an id of its own instead (R-6)")
    func forged() throws {
        let request = SeedRequest(workspace: .sample, tickets: 1, seed: 9, now: .now)
        let fields: HTTPFields = [.requestID: request.requestID]
        #expect(Exchange(fields, now: .now).requestID != request.requestID)
        #expect(Exchange([.requestID: "mine-9"], now: .now).requestID == "mine-9")
    }

    @Test("a progress line is read as it was written, and nothing else is one")
    func progress() {
        let progress = SeedProgress(done: 5, total: 100)
        #expect(SeedProgress(line: progress.line) == progress)
        for line in ["", "progress 5", "progress five 100", "done 5 100"] {
            #expect(SeedProgress(line: line) == nil, "\(line)")
        }
    }

    @Test(
        "seed refuses arguments that are missing, unknown or out of range",
        arguments: [
            [], ["--workspace", "x", "--tickets", "1", "--seed", "1"],
            ["--workspace", "0198c0de-0000-7000-8000-000000000001", "--tickets", "1"],
            ["--workspace", "0198c0de-0000-7000-8000-000000000001", "--tickets", "-1", "--seed", "1"],
            ["--workspace", "0198c0de-0000-7000-8000-000000000001", "--tickets", "6000000", "--seed", "1"],
            ["--workspace", "0198c0de-0000-7000-8000-000000000001", "--tickets", "1", "--seed", "1", "--now", "today"],
            ["--workspace", "0198c0de-0000-7000-8000-000000000001", "--tickets", "1", "--seed", "1", "--more", "1"],
            ["--workspace", "0198c0de-0000-7000-8000-000000000001", "--tickets", "1", "--seed"],
        ])
    func refused(arguments: [String]) {
        #expect(SeedOrder(arguments) == nil)
    }

    @Test("seed reads its arguments in any order")
    func accepted() throws {
        let order = try #require(
            SeedOrder([
                "--seed", "9", "--check", "--now", "2026-03-01T09:00:00Z", "--tickets", "10", "--workspace",
                "0198c0de-0000-7000-8000-000000000001",
            ]))
        #expect(order.onlyChecks && order.request.seed == 9 && order.request.tickets == 10)
        #expect(order.request.now.description == "2026-03-01T09:00:00Z")
    }
}
