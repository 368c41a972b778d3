import Models
import Postgres
import ServiceKit

/// Reads which ticket is meant, and what was noted on it.
struct TicketHistory: Sendable {
    let database: Database

    /// The id of a ticket; `nil` when there is none.
    func id(of reference: TicketReference, in workspace: ID<Workspace>) async throws -> ID<Ticket>? {
        let result = try await database.query(
            .point, in: .workspace(workspace),
            "SELECT t.id FROM tickets.ticket AS t WHERE t.workspace_id = \(workspace) AND \(reference.condition)")
        return result.count == 0 ? nil : ID<Ticket>(try result.text("id") ?? "")
    }

    /// One page of a ticket's notes, newest first.
    ///
    /// Index: ix_note_ticket.
    func notes(
        of ticket: ID<Ticket>, in workspace: ID<Workspace>, before: ID<TicketNote>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = before.map { "AND n.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT n.id, n.kind, n.text, n.author_kind AS "author.kind", n.author_id AS "author.id",
                n.author_service AS "author.service", p.name AS "author.name", n.created_at
            FROM tickets.note AS n
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = n.author_id
            WHERE n.workspace_id = \(workspace) AND n.ticket_id = \(ticket) \(position)
            ORDER BY n.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }
}
