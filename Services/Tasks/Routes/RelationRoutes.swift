import Models
import Postgres
import ServiceKit

/// What a task is a part of, and what it waits for.
struct RelationRoutes: Sendable {
    let database: Database

    private var store: RelationStore { RelationStore(database: database) }

    /// Makes a task a part of another, or of none.
    func setParent(_ call: Call<IDPath<TaskItem>, NoQuery, SetTaskParent>) async throws -> Answer<TaskItem> {
        .stored(
            try await store.setParent(
                of: call.path.id, to: call.body.parentID.value, expecting: call.ifMatch, try call.write))
    }

    /// One page of what a task waits for.
    func blockers(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<TaskCard>> {
        try await page(.blockers, "task_blockers", call)
    }

    /// One page of what waits for a task.
    func blocking(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<TaskCard>> {
        try await page(.blocking, "task_blocking", call)
    }

    /// Lets a task wait for another.
    func addBlocker(_ call: Call<BlockerPath, NoQuery, NoBody>) async throws -> Answer<TaskItem> {
        .stored(try await store.addBlocker(call.path, expecting: call.ifMatch, try call.write))
    }

    /// Lets a task wait for another no more.
    func removeBlocker(_ call: Call<BlockerPath, NoQuery, NoBody>) async throws -> Answer<TaskItem> {
        .stored(try await store.removeBlocker(call.path, expecting: call.ifMatch, try call.write))
    }

    private func page(
        _ side: DependencySide, _ name: String, _ call: Call<IDPath<TaskItem>, PageQuery, NoBody>
    ) async throws -> Answer<Page<TaskCard>> {
        let (task, workspace) = (call.path.id, try call.principal.workspace)
        let limit = call.query.limit ?? .standard
        try await TaskStore(database: database).expect(task, in: workspace)
        let binding = "\(name) \(task)"
        let rows = try await store.page(
            side, of: task, in: workspace, after: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }
}
