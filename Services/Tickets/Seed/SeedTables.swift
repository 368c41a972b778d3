import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// The temporary tables of a batch, and the rows that are copied into them.
enum SeedTables {
    /// The columns of a ticket that a seed writes.
    static let ticketList: SQL = """
        id, case_number, title, description, category, priority, status, wait_reason, owner_kind, individual_id,
        organization_id, external_reference, memo, owner_label, assignee_id, assignee_name, team_id, team_name, brand,
        serial_number, version, created_at, updated_at, status_changed_at, started_at, completed_at, closed_at
        """
    static let ticketColumns = ticketList.text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    static let noteColumns = ["id", "ticket_id", "kind", "text", "author_id", "created_at"]
    static let activityColumns = ["id", "subject_id", "version", "verb", "actor_id", "changes", "occurred_at"]

    static let temporary: [SQL] = [
        """
        CREATE TEMPORARY TABLE seeded_ticket (
            id uuid, case_number text, title text, description text, category text, priority text, status text,
            wait_reason text, owner_kind text, individual_id uuid, organization_id uuid, external_reference text,
            memo text, owner_label text, assignee_id uuid, assignee_name text, team_id uuid, team_name text, brand text,
            serial_number text, version bigint, created_at timestamptz, updated_at timestamptz,
            status_changed_at timestamptz, started_at timestamptz, completed_at timestamptz, closed_at timestamptz
        ) ON COMMIT DROP
        """,
        """
        CREATE TEMPORARY TABLE seeded_note (
            id uuid, ticket_id uuid, kind text, text text, author_id uuid, created_at timestamptz
        ) ON COMMIT DROP
        """,
        """
        CREATE TEMPORARY TABLE seeded_activity (
            id uuid, subject_id uuid, version bigint, verb text, actor_id uuid, changes jsonb, occurred_at timestamptz
        ) ON COMMIT DROP
        """,
    ]

    static func ticket(_ made: SeededCase) -> [PostgresParameter?] {
        let ticket = made.ticket
        return [
            ticket.id.postgresParameter, ticket.caseNumber.postgresParameter, ticket.title.postgresParameter,
            ticket.description.postgresParameter,
            ticket.category.postgresParameter, ticket.priority.postgresParameter, ticket.status.postgresParameter,
            ticket.waitReason?.postgresParameter, ticket.owner.kind.postgresParameter,
            ticket.owner.individualID?.postgresParameter, ticket.owner.organizationID?.postgresParameter,
            ticket.owner.externalReference?.postgresParameter, ticket.owner.memo?.postgresParameter,
            ticket.owner.label.postgresParameter, ticket.assignee?.id.postgresParameter,
            ticket.assignee?.name.postgresParameter, ticket.team?.id.postgresParameter,
            ticket.team?.name.postgresParameter, ticket.brand?.postgresParameter,
            ticket.serialNumber?.postgresParameter, Int64(ticket.version).postgresParameter,
            ticket.createdAt.postgresParameter, ticket.updatedAt.postgresParameter,
            ticket.statusChangedAt.postgresParameter, ticket.startedAt?.postgresParameter,
            ticket.completedAt?.postgresParameter, ticket.closedAt?.postgresParameter,
        ]
    }

    static func notes(_ made: SeededCase) -> [[PostgresParameter?]] {
        made.notes.map { note in
            [
                note.id.postgresParameter, made.ticket.id.postgresParameter, note.kind.postgresParameter,
                note.text.postgresParameter, note.author.id?.postgresParameter, note.createdAt.postgresParameter,
            ]
        }
    }

    static func activity(_ made: SeededCase, _ random: inout SeededRandom) -> [[PostgresParameter?]] {
        made.steps.map { step in
            [
                ID<ActivityEntry>.make(at: step.at, using: &random).postgresParameter,
                made.ticket.id.postgresParameter, Int64(step.version).postgresParameter,
                step.verb.rawValue.postgresParameter, step.actor.postgresParameter,
                JSONText(utf8: JSONWriter.bytes(of: step.changes)).postgresParameter, step.at.postgresParameter,
            ]
        }
    }
}
