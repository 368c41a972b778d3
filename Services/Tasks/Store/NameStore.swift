import Models
import Postgres
import ServiceKit

/// Reads the names that tasks copy, from the views that their owners publish.
struct NameStore: Sendable {
    let database: Database

    /// Looks up what a change names; no round trip when that is nothing.
    ///
    /// - Throws: ``PostgresError``.
    func find(_ wanted: WantedNames, in workspace: ID<Workspace>) async throws -> FoundNames {
        guard !wanted.isNothing else { return FoundNames() }
        let row = try await database.first(
            .point, in: .workspace(workspace), "SELECT \(Self.columns(wanted, in: workspace))", as: NameRow.self)
        return row?.names ?? FoundNames()
    }

    /// The columns of ``NameRow``, each a lookup by key.
    static func columns(_ wanted: WantedNames, in workspace: ID<Workspace>) -> SQL {
        """
        \(subjectLabel(wanted.subject, in: workspace)) AS subject_label,
        (SELECT name FROM identity.person
            WHERE workspace_id = \(workspace) AND id = \(wanted.assignee) AND is_active) AS assignee_name,
        (SELECT name FROM identity.team_card
            WHERE workspace_id = \(workspace) AND id = \(wanted.team) AND NOT is_deleted) AS team_name,
        EXISTS (SELECT FROM tasks.kind
            WHERE workspace_id = \(workspace) AND word = \(wanted.ownKind) AND is_active) AS has_kind,
        (SELECT least((\(wanted.dueOn) + 1)::timestamp AT TIME ZONE z.time_zone, '9999-12-31T23:59:59.999999Z')
            FROM identity.workspace_zone AS z
            WHERE z.workspace_id = \(workspace) AND \(wanted.dueOn) IS NOT NULL) AS day_end
        """
    }

    /// Of kinds whose service does not stand yet there is no record.
    private static func subjectLabel(_ subject: TaskSubjectChoice?, in workspace: ID<Workspace>) -> SQL {
        guard let subject else { return "NULL::text" }
        switch subject.kind {
        case .ticket:
            return """
                (SELECT label FROM tickets.ticket_card WHERE workspace_id = \(workspace) AND id = \(subject.id))
                """
        case .individual, .organization:
            return """
                (SELECT label FROM customers.owner_card
                    WHERE workspace_id = \(workspace) AND kind = \(subject.kind) AND id = \(subject.id)
                      AND NOT is_deleted)
                """
        case .opportunity, .equipment, .article: return "NULL::text"
        }
    }
}

/// The names that were found.
struct NameRow: PostgresRow {
    static let columns = ["subject_label", "assignee_name", "team_name", "has_kind", "day_end"]
    let names: FoundNames

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        names = FoundNames(
            subjectLabel: try row.decode("subject_label"), assigneeName: try row.decode("assignee_name"),
            teamName: try row.decode("team_name"), hasKind: try row.decode("has_kind"),
            dayEnd: try row.decode("day_end"))
    }
}
