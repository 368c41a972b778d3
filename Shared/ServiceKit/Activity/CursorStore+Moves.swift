import Models
import Postgres

extension CursorStore {
    /// Moves the consumer's place in the stream, as the last statement of the effects' transaction, and leaves behind
    /// the workspaces that had more entries than were taken.
    ///
    /// - Throws: ``CursorLeaseLost`` or `PostgresError`.
    func move(
        _ held: HeldCursor, to end: StreamPosition,
        leavingBehind overfull: [(workspace: ID<Workspace>, last: StreamPosition)], in transaction: Transaction
    ) async throws {
        let sql = moving(held, to: end, leavingBehind: overfull.map { ($0.workspace, $0.last) })
        try check(try await transaction.query(sql))
    }

    /// Moves the consumer's place past entries that failed together, and leaves each of their workspaces behind, so
    /// that the one at fault is found and the others go on.
    ///
    /// - Throws: ``CursorLeaseLost`` or `PostgresError`.
    func takeApart(_ workspaces: [ID<Workspace>], moving held: HeldCursor, to end: StreamPosition) async throws {
        let sql = moving(held, to: end, leavingBehind: workspaces.map { ($0, held.position) })
        try check(try await database.write(in: .none, sql))
    }

    /// Moves a workspace that is behind, as the last statement of the effects' transaction.
    ///
    /// - Throws: ``CursorLeaseLost`` or `PostgresError`.
    func move(
        _ lag: CursorLag, to piece: CursorPiece, under held: HeldCursor, in transaction: Transaction
    ) async throws {
        let sql: SQL =
            if let end = piece.end {
                """
                WITH stream AS (\(locked(held)))
                UPDATE core.cursor AS c
                SET xid = \(end.xid), activity_id = \(end.id), take = least(\(Int32(50)), c.take * 2), failures = 0,
                    error = NULL, retry_at = now()
                FROM stream WHERE \(place(of: lag))
                RETURNING 1 AS moved
                """
            } else {
                """
                WITH stream AS (\(locked(held)))
                DELETE FROM core.cursor AS c USING stream WHERE \(place(of: lag))
                RETURNING 1 AS moved
                """
            }
        try check(try await transaction.query(sql))
    }

    /// Notes a failure of a workspace that is behind: its entries are taken one by one from now on.
    ///
    /// - Throws: ``CursorLeaseLost`` or `PostgresError`.
    func retry(
        _ lag: CursorLag, failures: Int, after delay: Duration, _ error: String, _ held: HeldCursor
    ) async throws {
        let result = try await database.write(
            in: .none,
            """
            WITH stream AS (\(locked(held)))
            UPDATE core.cursor AS c
            SET take = 1, failures = \(Int16(clamping: failures)), retry_at = now() + \(delay),
                error = \(error)
            FROM stream WHERE \(place(of: lag))
            RETURNING 1 AS moved
            """)
        try check(result)
    }

    /// Parks an entry that failed for the last time, and passes it over.
    ///
    /// - Throws: ``CursorLeaseLost`` or `PostgresError`.
    func park(
        _ entry: ActivityEntry, _ lag: CursorLag, failures: Int, _ error: String, _ held: HeldCursor
    ) async throws {
        let result = try await database.write(
            in: .workspace(lag.workspace),
            """
            WITH stream AS (\(locked(held))),
                 moved AS (
                    UPDATE core.cursor AS c
                    SET xid = \(entry.position.xid), activity_id = \(entry.position.id), failures = 0, error = NULL,
                        retry_at = now()
                    FROM stream WHERE \(place(of: lag))
                    RETURNING 1 AS moved),
                 parked AS (
                    INSERT INTO core.parked (
                        workspace_id, service, consumer, activity_id, failures, error, parked_at)
                    SELECT \(lag.workspace), \(service), \(consumer), \(entry.id), \(Int16(clamping: failures)),
                        \(error), now()
                    FROM moved
                    ON CONFLICT ON CONSTRAINT pk_parked DO NOTHING)
            SELECT moved FROM moved
            """)
        try check(result)
    }

    private func moving(
        _ held: HeldCursor, to end: StreamPosition, leavingBehind behind: [(ID<Workspace>, StreamPosition)]
    ) -> SQL {
        """
        WITH moved AS (
                UPDATE core.cursor
                SET xid = \(end.xid), activity_id = \(end.id)
                WHERE \(row(Self.stream)) AND lease_id = \(held.lease)
                  AND xid = \(held.position.xid) AND activity_id = \(held.position.id)
                RETURNING 1 AS moved),
             behind AS (
                INSERT INTO core.cursor (service, consumer, workspace_id, xid, activity_id)
                SELECT \(service), \(consumer), b.workspace_id, b.xid::xid8, b.activity_id
                FROM moved, unnest(
                    \(behind.map(\.0)), \(behind.map(\.1.xid.postgresText)), \(behind.map(\.1.id))
                ) AS b (workspace_id, xid, activity_id))
        SELECT moved FROM moved
        """
    }

    private func locked(_ held: HeldCursor) -> SQL {
        """
        SELECT s.lease_id FROM core.cursor AS s
        WHERE s.service = \(service) AND s.consumer = \(consumer) AND s.workspace_id = \(Self.stream)
          AND s.lease_id = \(held.lease)
        FOR NO KEY UPDATE
        """
    }

    private func place(of lag: CursorLag) -> SQL {
        """
        c.service = \(service) AND c.consumer = \(consumer) AND c.workspace_id = \(lag.workspace)
        AND c.xid = \(lag.position.xid) AND c.activity_id = \(lag.position.id)
        """
    }

    private func check(_ moved: ResultSet) throws {
        guard moved.count == 1 else { throw CursorLeaseLost() }
    }
}

extension Transaction {
    /// Opens another workspace for the statements that follow in this transaction.
    func reopen(_ workspace: ID<Workspace>) async throws(PostgresError) {
        _ = try await query(
            "SELECT set_config('casebook.workspace_id', \(workspace.description), true) AS workspace_id")
    }
}
