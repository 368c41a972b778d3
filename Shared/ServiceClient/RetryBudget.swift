/// How many retries a service may be sent: a fifth of its calls, so that retries never multiply an outage.
///
/// Calls earn a fifth of a retry each; some are kept for quiet times. Over any stretch there are at most
/// 1.2 x calls + `reserve` attempts.
package struct RetryBudget: Sendable, Equatable {
    /// Fifths of a retry.
    private var fifths: Int
    private let most: Int

    /// Starts with its reserve.
    ///
    /// - Parameter reserve: The most retries that are kept, in `1...100`.
    package init(reserve: Int = 5) {
        most = reserve * 5
        fifths = most
    }

    /// Takes note of a call's first attempt.
    package mutating func earn() {
        fifths = min(fifths + 1, most)
    }

    /// Pays for a retry, if there is enough.
    package mutating func spend() -> Bool {
        guard fifths >= 5 else { return false }
        fifths -= 5
        return true
    }
}
