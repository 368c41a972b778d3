import Models
import Postgres
import ServiceKit

/// What was done to a task.
struct HistoryRoutes: Sendable {
    let database: Database

    /// One page of activity.
    func activity(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<ActivityItem>> {
        let (task, workspace) = (call.path.id, try call.principal.workspace)
        let limit = call.query.limit ?? .standard
        guard try await TaskStore(database: database).exists(task, in: workspace) else {
            throw Problem.notFound("task")
        }
        let binding = "task_activity \(task)"
        let rows = try await TaskHistory(database: database).activity(
            of: .task, task.erased, in: workspace, before: try PageReading.version(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }
}
