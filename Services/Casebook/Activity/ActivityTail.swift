import Postgres

/// Reads the newest rows of `core.activity` and follows it, over all workspaces, as the role `casebook_stream`.
///
/// Rows become visible out of the order of their transactions, so each look reads again from the oldest transaction
/// that was still running at the look before, and drops what it has shown (DESIGN.md, section 5).
struct ActivityTail: Sendable {
    let database: Database

    /// The most rows of one look; when there are more, the next look goes on from there.
    private static let rowLimit = 500

    /// What the driver takes as one result; reached only while a transaction has been running for very long.
    private static let resultLimit = 10_000

    /// The position to go on from.
    struct Position: Sendable {
        /// The oldest transaction that was still running at the last look.
        var horizon: String
        /// What was shown from there on.
        var shown: Set<String>
    }

    /// The newest rows, oldest first.
    ///
    /// - Throws: `PostgresError`.
    func newest(_ count: Int, show: (ResultSet, Int) throws -> Void) async throws -> Position {
        let horizon = try await horizon()
        let rows = try await database.query(
            .scan, in: .none,
            """
            SELECT \(Self.columns)
            FROM core.activity
            ORDER BY xid DESC, id DESC
            LIMIT \(min(count, Self.rowLimit))
            """)
        var shown: Set<String> = []
        for row in (0..<rows.count).reversed() {
            try show(rows, row)
            shown.insert(try rows.value("id", row: row, as: String.self))
        }
        return Position(horizon: horizon, shown: shown)
    }

    /// What became visible since a position, oldest first.
    ///
    /// - Returns: The position after it, and whether there may be more at once.
    /// - Throws: `PostgresError`.
    func next(
        after position: Position, show: (ResultSet, Int) throws -> Void
    ) async throws -> (position: Position, isFull: Bool) {
        let horizon = try await horizon()
        let limit = min(Self.rowLimit + position.shown.count, Self.resultLimit)
        let rows = try await database.query(
            .scan, in: .none,
            """
            SELECT \(Self.columns)
            FROM core.activity
            WHERE xid >= \(position.horizon)::text::xid8
            ORDER BY xid, id
            LIMIT \(limit)
            """)
        var next = Position(horizon: horizon, shown: [])
        for row in 0..<rows.count {
            let id = try rows.value("id", row: row, as: String.self)
            if !position.shown.contains(id) { try show(rows, row) }
            next.shown.insert(id)
        }
        let isFull = rows.count == limit && limit < Self.resultLimit
        if isFull { next.horizon = position.horizon }
        return (next, isFull)
    }

    /// Read before the rows: whatever commits later belongs to this transaction or a younger one.
    private func horizon() async throws -> String {
        let rows = try await database.query(
            .point, in: .none, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon")
        return try rows.value("horizon", row: 0, as: String.self)
    }

    /// The columns as they are written with `--json`.
    private static let columns: SQL = """
        workspace_id, id, subject_kind AS "subject.kind", subject_id AS "subject.id", version, verb,
        actor_kind AS "actor.kind", coalesce(actor_id::text, actor_service) AS "actor.id", changes, request_id,
        occurred_at
        """
}
