import Models
import Postgres
import ServiceKit

/// A ticket as the table holds it.
struct TicketRow: PostgresRow {
    static let columns = [
        "id", "case_number", "title", "description", "category", "priority", "status", "wait_reason", "wait_until",
        "owner_kind", "individual_id", "organization_id", "external_reference", "memo", "owner_label", "assignee_id",
        "assignee_name", "team_id", "team_name", "brand", "serial_number", "reopen_count", "version", "label_revision",
        "created_at", "updated_at", "status_changed_at", "started_at", "completed_at", "closed_at",
    ]

    let ticket: Ticket
    /// Counts refreshes of the copied names.
    let labelRevision: Int64

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        labelRevision = try row.decode("label_revision")
        let version: Int64 = try row.decode("version")
        let reopenCount: Int64 = try row.decode("reopen_count")
        ticket = Ticket(
            id: try row.decode("id"), caseNumber: try row.decode("case_number"), title: try row.decode("title"),
            description: try row.decode("description"), category: try row.decode("category"),
            priority: try row.decode("priority"), status: try row.decode("status"),
            waitReason: try row.decode("wait_reason"), waitUntil: try row.decode("wait_until"),
            owner: try Self.owner(row), assignee: try Self.assignee(row), team: try Self.team(row),
            brand: try row.decode("brand"), serialNumber: try row.decode("serial_number"),
            reopenCount: Int(reopenCount), version: Int(version), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"), statusChangedAt: try row.decode("status_changed_at"),
            startedAt: try row.decode("started_at"), completedAt: try row.decode("completed_at"),
            closedAt: try row.decode("closed_at"))
    }

    private static func owner(_ row: borrowing RowReader) throws(PostgresDecodingError) -> TicketOwner {
        let kind: TicketOwnerKind = try row.decode("owner_kind")
        let label: String = try row.decode("owner_label")
        let individual: ID<Individual>? = try row.decode("individual_id")
        let organization: ID<Organization>? = try row.decode("organization_id")
        let external: String? = try row.decode("external_reference")
        let memo: String? = try row.decode("memo")
        switch (kind, individual, organization, external, memo) {
        case (.individual, let id?, _, _, _): return .individual(id, label: label)
        case (.organization, _, let id?, _, _): return .organization(id, label: label)
        case (.external, _, _, let reference?, _): return .external(reference)
        case (.memo, _, _, _, let memo?): return .memo(memo)
        default: throw .invalid("an owner of the kind \(kind.rawValue) that is not there")
        }
    }

    private static func assignee(_ row: borrowing RowReader) throws(PostgresDecodingError) -> NamedUser? {
        let id: ID<User>? = try row.decode("assignee_id")
        let name: String? = try row.decode("assignee_name")
        guard let id, let name else { return nil }
        return NamedUser(id: id, name: name)
    }

    private static func team(_ row: borrowing RowReader) throws(PostgresDecodingError) -> NamedTeam? {
        let id: ID<Team>? = try row.decode("team_id")
        let name: String? = try row.decode("team_name")
        guard let id, let name else { return nil }
        return NamedTeam(id: id, name: name)
    }
}

extension TicketStatus: PostgresEncodable, PostgresDecodable {}
extension WaitReason: PostgresEncodable, PostgresDecodable {}
extension TicketOwnerKind: PostgresEncodable, PostgresDecodable {}
extension TicketNoteKind: PostgresEncodable, PostgresDecodable {}
