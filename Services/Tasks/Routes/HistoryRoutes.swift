import Models
import Postgres
import ServiceKit

/// What was done to a task, and who had it.
struct HistoryRoutes: Sendable {
    let database: Database

    private var history: RecordHistory { RecordHistory(of: .task, database: database) }

    /// One page of activity.
    func activity(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<ActivityItem>> {
        let (task, limit) = (try await task(call), call.query.limit ?? .standard)
        let binding = "task_activity \(task)"
        let rows = try await history.activity(
            of: task.erased, in: try call.principal.workspace,
            before: try PageReading.version(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    /// One page of who had the task.
    func assignments(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<QueueStep>> {
        let (task, limit) = (try await task(call), call.query.limit ?? .standard)
        let binding = "task_assignments \(task)"
        let rows = try await history.assignments(
            of: task.erased, in: try call.principal.workspace,
            before: try PageReading.version(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    private func task(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> ID<TaskItem> {
        guard try await TaskStore(database: database).exists(call.path.id, in: try call.principal.workspace) else {
            throw Problem.notFound("task")
        }
        return call.path.id
    }
}
