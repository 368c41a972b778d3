import Models
import Postgres
import ServiceKit

/// Reading and checking the security audit.
struct AuditRoutes: Sendable {
    let database: Database

    /// One page of the audit, newest first.
    func list(_ call: Call<NoPath, AuditListQuery, NoBody>) async throws -> Answer<Page<AuditEntry>> {
        let limit = call.query.limit ?? .standard
        let binding = AuditStore.binding(call.query)
        let result = try await AuditStore(database: database).list(
            try call.principal.workspace, call.query,
            before: try PageReading.id(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(result, limit: limit, binding: binding, keys: ["id"])
    }

    /// Reads both chains to their ends.
    func verify(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<AuditVerification> {
        let workspace = try call.principal.workspace
        let verification = ChainVerification(database: database, workspace: workspace)
        return try .value(
            AuditVerification(audit: try await verification.audit(), activity: try await verification.activity()))
    }
}
