import Models
import Postgres

/// Removes what is kept of jobs in its time: their items when they can be undone no more, themselves later.
struct JobSweep: Sendable {
    let store: JobStore
    let clock: ServiceClock

    /// One turn: some items of one job, or the job.
    func turn(_ timer: TimerJob, _ tx: Transaction) async throws -> TimerOutcome {
        let workspace = timer.workspace
        guard let row = try await store.row(timer.subject.of(Job.self), in: workspace, tx) else { return .done }
        // An undo that was asked for in time goes on for as long as it takes.
        guard !row.job.status.isLive else { return .again(at: .now.adding(JobLimits.sweepMargin)) }
        let removed = try await tx.query(
            """
            WITH old AS (
                SELECT i.subject_id FROM core.job_item AS i
                WHERE i.workspace_id = \(workspace) AND i.job_id = \(row.job.id)
                LIMIT \(Int64(JobLimits.sweep))
            )
            DELETE FROM core.job_item AS i USING old
            WHERE i.workspace_id = \(workspace) AND i.job_id = \(row.job.id) AND i.subject_id = old.subject_id
            """)
        if removed.affectedRows == JobLimits.sweep { return .again(at: .now) }
        let end = (row.job.finishedAt ?? row.job.createdAt).adding(JobLimits.kept)
        guard clock.now() >= end else { return .again(at: end) }
        _ = try await tx.query(
            """
            DELETE FROM core.job AS j
            WHERE \(store.condition(row.job.id, in: workspace)) AND j.version = \(row.job.version)
            """)
        return .done
    }
}
