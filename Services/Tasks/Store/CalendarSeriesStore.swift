import Models
import Postgres
import ServiceKit

/// Reads what is still to come of the series whose tasks a person will get, for their calendar.
///
/// A task that was made is shown for itself; of its series the calendar shows what comes after it.
struct CalendarSeriesStore: Sendable {
    let database: Database
    let workspace: ID<Workspace>

    /// The most series of a calendar.
    static let limit = 100
    /// For how long from the year of the first occurrence a calendar describes the changes of a clock; the year passes,
    /// and programs ask again.
    private static let zoneSpan: Duration = .seconds(5 * 366 * 86_400)

    /// What a calendar shows of series.
    struct Found: Sendable {
        /// The tasks to come, one for each series.
        var tasks: [CalendarTask] = []
        /// The zones by whose clocks they are due.
        var zones: [CalendarZone] = []
    }

    /// What will come to a person: series that have ended or are paused have nothing to come, nor has one about a
    /// ticket that has ended.
    ///
    /// - Throws: ``SeriesViolation`` for a rule that cannot be read any more; ``PostgresError``.
    func coming(to user: ID<User>) async throws -> Found {
        let all = try await series(of: user)
        guard let first = all.compactMap(\.nextAt).min() else { return Found() }
        let exceptions = try await leftOut(of: all)
        let plans = try all.map { try SeriesPlan($0, except: []) }
        let untils = try await instants(of: zip(all, plans).map { ($1.lastReading, $0.zone) })
        var found = Found()
        for (place, series) in all.enumerated() {
            let (plan, left) = (plans[place], exceptions[series.id] ?? [])
            if let task = CalendarTask(series, plan, leftOut: left, until: untils[place]) { found.tasks.append(task) }
        }
        found.zones = try await zones(Set(all.map(\.zone)).sorted(), from: first)
        return found
    }

    /// Index: ix_series_assignee.
    private func series(of user: ID<User>) async throws(PostgresError) -> [TaskSeries] {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(columns: SeriesRow.self)
            FROM tasks.series AS s
            WHERE s.workspace_id = \(workspace) AND s.assignee_id = \(user) AND s.ended_at IS NULL AND NOT s.is_paused
              AND NOT EXISTS (
                SELECT FROM tickets.ticket_card AS c
                WHERE c.workspace_id = \(workspace) AND s.subject_kind = 'ticket' AND c.id = s.subject_id
                  AND c.status IN ('completed', 'closed'))
            ORDER BY s.id DESC
            LIMIT \(Int64(Self.limit))
            """, as: SeriesRow.self
        ).map(\.series)
    }

    /// Index: ix_series_occurrence_left_out.
    private func leftOut(
        of series: [TaskSeries]
    ) async throws(PostgresError) -> [ID<TaskSeries>: [CivilDateTime]] {
        let rows = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT w.id, l.occurrence
            FROM unnest(\(series.map(\.id))) AS w (id)
            CROSS JOIN LATERAL (
                SELECT o.occurrence
                FROM tasks.series_occurrence AS o
                WHERE o.workspace_id = \(workspace) AND o.series_id = w.id AND o.task_id IS NULL
                ORDER BY o.occurrence DESC
                LIMIT \(Int64(SeriesPlan.exceptionLimit))) AS l
            ORDER BY w.id, l.occurrence
            LIMIT \(Int64(Self.limit * SeriesPlan.exceptionLimit))
            """, as: LeftOutRow.self)
        return Dictionary(grouping: rows, by: \.series).mapValues { $0.map(\.time) }
    }

    /// The instants of readings of clocks, in their order; `nil` for those that are none.
    private func instants(of readings: [(CivilDateTime?, String)]) async throws(PostgresError) -> [Timestamp?] {
        let rows = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT tasks.instant(NULLIF(o.local, '')::timestamp, o.zone) AS at
            FROM unnest(\(readings.map { $0.0?.description ?? "" }), \(readings.map(\.1)))
                WITH ORDINALITY AS o (local, zone, place)
            ORDER BY o.place
            LIMIT \(Int64(readings.count))
            """, as: UntilRow.self)
        return rows.map(\.at)
    }

    /// The clocks of zones from the start of the year of an instant on.
    private func zones(_ names: [String], from first: Timestamp) async throws(PostgresError) -> [CalendarZone] {
        let year = CivilDateTime(utc: first).description.prefix(4)
        let since = Timestamp("\(year)-01-01T00:00:00Z") ?? first
        let rows = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT z.zone,
                extract(epoch FROM tasks.local_time(\(since), z.zone) - timezone('UTC', \(since)))::bigint
                    AS first_seconds,
                c.changed_at, c.seconds_before, c.seconds_after
            FROM unnest(\(names)) AS z (zone)
            LEFT JOIN LATERAL tasks.clock_changes(z.zone, \(since), \(since.adding(Self.zoneSpan))) AS c ON true
            ORDER BY z.zone, c.changed_at
            LIMIT \(Int64(names.count * 100))
            """, as: ClockRow.self)
        let byName = Dictionary(grouping: rows, by: \.zone)
        return names.compactMap { name in
            byName[name].flatMap { rows in
                rows.first.map {
                    CalendarZone(name: name, firstSeconds: $0.firstSeconds, changes: rows.compactMap(\.change))
                }
            }
        }
    }
}

/// An occurrence that is left out of a series.
private struct LeftOutRow: PostgresRow {
    static let columns = ["id", "occurrence"]
    let series: ID<TaskSeries>
    let time: CivilDateTime

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        series = try row.decode("id")
        time = try OccurrenceRow(row: row).time
    }
}

/// The instant of a reading, if there is one.
private struct UntilRow: PostgresRow {
    static let columns = ["at"]
    let at: Timestamp?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        at = try row.decode("at")
    }
}

/// A zone with one change of its clock, if there is any.
private struct ClockRow: PostgresRow {
    static let columns = ["zone", "first_seconds", "changed_at", "seconds_before", "seconds_after"]
    let zone: String
    let firstSeconds: Int64
    let change: CalendarZone.Change?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        zone = try row.decode("zone")
        firstSeconds = try row.decode("first_seconds")
        let at: Timestamp? = try row.decode("changed_at")
        let before: Int64? = try row.decode("seconds_before")
        let after: Int64? = try row.decode("seconds_after")
        if let at, let before, let after {
            change = CalendarZone.Change(at: at, secondsBefore: before, secondsAfter: after)
        } else {
            change = nil
        }
    }
}
