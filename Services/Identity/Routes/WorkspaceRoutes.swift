import Models
import Postgres
import ServiceKit

/// Workspaces.
struct WorkspaceRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher

    private var store: WorkspaceStore { WorkspaceStore(database: database) }

    /// Makes a workspace with its first administrator.
    func create(_ call: Call<NoPath, NoQuery, CreateWorkspace>) async throws -> Answer<CreatedWorkspace> {
        let body = call.body
        let timeZone = body.timeZone?.value ?? "UTC"
        try await check(timeZone)
        let administrator = body.administrator
        try RuleProblems.check(
            administrator.password.value, at: "/administrator/password", email: administrator.email.value,
            workspace: (body.name.value, body.slug.value))
        let hash = try await RuleProblems.translating { try await hasher.hash(administrator.password.value) }
        let made = CreatedWorkspace(
            workspace: Workspace(
                id: ID<Workspace>.make(at: call.now), slug: body.slug.value, name: body.name.value, timeZone: timeZone,
                version: 1, createdAt: call.now, updatedAt: call.now),
            administrator: User(
                id: ID<User>.make(at: call.now), email: administrator.email.value, name: administrator.name.value,
                role: .administrator, isActive: true, version: 1, createdAt: call.now, updatedAt: call.now))
        try await store.create(made, password: hash, try inside(made.workspace.id, call))
        return try .value(made, location: "/v1/workspaces/current", version: 1)
    }

    /// The caller's workspace.
    func show(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<Workspace> {
        try .row(try await store.show(try call.principal.workspace), "workspace")
    }

    /// Changes the caller's workspace.
    func update(_ call: Call<NoPath, NoQuery, UpdateWorkspace>) async throws -> Answer<Workspace> {
        if let timeZone = call.body.timeZone { try await check(timeZone.value) }
        return .stored(try await store.change(call.body, expecting: call.ifMatch, try call.write))
    }

    private func check(_ timeZone: String) async throws {
        guard try await store.knows(timeZone: timeZone) else {
            throw Problem.invalidBody([
                FieldError("/time_zone", .notFound, "must be a time zone of the IANA database, such as Europe/Berlin")
            ])
        }
    }

    /// The caller acting inside of the workspace that is being made: activity belongs to it.
    private func inside(
        _ workspace: ID<Workspace>, _ call: Call<NoPath, NoQuery, CreateWorkspace>
    ) throws -> WriteContext {
        let caller = try call.principal
        guard let actor = ActivityActor(caller) else { throw Problem.unauthenticated() }
        return WriteContext(
            workspace: workspace, actor: actor, requestID: call.exchange.requestID,
            traceparent: call.exchange.trace.traceparent, now: call.now)
    }
}
