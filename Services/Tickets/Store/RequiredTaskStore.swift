import Models
import Postgres
import ServiceKit

/// Which tasks stand against the end of a ticket, as `tasks` publishes them.
enum RequiredTaskStore {
    /// The open required tasks of a ticket, oldest first: at most one more than a refusal names.
    ///
    /// Ask after the ticket was locked, in a statement of its own: whoever opens a required task holds the same lock,
    /// so that what is committed is all there is.
    ///
    /// Index: ix_task_subject.
    ///
    /// - Throws: ``PostgresError``.
    static func open(
        of ticket: ID<Ticket>, in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> [OpenTask] {
        try await tx.query(
            """
            SELECT \(columns: OpenTask.self)
            FROM tasks.required_task AS t
            WHERE t.workspace_id = \(workspace) AND t.ticket_id = \(ticket)
            ORDER BY t.id
            LIMIT \(Int64(OpenTask.limit) + 1)
            """, as: OpenTask.self)
    }

    /// Those among some locked tickets that open required tasks stand against; none where there are no tasks yet.
    ///
    /// Index: ix_task_subject.
    ///
    /// - Throws: ``PostgresError``.
    static func held(
        _ tickets: [ID<Ticket>], in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> Set<ID<Ticket>> {
        let schema = try await tx.query("SELECT to_regclass('tasks.required_task') IS NOT NULL AS has_tasks")
        guard try schema.value("has_tasks", as: Bool.self) else { return [] }
        let result = try await tx.query(
            """
            SELECT DISTINCT t.ticket_id
            FROM tasks.required_task AS t
            WHERE t.workspace_id = \(workspace) AND t.ticket_id = ANY (\(tickets))
            LIMIT \(Int64(tickets.count))
            """)
        var held: Set<ID<Ticket>> = []
        for row in 0..<result.count { held.insert(try result.value("ticket_id", row: row, as: ID<Ticket>.self)) }
        return held
    }
}

extension OpenTask: PostgresRow {
    static let columns = ["id", "title"]

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        title = try row.decode("title")
    }
}
