import Models
import Postgres
import ServiceKit

/// The caller's reminders of tasks.
struct ReminderRoutes: Sendable {
    let database: Database

    private var store: ReminderStore { ReminderStore(database: database) }

    /// One page of the caller's reminders.
    func list(_ call: Call<NoPath, ReminderListQuery, NoBody>) async throws -> Answer<Page<Reminder>> {
        let (limit, user) = (call.query.limit ?? .standard, try call.userID)
        let binding = "reminders \(user) \(call.query.state?.rawValue ?? "*")"
        let rows = try await store.list(
            of: user, call.query.state, in: try call.principal.workspace,
            before: try PageReading.id(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// Makes a reminder.
    func create(_ call: Call<IDPath<TaskItem>, NoQuery, CreateReminder>) async throws -> Answer<Reminder> {
        .stored(try await store.add(call.body, to: call.path.id, of: try call.userID, try call.write))
    }

    /// Puts a reminder away.
    func dismiss(_ call: Call<IDPath<Reminder>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await store.dismiss(call.path.id, of: try call.userID, try call.write)
        return .noContent
    }
}
