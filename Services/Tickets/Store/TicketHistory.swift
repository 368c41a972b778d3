import Models
import Postgres
import ServiceKit

/// Reads what was noted on a ticket and what was done to it: all of it from its notes and the one stream.
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

    /// One page of a ticket's activity, newest first.
    ///
    /// Index: uq_activity_subject.
    func activity(
        of ticket: ID<Ticket>, in workspace: ID<Workspace>, before version: Int64?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = version.map { "AND a.version < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT a.id, a.verb, a.version, \(Self.actor), a.changes, a.request_id, a.occurred_at
            FROM core.activity AS a
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = a.actor_id
            WHERE a.workspace_id = \(workspace) AND a.subject_kind = 'ticket' AND a.subject_id = \(ticket) \(position)
            ORDER BY a.version DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One page of who had a ticket, newest first: the entries of the stream that say so.
    ///
    /// Index: uq_activity_subject.
    func assignments(
        of ticket: ID<Ticket>, in workspace: ID<Workspace>, before version: Int64?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = version.map { "AND a.version < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT a.id, a.verb, a.version, \(Self.actor), n.id AS "assignee.id", n.name AS "assignee.name",
                q.id AS "team.id", q.name AS "team.name", a.occurred_at
            FROM core.activity AS a
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = a.actor_id
            LEFT JOIN identity.person AS n
                ON n.workspace_id = \(workspace) AND n.id = (a.changes #>> '{assignee_id,to}')::uuid
            LEFT JOIN identity.team_card AS q
                ON q.workspace_id = \(workspace) AND q.id = (a.changes #>> '{team_id,to}')::uuid
            WHERE a.workspace_id = \(workspace) AND a.subject_kind = 'ticket' AND a.subject_id = \(ticket)
              AND a.verb IN ('created', 'claimed', 'assigned', 'unassigned') \(position)
            ORDER BY a.version DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    private static let actor: SQL = """
        a.actor_kind AS "actor.kind", a.actor_id AS "actor.id", a.actor_service AS "actor.service",
        p.name AS "actor.name"
        """
}
