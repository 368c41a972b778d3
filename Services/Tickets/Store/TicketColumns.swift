import Models
import Postgres
import ServiceKit

/// The columns of a ticket as the wire shows it.
enum TicketColumns {
    /// One ticket in full: the fields of ``Models/Ticket``.
    static let full: SQL = """
        t.id, t.case_number, t.title, t.description, t.category, t.priority, t.status, t.wait_reason, t.wait_until,
        \(owner), \(queue), t.brand, t.serial_number, t.reopen_count, t.version, t.created_at, t.updated_at,
        t.status_changed_at, t.started_at, t.completed_at, t.closed_at, t.label_revision AS _label_revision
        """

    /// One line of a list: the fields of ``Models/TicketSummary``.
    static let summary: SQL = """
        t.id, t.case_number, t.title, t.category, t.priority, t.status, t.wait_reason, t.wait_until, \(owner), \(queue),
        t.version, t.created_at, t.updated_at
        """

    private static let owner: SQL = """
        t.owner_kind AS "owner.kind", t.individual_id AS "owner.individual_id",
        t.organization_id AS "owner.organization_id", t.external_reference AS "owner.external_reference",
        t.memo AS "owner.memo", t.owner_label AS "owner.label"
        """

    private static let queue: SQL = """
        t.assignee_id AS "assignee.id", t.assignee_name AS "assignee.name", t.team_id AS "team.id",
        t.team_name AS "team.name"
        """
}

extension TicketReference {
    /// The condition that finds the ticket, by its primary key or by `uq_ticket_case_number`.
    var condition: SQL {
        switch self {
        case .id(let id): "t.id = \(id)"
        case .caseNumber(let number): "t.case_number = \(number)"
        }
    }
}
