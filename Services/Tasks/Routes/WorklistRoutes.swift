import Models
import Postgres
import ServiceKit

/// The joint list over tickets and tasks.
struct WorklistRoutes: Sendable {
    let database: Database

    /// One page of what is left to do.
    ///
    /// Nothing is left out in silence: whoever may not read tickets asks for tasks alone.
    func list(_ call: Call<NoPath, WorklistQuery, NoBody>) async throws -> Answer<Page<WorkItem>> {
        let (principal, query) = (try call.principal, call.query)
        guard query.kind == .task || principal.permissions.contains(.ticketsRead) else {
            throw Problem.forbidden(.ticketsRead)
        }
        let list = WorklistPage(workspace: principal.workspace, query: query, caller: principal.userID, now: call.now)
        let cursor = try PageReading.keys(query.cursor, binding: list.binding, count: WorklistPage.keys.count)
        let rows = try await database.query(.scan, in: try call.scope, try list.page(after: cursor))
        var total: ListTotal?
        if query.count == true {
            let counted = try await database.query(.scan, in: try call.scope, list.total)
            total = ListTotal(counted: Int(try counted.value("total", as: Int64.self)))
        }
        return try .page(
            rows, limit: query.limit ?? .standard, binding: list.binding, keys: WorklistPage.keys, total: total)
    }
}
