import Models
import Postgres
import ServiceKit

/// The steps of a task.
struct ChecklistRoutes: Sendable {
    let database: Database

    private var store: ChecklistStore { ChecklistStore(database: database) }

    /// All entries in their order.
    func list(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<Page<ChecklistEntry>> {
        let (task, workspace) = (call.path.id, try call.principal.workspace)
        try await TaskStore(database: database).expect(task, in: workspace)
        let rows = try await store.entries(of: task, in: workspace)
        return try .page(
            rows, limit: PageLimit(value: ChecklistStore.limit), binding: "task_checklist \(task)", keys: ["id"])
    }

    /// Adds an entry.
    func create(
        _ call: Call<IDPath<TaskItem>, NoQuery, CreateChecklistEntry>
    ) async throws -> Answer<ChecklistEntry> {
        .stored(try await store.add(call.body, to: call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// Changes an entry, or ticks it.
    func update(
        _ call: Call<ChecklistEntryPath, NoQuery, UpdateChecklistEntry>
    ) async throws -> Answer<ChecklistEntry> {
        .stored(try await store.change(call.path, call.body, expecting: call.ifMatch, try call.write))
    }

    /// Puts an entry in another place.
    func move(_ call: Call<ChecklistEntryPath, NoQuery, MoveChecklistEntry>) async throws -> Answer<ChecklistEntry> {
        .stored(
            try await store.move(call.path, behind: call.body.after.value, expecting: call.ifMatch, try call.write))
    }

    /// Takes an entry off.
    func delete(_ call: Call<ChecklistEntryPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        .stored(try await store.remove(call.path, expecting: call.ifMatch, try call.write))
    }
}
