import Models
import Postgres
import ServiceKit

/// Reads series, and what each statement about them has in common.
struct SeriesStore: Sendable {
    let database: Database

    /// The list in its cursors.
    static let binding = "task_series"

    /// One page of series, newest first.
    ///
    /// Index: pk_series.
    func list(in workspace: ID<Workspace>, before id: ID<TaskSeries>?, limit: Int) async throws -> ResultSet {
        let position: SQL = id.map { "AND s.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(SeriesRow.wire)
            FROM tasks.series AS s
            WHERE s.workspace_id = \(workspace) \(position)
            ORDER BY s.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One series as the wire shows it; no row when there is none.
    func show(_ series: ID<TaskSeries>, in workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT \(SeriesRow.wire)
            FROM tasks.series AS s
            WHERE s.workspace_id = \(workspace) AND s.id = \(series)
            """)
    }

    /// The next occurrences of a series; none while it is paused and when it has ended.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func occurrences(
        of id: ID<TaskSeries>, in workspace: ID<Workspace>, limit: Int
    ) async throws -> [PlannedOccurrence] {
        let scope = Scope.workspace(workspace)
        let row = try await database.first(
            .point, in: scope,
            """
            SELECT \(columns: SeriesRow.self)
            FROM tasks.series
            WHERE workspace_id = \(workspace) AND id = \(id)
            """, as: SeriesRow.self)
        guard let series = row?.series else { throw Problem.notFound("series") }
        guard let next = series.nextOccurrence.flatMap({ CivilDateTime($0) }) else { return [] }
        let leftOut = try await database.query(
            .scan, in: scope, Self.exceptions(of: series, workspace), as: OccurrenceRow.self)
        let plan = try SeriesPlan(series, except: Set(leftOut.map(\.time)))
        let times = plan.occurrences(after: next.adding(seconds: -1), limit: limit)
        guard !times.isEmpty else { return [] }
        let instants = try await database.query(
            .scan, in: scope, SeriesClock.instants(of: times, in: series.zone), as: InstantRow.self)
        return SeriesClock.planned(times, instants, of: plan)
    }

    /// Locks a series until the transaction's end; `nil` when there is none.
    ///
    /// - Throws: ``PostgresError``.
    static func lock(
        _ id: ID<TaskSeries>, _ workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> SeriesRow? {
        try await tx.first(
            """
            SELECT \(columns: SeriesRow.self)
            FROM tasks.series
            WHERE workspace_id = \(workspace) AND id = \(id)
            FOR NO KEY UPDATE
            """, as: SeriesRow.self)
    }

    /// What is left out of a series from its next occurrence on.
    ///
    /// Index: ix_series_occurrence_left_out.
    ///
    /// - Throws: ``PostgresError``.
    static func leftOut(
        of series: TaskSeries, _ workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> Set<CivilDateTime> {
        Set(try await tx.query(exceptions(of: series, workspace), as: OccurrenceRow.self).map(\.time))
    }

    private static func exceptions(of series: TaskSeries, _ workspace: ID<Workspace>) -> SQL {
        """
        SELECT o.occurrence
        FROM tasks.series_occurrence AS o
        WHERE o.workspace_id = \(workspace) AND o.series_id = \(series.id) AND o.task_id IS NULL
        ORDER BY o.occurrence DESC
        LIMIT \(Int64(SeriesPlan.exceptionLimit))
        """
    }

    /// The last occurrence that has a task; `nil` when none has.
    ///
    /// Index: pk_series_occurrence.
    ///
    /// - Throws: ``PostgresError``.
    static func lastMade(
        of series: TaskSeries, _ workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> CivilDateTime? {
        try await tx.first(
            """
            SELECT o.occurrence
            FROM tasks.series_occurrence AS o
            WHERE o.workspace_id = \(workspace) AND o.series_id = \(series.id) AND o.task_id IS NOT NULL
            ORDER BY o.occurrence DESC
            LIMIT 1
            """, as: OccurrenceRow.self)?.time
    }

    /// The statement that writes a series that was changed, with its activity and the caller's key.
    static func update(
        _ series: TaskSeries, _ verb: ActivityVerb, carrying changes: JSONText, _ answer: StoredAnswer?,
        _ context: WriteContext
    ) -> SQL {
        """
        WITH changed AS (
            UPDATE tasks.series AS s
            SET rule = \(series.rule), start = \(series.start), zone = \(series.zone), title = \(series.title),
                description = \(series.description), kind = \(series.kind), priority = \(series.priority),
                subject_kind = \(series.subject?.kind), subject_id = \(series.subject?.id),
                subject_label = \(series.subject?.label), assignee_id = \(series.assignee?.id),
                assignee_name = \(series.assignee?.name), team_id = \(series.team?.id),
                team_name = \(series.team?.name), estimate = \(series.estimateSeconds.map { Duration.seconds($0) }),
                is_required = \(series.isRequired), made_before = \(Duration.seconds(series.madeBeforeSeconds)),
                next_occurrence = \(series.nextOccurrence), next_at = \(series.nextAt),
                made_count = \(Int64(series.madeCount)), skipped_count = \(Int64(series.skippedCount)),
                is_paused = \(series.isPaused), ended_at = \(series.endedAt), version = \(Int64(series.version)),
                updated_at = \(series.updatedAt)
            WHERE s.workspace_id = \(context.workspace) AND s.id = \(series.id)
            RETURNING s.id, s.version
        ),
        \(context.activity(.taskSeries, verb: verb, from: "changed", carrying: changes)),
        \(context.keep(answer, from: "changed"))
        SELECT count(*) FROM kept
        """
    }
}

/// An occurrence of which something is known.
struct OccurrenceRow: PostgresRow {
    static let columns = ["occurrence"]
    let time: CivilDateTime

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        let text: String = try row.decode("occurrence")
        guard let time = CivilDateTime(text) else {
            throw .malformed(expected: "CivilDateTime", actual: .text)
        }
        self.time = time
    }
}
