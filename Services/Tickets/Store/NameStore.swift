import Models
import Postgres
import ServiceKit

/// Reads the names that tickets copy, from the views that their owners publish.
struct NameStore: Sendable {
    let database: Database

    /// Looks up what a change names; no round trip when that is nothing.
    ///
    /// - Throws: ``PostgresError``.
    func find(_ wanted: WantedNames, in workspace: ID<Workspace>) async throws -> FoundNames {
        let isNothing =
            wanted.owner?.customer == nil && wanted.assignee == nil && wanted.team == nil && wanted.ownCategory == nil
        guard !isNothing else { return FoundNames() }
        let row = try await database.first(
            .point, in: .workspace(workspace), "SELECT \(Self.columns(wanted, in: workspace))", as: NameRow.self)
        return row?.names ?? FoundNames()
    }

    /// The columns of ``NameRow``, each a lookup by key.
    static func columns(_ wanted: WantedNames, in workspace: ID<Workspace>) -> SQL {
        """
        \(ownerLabel(wanted.owner, in: workspace)) AS owner_label,
        (SELECT name FROM identity.person
            WHERE workspace_id = \(workspace) AND id = \(wanted.assignee) AND is_active) AS assignee_name,
        (SELECT name FROM identity.team_card
            WHERE workspace_id = \(workspace) AND id = \(wanted.team) AND NOT is_deleted) AS team_name,
        EXISTS (SELECT FROM tickets.category
            WHERE workspace_id = \(workspace) AND word = \(wanted.ownCategory) AND is_active) AS has_category
        """
    }

    private static func ownerLabel(_ owner: OwnerCard?, in workspace: ID<Workspace>) -> SQL {
        guard let (kind, id) = owner?.customer else { return "NULL::text" }
        return """
            (SELECT label FROM customers.owner_card
                WHERE workspace_id = \(workspace) AND kind = \(kind) AND id = \(id) AND NOT is_deleted)
            """
    }
}

/// The names that were found.
struct NameRow: PostgresRow {
    static let columns = ["owner_label", "assignee_name", "team_name", "has_category"]
    let names: FoundNames

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        names = FoundNames(
            ownerLabel: try row.decode("owner_label"), assigneeName: try row.decode("assignee_name"),
            teamName: try row.decode("team_name"), hasCategory: try row.decode("has_category"))
    }
}

extension OwnerCard {
    /// The customer that it names; `nil` for a reference or a memo.
    var customer: (kind: TicketOwnerKind, id: ID<AnyRecord>)? {
        switch self {
        case .individual(let id): (.individual, id.erased)
        case .organization(let id): (.organization, id.erased)
        case .external, .memo: nil
        }
    }
}
