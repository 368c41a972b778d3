import Models
import Postgres
import ServiceKit

/// Gives out case numbers: one counter a workspace and day (SC-3).
struct CaseNumberStore: Sendable {
    let database: Database

    /// A number that was taken, with the names that the ticket will copy.
    struct Taken: PostgresRow {
        static let columns = ["day", "count"] + NameRow.columns
        let number: CaseNumber
        let names: FoundNames

        init(row: borrowing RowReader) throws(PostgresDecodingError) {
            number = CaseNumber(day: try row.decode("day"), count: try row.decode("count"))
            names = try NameRow(row: row).names
        }
    }

    /// Takes the next number of the workspace's day at an instant, in a transaction of its own.
    ///
    /// It is not flushed to disk: its log record precedes the ticket's, so a durable ticket implies a durable counter,
    /// and a crash can only leave a gap. A number whose ticket is never written is a gap too.
    ///
    /// - Throws: ``Problem`` 404 when the workspace is not there; ``PostgresError``.
    func take(_ wanted: WantedNames, at now: Timestamp, in workspace: ID<Workspace>) async throws -> Taken {
        let taken = try await database.write(
            in: .workspace(workspace).adding("synchronous_commit", "off"),
            """
            WITH taken AS (
                INSERT INTO tickets.case_counter AS c (workspace_id, day, last)
                SELECT z.workspace_id, (\(now) AT TIME ZONE z.time_zone)::date, 1
                FROM identity.workspace_zone AS z
                WHERE z.workspace_id = \(workspace)
                ON CONFLICT (workspace_id, day) DO UPDATE SET last = c.last + 1
                RETURNING c.day, c.last
            )
            SELECT to_char(taken.day, 'YYMMDD') AS day, taken.last AS count, \(NameStore.columns(wanted, in: workspace))
            FROM taken
            """, as: Taken.self)
        guard let taken = taken.first else { throw Problem.notFound("workspace") }
        return taken
    }

    /// Takes the numbers of many tickets at once, each of the workspace's day at its instant.
    ///
    /// - Returns: A number for each instant, in their order.
    /// - Throws: ``PostgresError``.
    func take(for instants: ArraySlice<Timestamp>, in workspace: ID<Workspace>) async throws -> [CaseNumber] {
        try await database.write(
            in: .workspace(workspace).adding("synchronous_commit", "off"),
            """
            WITH opened AS (
                SELECT o.place,
                    (('epoch'::timestamptz + o.instant * interval '1 microsecond')
                        AT TIME ZONE z.time_zone)::date AS day
                FROM identity.workspace_zone AS z,
                    unnest(\(instants.map(\.microseconds))) WITH ORDINALITY AS o (instant, place)
                WHERE z.workspace_id = \(workspace)
            ),
            taken AS (
                INSERT INTO tickets.case_counter AS c (workspace_id, day, last)
                SELECT \(workspace), o.day, count(*) FROM opened AS o GROUP BY o.day ORDER BY o.day
                ON CONFLICT (workspace_id, day) DO UPDATE SET last = c.last + EXCLUDED.last
                RETURNING c.day, c.last
            )
            SELECT to_char(o.day, 'YYMMDD') AS day, taken.last - count(*) OVER (PARTITION BY o.day)
                + row_number() OVER (PARTITION BY o.day ORDER BY o.place) AS count
            FROM opened AS o
            JOIN taken ON taken.day = o.day
            ORDER BY o.place
            """, as: NumberRow.self
        ).map(\.number)
    }

    private struct NumberRow: PostgresRow {
        static let columns = ["day", "count"]
        let number: CaseNumber

        init(row: borrowing RowReader) throws(PostgresDecodingError) {
            number = CaseNumber(day: try row.decode("day"), count: try row.decode("count"))
        }
    }
}
