import Models
import Postgres
import ServiceKit

/// Reads and writes tickets one by one.
struct TicketStore: Sendable {
    let database: Database

    /// One ticket as the wire shows it; no row when there is none.
    func show(_ workspace: ID<Workspace>, _ reference: TicketReference) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT \(TicketColumns.full)
            FROM tickets.ticket AS t
            WHERE t.workspace_id = \(workspace) AND \(reference.condition)
            """)
    }

    /// Adds a ticket, in one statement with its activity, its search text and its key.
    ///
    /// - Throws: ``PostgresError``; constraint `uq_ticket_case_number` when the number is another ticket's.
    func add(_ ticket: Ticket, answer: StoredAnswer, _ context: WriteContext) async throws(PostgresError) {
        let changes = JSONText(utf8: JSONWriter.bytes(of: TicketDifference.of(nil, ticket)))
        _ = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH subject AS (SELECT 1 AS one),
            \(context.keep(answer, from: "subject")),
            changed AS (\(Self.insertion(of: ticket, in: context.workspace)) RETURNING id, version),
            \(context.activity(.ticket, verb: .created, from: "changed", carrying: changes)),
            indexed AS (SELECT tickets.index_ticket(\(context.workspace), id) AS done FROM changed)
            SELECT count(*) FROM indexed
            """)
    }

    private static func insertion(of ticket: Ticket, in workspace: ID<Workspace>) -> SQL {
        """
        INSERT INTO tickets.ticket (
            workspace_id, id, case_number, title, description, category, priority, status, owner_kind, individual_id,
            organization_id, external_reference, memo, owner_label, assignee_id, assignee_name, team_id, team_name,
            brand, serial_number, version, created_at, updated_at, status_changed_at)
        SELECT \(workspace), \(ticket.id), \(ticket.caseNumber), \(ticket.title), \(ticket.description),
            \(ticket.category), \(ticket.priority), \(ticket.status), \(ticket.owner.kind),
            \(ticket.owner.individualID), \(ticket.owner.organizationID), \(ticket.owner.externalReference),
            \(ticket.owner.memo), \(ticket.owner.label), \(ticket.assignee?.id), \(ticket.assignee?.name),
            \(ticket.team?.id), \(ticket.team?.name), \(ticket.brand), \(ticket.serialNumber),
            \(Int64(ticket.version)), \(ticket.createdAt), \(ticket.updatedAt), \(ticket.statusChangedAt)
        FROM kept
        """
    }
}

extension RecordKind {
    /// A ticket.
    static let ticket = RecordKind(rawValue: "ticket")
}

extension StoredAnswer {
    /// A ticket as the answer to its change.
    init(_ ticket: Ticket, labelRevision: Int64) throws {
        try self.init(status: 200, ticket, version: ticket.version, labelRevision: labelRevision)
    }
}
