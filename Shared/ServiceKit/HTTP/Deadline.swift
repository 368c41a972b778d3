import Models

/// The limits on a request's time.
enum Deadline {
    /// Runs work, and gives it up when the time has passed.
    ///
    /// Work is cancelled then: what waits for the database is taken off its queue, and a write whose COMMIT has
    /// been sent is waited for, since only its end says whether it happened.
    ///
    /// - Throws: ``Problem`` 504 when the time has passed; whatever the work throws.
    static func run<Value: Sendable>(
        within limit: Duration, _ what: String, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw Problem(.deadlineExceeded, "\(what) took longer than \(limit.components.seconds) seconds.")
            }
            return value
        }
    }
}
