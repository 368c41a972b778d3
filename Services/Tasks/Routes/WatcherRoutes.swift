import Models
import Postgres
import ServiceKit

/// Who follows tasks.
struct WatcherRoutes: Sendable {
    let database: Database

    private var store: WatcherStore { WatcherStore(database: database) }

    /// One page of who follows a task.
    func list(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<TaskWatcher>> {
        let (task, workspace) = (call.path.id, try call.principal.workspace)
        let limit = call.query.limit ?? .standard
        try await TaskStore(database: database).expect(task, in: workspace)
        let binding = "task_watchers \(task)"
        let rows = try await store.watchers(
            of: task, in: workspace, after: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// Lets the caller follow a task.
    func watch(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        .stored(
            try await store.add(try call.userID, to: call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// Ends that the caller follows a task.
    func unwatch(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        .stored(
            try await store.remove(
                try call.userID, from: call.path.id, mustWatch: false, expecting: call.ifMatch, try call.write))
    }

    /// Lets somebody follow a task.
    func add(_ call: Call<TaskWatcherPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        .stored(
            try await store.add(call.path.userID, to: call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// Ends that somebody follows a task.
    func remove(_ call: Call<TaskWatcherPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        .stored(
            try await store.remove(
                call.path.userID, from: call.path.id, mustWatch: true, expecting: call.ifMatch, try call.write))
    }
}
