import Models
import Postgres
import ServiceKit

/// Between the clock on the wall of a series' zone and instants, by the database (m0002_wall_clock.sql).
struct SeriesClock: Sendable {
    let workspace: ID<Workspace>

    /// The zone of that name, the workspace's when there is none, under its full name, and what its clock shows.
    ///
    /// - Throws: ``SeriesViolation`` for a zone that there is not, or one of the workspace whose clock cannot be read;
    ///   ``PostgresError``.
    func reading(_ zone: String?, at now: Timestamp, _ tx: Transaction) async throws -> ZoneReading {
        let row = try await tx.first(
            """
            SELECT z.zone, CASE WHEN tasks.is_zone(z.zone)
                THEN tasks.local_time(date_trunc('second', \(now)), z.zone)::text END AS time
            FROM (
                SELECT COALESCE(core.full_zone_name(\(zone)), w.time_zone) AS zone
                FROM identity.workspace_zone AS w
                WHERE w.workspace_id = \(workspace)
            ) AS z
            """, as: ZoneRow.self)
        guard let row, let time = row.time.flatMap({ CivilDateTime($0) }) else {
            throw zone == nil ? SeriesViolation.zoneNeeded : .unknownZone
        }
        return ZoneReading(zone: row.zone, time: time)
    }

    /// The statement that says which instants times of a zone's clock are, in their order; column `at`.
    static func instants(of times: [CivilDateTime], in zone: String) -> SQL {
        """
        SELECT tasks.instant(o.local::timestamp, \(zone)) AS at
        FROM unnest(\(times.map(\.description))) WITH ORDINALITY AS o (local, place)
        ORDER BY o.place
        LIMIT \(Int64(times.count))
        """
    }

    /// Times with their instants, up to the rule's UNTIL.
    ///
    /// - Throws: ``PostgresError``.
    func planned(
        _ times: [CivilDateTime], of plan: SeriesPlan, in zone: String, _ tx: Transaction
    ) async throws(PostgresError) -> [PlannedOccurrence] {
        guard !times.isEmpty else { return [] }
        let rows = try await tx.query(Self.instants(of: times, in: zone), as: InstantRow.self)
        return Self.planned(times, rows, of: plan)
    }

    /// Times beside the instants that ``instants(of:in:)`` answered, up to the rule's UNTIL.
    static func planned(
        _ times: [CivilDateTime], _ instants: [InstantRow], of plan: SeriesPlan
    ) -> [PlannedOccurrence] {
        zip(times, instants).map { PlannedOccurrence(time: $0, at: $1.at) }.filter { !plan.isOver(at: $0.at) }
    }
}

/// What the clock of a zone shows.
struct ZoneReading: Sendable {
    let zone: String
    let time: CivilDateTime

    /// The time after which an occurrence is still to come; one at this very second is.
    var justBefore: CivilDateTime { time.adding(seconds: -1) }
}

/// A zone and its time, which is `nil` when there is no such zone.
private struct ZoneRow: PostgresRow {
    static let columns = ["zone", "time"]
    let zone: String
    let time: String?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        zone = try row.decode("zone")
        time = try row.decode("time")
    }
}

/// An instant.
struct InstantRow: PostgresRow {
    static let columns = ["at"]
    let at: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        at = try row.decode("at")
    }
}
