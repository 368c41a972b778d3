/// When and how often a call that may be repeated is tried again.
package struct RetryPolicy: Sendable {
    /// Attempts in all, in `1...10`.
    package var attempts: Int
    /// The longest wait before the second attempt; it doubles with each further one.
    package var base: Duration
    /// The longest wait before any attempt.
    package var limit: Duration

    /// The standard is three attempts, after up to 50 and 100 ms.
    package init(attempts: Int = 3, base: Duration = .milliseconds(50), limit: Duration = .seconds(1)) {
        self.attempts = attempts
        self.base = base
        self.limit = limit
    }

    /// The wait after a failed attempt.
    ///
    /// - Parameters:
    ///   - attempt: Which attempt failed, counted from 1.
    ///   - share: Where in the range of waits to come out, in `0...1`: random, so that callers spread.
    ///   - asked: What the service asked for by `Retry-After`.
    /// - Returns: The wait; `nil` when it was the last attempt.
    package func delay(after attempt: Int, share: Double, asked: Duration?) -> Duration? {
        guard attempt < attempts else { return nil }
        let longest = min(base * (1 << min(attempt - 1, 20)), limit)
        return max(longest * share, asked ?? .zero)
    }
}
