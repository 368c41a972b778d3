import FoundationEssentials
package import Models
package import Postgres

/// A timer that a worker has claimed and holds under a lease.
package struct TimerJob: PostgresRow {
    /// The columns that a claim answers.
    package static let columns = [
        "workspace_id", "kind", "subject_id", "scheduled_at", "due_at", "attempt", "lease_id",
    ]

    /// The workspace of the subject.
    package let workspace: ID<Workspace>
    /// What is to happen.
    package let kind: TimerKind
    /// The record that it is about.
    package let subject: ID<AnyRecord>
    /// When it was to happen.
    package let scheduledAt: Timestamp
    /// Since when it could be claimed.
    let dueAt: Timestamp
    /// Which try this is, from 1.
    package let attempt: Int
    /// The lease under which it may be finished.
    let lease: UUID

    /// Reads a claimed timer.
    package init(row: borrowing RowReader) throws(PostgresDecodingError) {
        workspace = try row.decode("workspace_id")
        kind = TimerKind(rawValue: try row.decode("kind"))
        subject = try row.decode("subject_id")
        scheduledAt = try row.decode("scheduled_at")
        dueAt = try row.decode("due_at")
        attempt = try row.decode("attempt")
        lease = try row.decode("lease_id")
    }
}

/// What becomes of a timer whose effect was made.
package enum TimerOutcome: Sendable {
    /// It is done.
    case done
    /// It is to happen again, as a task that recurs does. A time that has passed means now.
    case again(at: Timestamp)
}

/// The lease was lost: the timer was moved, cancelled, or claimed by another after the lease's end.
///
/// What the effect did is undone.
package struct TimerLeaseLost: Error, Sendable {}

extension TimerStore {
    /// Claims due timers: each is this worker's until its lease ends.
    ///
    /// The claim is not flushed to disk: one that a crash undoes is only made again.
    ///
    /// - Throws: ``PostgresError``.
    func claim(
        _ kinds: [TimerKind], limit: Int, lease: Duration, from mark: inout TimerMark
    ) async throws(PostgresError) -> [TimerJob] {
        let start = ContinuousClock.now
        let jobs = try await database.write(
            in: .none.adding("synchronous_commit", "off"),
            """
            WITH due AS (
                SELECT t.workspace_id, t.kind, t.subject_id, t.due_at
                FROM core.timer AS t
                WHERE t.service = \(service) AND t.dead_at IS NULL AND t.due_at <= now()
                  AND t.due_at >= \(mark.lowerBound(at: start))
                  AND t.kind = ANY (\(kinds.map(\.rawValue)))
                ORDER BY t.due_at
                LIMIT \(limit)
                FOR NO KEY UPDATE SKIP LOCKED)
            UPDATE core.timer AS t
            SET due_at = now() + \(lease), lease_id = \(UUID()), attempt = t.attempt + 1
            FROM due
            WHERE t.workspace_id = due.workspace_id AND t.service = \(service) AND t.kind = due.kind
              AND t.subject_id = due.subject_id
            RETURNING t.workspace_id, t.kind, t.subject_id, t.scheduled_at, due.due_at, t.attempt, t.lease_id
            """, as: TimerJob.self)
        mark.note(jobs, limit: limit, since: start)
        return jobs.sorted { $0.dueAt < $1.dueAt }
    }

    /// Ends a timer under its lease, as the last statement of its effect's transaction: its row is locked for no longer
    /// than it must be.
    ///
    /// - Throws: ``TimerLeaseLost`` or ``PostgresError``.
    func finish(_ job: TimerJob, _ outcome: TimerOutcome, in transaction: Transaction) async throws {
        let sql: SQL =
            switch outcome {
            case .done:
                "DELETE FROM core.timer AS t WHERE \(held(job))"
            case .again(let due):
                """
                UPDATE core.timer AS t
                SET scheduled_at = \(due), due_at = greatest(\(due), now()), attempt = 0, lease_id = NULL, error = NULL
                WHERE \(held(job))
                """
            }
        guard try await transaction.query(sql).affectedRows == 1 else { throw TimerLeaseLost() }
    }

    /// Gives a failed timer back for a later try, or gives it up.
    ///
    /// A `delay` of `nil` gives it up.
    ///
    /// - Throws: ``PostgresError``.
    func fail(_ job: TimerJob, _ error: String, retryAfter delay: Duration?) async throws(PostgresError) {
        _ = try await database.write(
            in: .none,
            """
            UPDATE core.timer AS t
            SET due_at = now() + \(delay ?? .zero), lease_id = NULL, error = \(error),
                dead_at = CASE WHEN \(delay == nil) THEN now() END
            WHERE \(held(job))
            """)
    }

    private func held(_ job: TimerJob) -> SQL {
        """
        t.workspace_id = \(job.workspace) AND t.service = \(service) AND t.kind = \(job.kind.rawValue)
          AND t.subject_id = \(job.subject) AND t.lease_id = \(job.lease)
        """
    }
}
