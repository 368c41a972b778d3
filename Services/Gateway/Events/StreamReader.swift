import Models
import Postgres
import ServiceKit

/// Looks at the stream of activity, over all workspaces, as the role `casebook_stream`.
struct StreamReader: Sendable {
    /// The most entries of one look.
    static let lookLimit = 1_000
    /// The most entries of the stream that are searched for those of one workspace when a reader continues.
    static let searchLimit = 50_000
    /// The most entries that a reader who continues is sent of what it missed.
    static let replayLimit = 2_000

    let database: Database

    /// The point below which all is final now.
    ///
    /// - Throws: `PostgresError`.
    func horizon() async throws -> StreamPoint {
        let rows = try await database.query(
            .point, in: .none, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon")
        return .before(UInt64(try rows.value("horizon", row: 0, as: String.self)) ?? 0)
    }

    /// What is visible after a point in all workspaces; horizon and entries are of one snapshot.
    ///
    /// - Throws: `PostgresError`.
    func look(after point: StreamPoint) async throws -> StreamLook {
        let rows = try await database.query(
            .scan, in: .none,
            """
            SELECT h.horizon, 0 AS scanned, a.workspace_id, a.id, a.subject_kind, a.subject_id, a.version, a.xid
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon) AS h
            LEFT JOIN (
                SELECT workspace_id, id, subject_kind, subject_id, version, xid::text AS xid, xid AS place
                FROM core.activity
                WHERE (xid, id) > (\(String(point.xid))::text::xid8, \(point.id))
                ORDER BY xid, id
                LIMIT \(Self.lookLimit)
            ) AS a ON true
            ORDER BY a.place, a.id
            """, as: StreamRow.self)
        return Self.look(rows, isFull: rows.count == Self.lookLimit)
    }

    /// What is visible after a point in one workspace; `nil` when too much has happened since, or the point lies in the
    /// future, as after the database was restored.
    ///
    /// - Throws: `PostgresError`.
    func replay(after point: StreamPoint, in workspace: ID<Workspace>) async throws -> StreamLook? {
        let rows = try await database.query(
            .scan, in: .none,
            """
            WITH searched AS (
                SELECT workspace_id, id, subject_kind, subject_id, version, xid
                FROM core.activity
                WHERE (xid, id) > (\(String(point.xid))::text::xid8, \(point.id))
                ORDER BY xid, id
                LIMIT \(Self.searchLimit)
            )
            SELECT h.horizon, h.scanned, a.workspace_id, a.id, a.subject_kind, a.subject_id, a.version,
                a.xid::text AS xid
            FROM (
                SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
                    (SELECT count(*) FROM searched) AS scanned
            ) AS h
            LEFT JOIN searched AS a ON a.workspace_id = \(workspace)
            ORDER BY a.xid, a.id
            LIMIT \(Self.replayLimit + 1)
            """, as: StreamRow.self)
        guard let first = rows.first, first.scanned < Self.searchLimit, rows.count <= Self.replayLimit,
            point <= .before(first.horizon)
        else { return nil }
        return Self.look(rows, isFull: false)
    }

    private static func look(_ rows: [StreamRow], isFull: Bool) -> StreamLook {
        let entries = rows.compactMap(\.entry)
        let horizon = StreamPoint.before(rows.first?.horizon ?? 0)
        guard isFull, let last = entries.last else { return StreamLook(rows: entries, end: horizon, isFull: false) }
        return StreamLook(rows: entries, end: min(horizon, last.point), isFull: true)
    }
}
