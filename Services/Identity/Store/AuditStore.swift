import Models
import Postgres
import ServiceKit

/// Reads the security audit.
struct AuditStore: Sendable {
    let database: Database

    /// The name of the list in its cursors, with its filter.
    static func binding(_ query: AuditListQuery) -> String { "audit user=\(query.userID?.description ?? "*")" }

    /// One page, newest first.
    ///
    /// Index: pk_audit, backwards.
    func list(
        _ workspace: ID<Workspace>, _ query: AuditListQuery, before: ID<AuditEntry>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = before.map { "AND id < \($0)" } ?? ""
        let person: SQL = query.userID.map { "AND user_id = \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, seq, event, actor_kind AS "actor.kind", actor_id AS "actor.id", actor_service AS "actor.service",
                user_id, credential_id, detail, request_id, created_at
            FROM identity.audit
            WHERE workspace_id = \(workspace) \(position) \(person)
            ORDER BY id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }
}
