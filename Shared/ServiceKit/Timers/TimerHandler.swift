package import Postgres

/// What a service does when a timer of one kind is due.
package struct TimerHandler: Sendable {
    /// The kind that it handles.
    package let kind: TimerKind
    /// How often and when a failed one is tried again.
    package let retry: TimerRetry
    let perform: @Sendable (TimerJob, TimerStore) async throws -> Void

    /// An effect in the database alone, in one transaction with the timer's end.
    ///
    /// The transaction may be undone and made again by another worker. Lock its subjects before its first change; to
    /// let the same timer happen again, return `.again` instead of setting it.
    package init(
        _ kind: TimerKind, retry: TimerRetry = TimerRetry(),
        effect: @escaping @Sendable (TimerJob, Transaction) async throws -> TimerOutcome
    ) {
        self.init(
            kind, retry: retry, work: { _ in },
            effect: { job, _, transaction in try await effect(job, transaction) })
    }

    /// Work outside of the database first, such as a call over the network, then the effect of what came of it.
    ///
    /// The work can be done more than once: give it an id that the other side knows a repeat by.
    package init<Product: Sendable>(
        _ kind: TimerKind, retry: TimerRetry = TimerRetry(),
        work: @escaping @Sendable (TimerJob) async throws -> Product,
        effect: @escaping @Sendable (TimerJob, Product, Transaction) async throws -> TimerOutcome
    ) {
        self.kind = kind
        self.retry = retry
        perform = { job, store in
            let product = try await work(job)
            try await store.database.transaction(in: .workspace(job.workspace)) { transaction in
                let outcome = try await effect(job, product, transaction)
                try await store.finish(job, outcome, in: transaction)
            }
        }
    }
}

/// How often and when a failed timer is tried again: the wait doubles from `base` to `limit`, a fifth more or less.
package struct TimerRetry: Sendable {
    /// Tries before it is given up, in `1...1000`.
    package let attempts: Int
    /// The wait after the first failure.
    package let base: Duration
    /// The longest wait.
    package let limit: Duration

    /// The standard is 10 tries over about 17 minutes.
    package init(attempts: Int = 10, base: Duration = .seconds(1), limit: Duration = .seconds(3_600)) {
        self.attempts = attempts
        self.base = base
        self.limit = limit
    }

    /// The wait after a failed try, `nil` when it was the last; `jitter` is in `0.8...1.2`.
    package func delay(after attempt: Int, jitter: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        let doubled = base * (1 << min(attempt - 1, 30))
        return min(doubled, limit) * jitter
    }
}
