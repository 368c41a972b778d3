package import Logging
package import Postgres
import ServiceLifecycle

/// Removes idempotency keys that are past their 24 hours, of all workspaces, a batch at a time.
///
/// Each process of each service runs one; they need not know of each other.
package struct IdempotencySweeper: Service {
    private let database: Database
    private let interval: Duration
    private let logger: Logger

    /// Takes the database as the role of a service, and how long to wait between two sweeps.
    package init(database: Database, interval: Duration = .seconds(600), logger: Logger) {
        self.database = database
        self.interval = interval
        self.logger = logger
    }

    /// Sweeps until the process is told to stop.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: interval * Double.random(in: 0.8...1.2))
                await sweepAndLog()
            }
        }
    }

    /// Removes what is expired now, and returns how many keys that were.
    ///
    /// - Throws: ``PostgresError``; the batches before the failed one stay removed.
    package func sweep() async throws(PostgresError) -> Int {
        var total = 0
        while true {
            let batch = 1_000
            let result = try await database.write(
                in: .none.adding("synchronous_commit", "off"),
                "SELECT core.sweep_idempotency_keys(\(Int32(batch))) AS swept")
            let swept = try result.value("swept", as: Int.self)
            total += swept
            guard swept == batch else { return total }
        }
    }

    private func sweepAndLog() async {
        do {
            let swept = try await sweep()
            if swept > 0 { logger.info("swept idempotency keys", metadata: ["swept": "\(swept)"]) }
        } catch {
            logger.warning("sweeping idempotency keys failed", metadata: ["error": "\(error)"])
        }
    }
}
