import Models
import Postgres
import ServiceKit

/// Reading and checking the security audit, and blanking values in it.
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

    /// Blanks the values of lines and sealed entries; the chains stay as whole as they were.
    func blank(_ call: Call<NoPath, NoQuery, BlankValues>) async throws -> Answer<BlankedValues> {
        let ids = call.body.ids.items
        guard !ids.isEmpty else { throw Problem.invalidBody([FieldError("/ids", .tooShort, "names nothing")]) }
        return .stored(try await AuditStore(database: database).blank(ids, try call.write))
    }
}
