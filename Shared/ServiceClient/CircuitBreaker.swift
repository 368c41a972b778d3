/// Stops calls to a service that keeps failing, so that its failure stays there: pure, its time is given to it.
///
/// It opens at the fifth failure in a row, lets one call through after five seconds, and closes when that succeeds.
package struct CircuitBreaker: Sendable, Equatable {
    /// How a permitted call ended.
    package enum Outcome: Sendable {
        /// The service answered, be it with a refusal.
        case success
        /// It did not answer, or answered that it cannot.
        case failure
        /// The caller gave up: nothing is known of the service.
        case abandoned
    }

    private enum State: Sendable, Equatable {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant)
        case halfOpen(isProbing: Bool)
    }

    private let threshold: Int
    private let pause: Duration
    private var state: State = .closed(failures: 0)

    /// Starts closed.
    ///
    /// - Parameters:
    ///   - threshold: Failures in a row that open it, in `1...10`.
    ///   - pause: How long it stays open before one call is let through.
    package init(threshold: Int = 5, pause: Duration = .seconds(5)) {
        self.threshold = threshold
        self.pause = pause
    }

    /// Whether calls are let through without restriction.
    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Asks to make a call.
    ///
    /// `nil` permits it, and its outcome must be recorded; otherwise how long to stay away.
    package mutating func refusal(at now: ContinuousClock.Instant) -> Duration? {
        switch state {
        case .closed:
            return nil
        case .open(let until) where now < until:
            return until - now
        case .open, .halfOpen(isProbing: false):
            state = .halfOpen(isProbing: true)
            return nil
        case .halfOpen(isProbing: true):
            return pause
        }
    }

    /// Takes note of how a permitted call ended.
    package mutating func record(_ outcome: Outcome, at now: ContinuousClock.Instant) {
        switch (state, outcome) {
        case (.closed, .success), (.halfOpen, .success):
            state = .closed(failures: 0)
        case (.closed(let failures), .failure):
            state = failures + 1 < threshold ? .closed(failures: failures + 1) : .open(until: now + pause)
        case (.halfOpen, .failure):
            state = .open(until: now + pause)
        case (.halfOpen, .abandoned):
            state = .halfOpen(isProbing: false)
        case (.open, _), (.closed, .abandoned):
            break
        }
    }
}
