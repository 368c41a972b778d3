import Synchronization
import Testing

@testable import Gateway

@Suite("Counting requests")
struct RateLimiterTests {
    /// A clock that only the test moves, in milliseconds.
    private final class Hand: Sendable {
        private let time = Mutex<Int64>(0)
        var now: Int64 { time.withLock { $0 } }
        func move(by milliseconds: Int64) { time.withLock { $0 += milliseconds } }
        func move(to instant: Int64) { time.withLock { $0 = instant } }
    }

    private func key(_ number: UInt64, _ kind: LimitKey.Kind = .principal) -> LimitKey {
        LimitKey(kind: kind, high: 0, low: number)
    }

    private func isGranted(_ verdict: RateLimiter.Verdict) -> Bool {
        if case .granted = verdict { true } else { false }
    }

    @Test("R-7: of twice the quota over three windows one quota a window is accepted, within 2 %")
    func acceptsTheQuota() {
        let hand = Hand()
        let limiter = RateLimiter(windowSeconds: 10) { hand.now }
        let claim = [LimitClaim(key: key(1), quota: 500)]
        var accepted = 0
        for index in 0..<3_000 {
            hand.move(to: Int64(index) * 10)
            if isGranted(limiter.take(claim)) { accepted += 1 }
        }
        #expect((1_470...1_530).contains(accepted), "\(accepted)")
    }

    @Test(
        "R-7: whoever waits as long as Retry-After says is let in",
        arguments: [1, 3, 7, 10, 100], [0, 1, 4_999, 9_999] as [Int64])
    func obeyingIsEnough(quota: Int, start: Int64) {
        let hand = Hand()
        hand.move(to: start)
        let limiter = RateLimiter(windowSeconds: 10) { hand.now }
        let claim = [LimitClaim(key: key(1), quota: quota)]
        var accepted = 0
        var waited = 0
        for _ in 0..<(5 * quota + 20) {
            switch limiter.take(claim) {
            case .granted: accepted += 1
            case .refused(let standing):
                waited += 1
                hand.move(by: Int64(standing.seconds) * 1_000)
                #expect(isGranted(limiter.take(claim)), "after \(standing.seconds) s at \(hand.now)")
                accepted += 1
            }
        }
        #expect(waited > 0 && accepted > quota)
    }

    @Test("R-7: a window's boundary does not give a caller twice its quota")
    func noDoubleAtTheBoundary() {
        let hand = Hand()
        let limiter = RateLimiter(windowSeconds: 10) { hand.now }
        let claim = [LimitClaim(key: key(1), quota: 100)]
        hand.move(to: 9_999)
        let before = (0..<200).filter { _ in isGranted(limiter.take(claim)) }.count
        hand.move(to: 10_000)
        let after = (0..<200).filter { _ in isGranted(limiter.take(claim)) }.count
        #expect(before == 100)
        #expect(after <= 1)
    }

    @Test("R-7: one caller's excess takes nothing from another, nor from its own workspace")
    func fairness() {
        let hand = Hand()
        let limiter = RateLimiter(windowSeconds: 10) { hand.now }
        let loud = [LimitClaim(key: key(1), quota: 10), LimitClaim(key: key(9, .workspace), quota: 100)]
        let quiet = [LimitClaim(key: key(2), quota: 10), LimitClaim(key: key(9, .workspace), quota: 100)]
        let stranger = [LimitClaim(key: key(3), quota: 10), LimitClaim(key: key(8, .workspace), quota: 100)]
        #expect((0..<1_000).filter { _ in isGranted(limiter.take(loud)) }.count == 10)
        #expect((0..<10).allSatisfy { _ in isGranted(limiter.take(quiet)) })
        #expect((0..<10).allSatisfy { _ in isGranted(limiter.take(stranger)) })
    }

    @Test("R-7: a request that one limit refuses is counted by none")
    func allOrNothing() {
        let hand = Hand()
        let limiter = RateLimiter(windowSeconds: 10) { hand.now }
        let workspace = LimitClaim(key: key(9, .workspace), quota: 5)
        for _ in 0..<5 { #expect(isGranted(limiter.take([workspace]))) }
        for _ in 0..<50 {
            #expect(!isGranted(limiter.take([LimitClaim(key: key(1), quota: 1), workspace])))
        }
        #expect(isGranted(limiter.take([LimitClaim(key: key(1), quota: 1)])))
    }

    @Test("R-3: what is given back can be used again, and never more than the quota")
    func givesBack() {
        let limiter = RateLimiter(windowSeconds: 10) { 0 }
        let claim = [LimitClaim(key: key(1), quota: 2)]
        for _ in 0..<20 {
            #expect(isGranted(limiter.take(claim)))
            limiter.add(-1, to: claim)
        }
        limiter.add(-5, to: claim)
        #expect((0..<5).filter { _ in isGranted(limiter.take(claim)) }.count == 2)
    }

    @Test("R-7: a flood of addresses fills no memory, limits itself, and leaves those who are known alone")
    func boundedTable() {
        let hand = Hand()
        let limiter = RateLimiter(windowSeconds: 10, keyLimit: 1_000) { hand.now }
        let known = [LimitClaim(key: key(1, .address), quota: 20)]
        #expect(isGranted(limiter.take(known)))
        var accepted = 0
        for number in 2..<100_002 {
            if isGranted(limiter.take([LimitClaim(key: key(UInt64(number), .address), quota: 20)])) { accepted += 1 }
        }
        #expect(limiter.keyCount <= 1_000 + 1_024)
        #expect(accepted < 1_000 + 1_024 * 20 + 1)
        #expect((0..<19).allSatisfy { _ in isGranted(limiter.take(known)) })
        hand.move(by: 20_000)
        #expect(isGranted(limiter.take(known)))
        #expect(limiter.keyCount == 1)
    }
}
