package import Logging
package import Models
package import Postgres
package import ServiceLifecycle

/// The bulk jobs of one service: work on every record that a filter means, with progress and undo.
///
/// ```swift
/// let jobs = BulkJobs(
///     TicketJobs(database: database), Tickets.jobs, of: .tickets, database: database, clock: base.clock, …)
/// return Assembly(routes: routeTable(…) + jobs.routes, workers: [jobs.worker, …])
/// ```
package struct BulkJobs<Work: JobWork>: Sendable {
    private let work: Work
    private let jobs: Jobs<Work.Order>
    private let store: JobStore
    private let clock: ServiceClock
    private let limits: JobLimits
    private let logger: Logger

    /// Takes what a service says of its jobs, and their operations.
    package init(
        _ work: Work, _ jobs: Jobs<Work.Order>, of service: ServiceName, database: Database, clock: ServiceClock,
        logger: Logger, limits: JobLimits = JobLimits()
    ) {
        self.work = work
        self.jobs = jobs
        self.limits = limits
        self.clock = clock
        self.logger = logger
        store = JobStore(database: database, service: service)
    }

    /// The operations, for the service's table.
    package var routes: [Route] { JobRoutes(work: work, jobs: jobs, store: store).routes }

    /// What takes the turns.
    package var handlers: [TimerHandler] {
        let run = JobRun(work: work, store: store, clock: clock, limits: limits)
        let sweep = JobSweep(store: store, clock: clock)
        return [
            // Giving a job up can fail too.
            TimerHandler(.bulkJob, retry: TimerRetry(attempts: JobRun<Work>.tries + 10), effect: run.turn),
            TimerHandler(.bulkJobSweep, effect: sweep.turn),
        ]
    }

    /// A worker of its own, so that jobs hold up no other timer of the service: two turns at a time.
    package var worker: some Service {
        var limits = TimerLimits()
        limits.concurrency = 2
        return TimerWorker(store: store.timers, handlers: handlers, limits: limits, logger: logger)
    }
}
