package import Logging
import Models
import Postgres
import ServiceLifecycle
import Synchronization

/// Runs the timers of one service as they fall due; any number of processes may run one beside each other.
///
/// A timer is claimed under a lease and never locked over network work. A worker that dies leaves its timers to others
/// at the lease's end.
package struct TimerWorker: Service {
    private let store: TimerStore
    private let handlers: [TimerKind: TimerHandler]
    private let limits: TimerLimits
    private let logger: Logger

    /// Takes the timers of a service and what to do about each kind.
    ///
    /// Kinds without a handler are left to others.
    package init(store: TimerStore, handlers: [TimerHandler], limits: TimerLimits = TimerLimits(), logger: Logger) {
        self.store = store
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }) { _, last in last }
        self.limits = limits
        self.logger = logger
    }

    /// Claims and runs timers until the process is told to stop; then lets the running ones finish.
    package func run() async throws {
        let wakeup = Wakeup(interval: limits.pollInterval)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await wakeup.tick() }
                group.addTask { await wakeup.follow(store.database.listen(to: [TimerHint.channel])) }
                await dispatch(wakeup)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            wakeup.finish()
        }
    }

    private func dispatch(_ wakeup: Wakeup) async {
        let running = RunningCount()
        var mark = TimerMark()
        await withDiscardingTaskGroup { group in
            for await _ in wakeup.signals {
                while !Task.isCancelled {
                    let free = limits.concurrency - running.value.load(ordering: .relaxed)
                    guard free > 0 else { break }
                    let jobs = await claim(free, &mark)
                    for job in jobs {
                        running.value.add(1, ordering: .relaxed)
                        group.addTask {
                            await perform(job)
                            running.value.subtract(1, ordering: .relaxed)
                            wakeup.signal()
                        }
                    }
                    guard jobs.count == free else { break }
                }
            }
        }
    }

    private func claim(_ limit: Int, _ mark: inout TimerMark) async -> [TimerJob] {
        do {
            return try await store.claim(Array(handlers.keys), limit: limit, lease: limits.lease, from: &mark)
        } catch {
            logger.warning("claiming timers failed", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func perform(_ job: TimerJob) async {
        guard let handler = handlers[job.kind] else { return }
        do {
            // A timer whose every worker died has been tried too.
            guard job.attempt <= handler.retry.attempts else { throw TimerExhausted() }
            try await Deadline.run(within: limits.deadline, "A timer") { try await handler.perform(job, store) }
        } catch is TimerLeaseLost {
            logger.debug("a timer was moved while it ran", metadata: metadata(job))
        } catch {
            await giveBack(job, handler.retry, error)
        }
    }

    private func giveBack(_ job: TimerJob, _ retry: TimerRetry, _ error: any Error) async {
        let delay = retry.delay(after: job.attempt, jitter: .random(in: 0.8...1.2))
        var metadata = metadata(job)
        metadata["error"] = "\(ErrorSummary.of(error))"
        if delay == nil {
            logger.error("a timer failed for the last time", metadata: metadata)
        } else {
            logger.warning("a timer failed", metadata: metadata)
        }
        do {
            try await store.fail(job, ErrorSummary.of(error), retryAfter: delay)
        } catch {
            // The lease's end gives it back as well.
            logger.warning("a failed timer keeps its lease", metadata: ["error": "\(error)"])
        }
    }

    private func metadata(_ job: TimerJob) -> Logger.Metadata {
        [
            "timer.kind": "\(job.kind.rawValue)", "timer.subject": "\(job.subject)", "timer.attempt": "\(job.attempt)",
            "workspace.id": "\(job.workspace)",
        ]
    }
}

/// The bounds of a timer worker.
package struct TimerLimits: Sendable {
    /// The most timers that run at a time, in `1...200`.
    package var concurrency: Int = 8
    /// How long a claimed timer belongs to its worker.
    package var lease: Duration = .seconds(30)
    /// How long one may run before it is cancelled and counts as failed; shorter than the lease.
    package var deadline: Duration = .seconds(20)
    /// The longest wait before looking for timers that are due.
    package var pollInterval: Duration = .seconds(1)

    /// The bounds named at each property.
    package init() {}
}

/// How many timers run at this moment.
private final class RunningCount: Sendable {
    let value = Atomic(0)
}

/// Every try of a timer ended without a word, as when its effect ends the process.
private struct TimerExhausted: Error {}
