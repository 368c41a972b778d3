import Models
import Postgres
import ServiceKit

/// The time that people spend on tasks.
struct TimeRoutes: Sendable {
    let database: Database

    private var store: TimeStore { TimeStore(database: database) }

    /// One page of the work on a task.
    func list(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<TimeEntry>> {
        let (task, workspace) = (call.path.id, try call.principal.workspace)
        let limit = call.query.limit ?? .standard
        try await TaskStore(database: database).expect(task, in: workspace)
        let binding = "task_time \(task)"
        let rows = try await store.entries(
            of: task, in: workspace, before: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// Books time of the caller.
    func create(_ call: Call<IDPath<TaskItem>, NoQuery, CreateTimeEntry>) async throws -> Answer<TimeEntry> {
        let booking = try TimeBooking(call.body, by: try await person(call), at: call.now)
        return .stored(try await store.add(booking, to: call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// Takes back booked time: the caller's own, and anybody's with `tasks:assign`.
    func delete(_ call: Call<TimeEntryPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        let isAnybodys = try call.principal.permissions.contains(.tasksAssign)
        return .stored(
            try await store.remove(
                call.path, of: isAnybodys ? nil : try call.userID, expecting: call.ifMatch, try call.write))
    }

    /// The caller's clock.
    func timer(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<RunningTimer> {
        try .row(try await store.timer(of: try call.userID, in: try call.principal.workspace), "running timer")
    }

    /// Starts the caller's clock.
    func start(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<RunningTimer> {
        .stored(
            try await store.start(
                try await person(call).id, on: call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// Stops the caller's clock, and books its time.
    func stop(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<TimeEntry> {
        .stored(
            try await store.stop(
                try await person(call), on: call.path.id, expecting: call.ifMatch, try call.write))
    }

    /// The caller by name.
    ///
    /// - Throws: ``Problem`` 403 for whoever does not work here.
    private func person<Body>(_ call: Call<IDPath<TaskItem>, NoQuery, Body>) async throws -> NamedUser {
        let id = try call.userID
        let found = try await NameStore(database: database).find(
            WantedNames(assignee: id), in: try call.principal.workspace)
        guard let name = found.assigneeName else {
            throw Problem(.forbidden, "Only somebody who works here can book time.")
        }
        return NamedUser(id: id, name: name)
    }
}
