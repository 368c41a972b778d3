import Models
import ServiceClient
import Testing

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<5 {
            #expect(breaker.refusal(at: start) == nil)
            breaker.record(.failure, at: start)
        }
        return breaker
    }

    @Test("R-16: it opens within ten failures, and says how long to stay away")
    func opens() {
        var breaker = CircuitBreaker()
        var failures = 0
        while breaker.refusal(at: start) == nil, failures < 10 {
            breaker.record(.failure, at: start)
            failures += 1
        }
        #expect(failures <= 10)
        #expect(!breaker.isClosed)
        #expect(breaker.refusal(at: start + .seconds(2)) == .seconds(3))
    }

    @Test("R-16: after five seconds one call is let through, and no second beside it")
    func halfOpens() {
        var breaker = opened()
        #expect(breaker.refusal(at: start + .milliseconds(4_999)) != nil)
        #expect(breaker.refusal(at: start + .seconds(5)) == nil)
        #expect(breaker.refusal(at: start + .seconds(5)) != nil)
    }

    @Test("the probe's success closes it, its failure opens it for as long again")
    func probe() {
        var healed = opened()
        let later = start + .seconds(5)
        #expect(healed.refusal(at: later) == nil)
        healed.record(.success, at: later)
        #expect(healed.isClosed)
        var broken = opened()
        #expect(broken.refusal(at: later) == nil)
        broken.record(.failure, at: later)
        #expect(broken.refusal(at: later + .seconds(4)) == .seconds(1))
    }

    @Test("a probe that was given up leaves its place to the next")
    func abandoned() {
        var breaker = opened()
        let later = start + .seconds(5)
        #expect(breaker.refusal(at: later) == nil)
        breaker.record(.abandoned, at: later)
        #expect(breaker.refusal(at: later) == nil)
    }

    @Test("a success between failures starts the count anew, a call given up does not count")
    func counts() {
        var breaker = CircuitBreaker()
        for outcome: CircuitBreaker.Outcome in [.failure, .failure, .failure, .failure, .success, .failure, .abandoned]
        {
            breaker.record(outcome, at: start)
        }
        #expect(breaker.isClosed)
    }

    @Test("R-16: retries stay under a fifth of the calls and the reserve")
    func budget() {
        var budget = RetryBudget(reserve: 5)
        var retries = 0
        for _ in 0..<1_000 {
            budget.earn()
            while budget.spend() { retries += 1 }
        }
        #expect(retries <= 200 + 5)
        #expect(retries >= 200)
    }

    @Test("waits double up to their limit, are spread by chance, and heed what the service asks")
    func waits() {
        let policy = RetryPolicy(attempts: 4, base: .milliseconds(100), limit: .milliseconds(300))
        #expect(policy.delay(after: 1, share: 1, asked: nil) == .milliseconds(100))
        #expect(policy.delay(after: 2, share: 0.5, asked: nil) == .milliseconds(100))
        #expect(policy.delay(after: 3, share: 1, asked: nil) == .milliseconds(300))
        #expect(policy.delay(after: 1, share: 0, asked: .seconds(2)) == .seconds(2))
        #expect(policy.delay(after: 4, share: 1, asked: nil) == nil)
    }
}
