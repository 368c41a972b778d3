import Models
import Postgres
import ServiceKit

/// Whether people take work.
///
/// What holds changes with the time and without a new version, so what is read carries no `ETag`.
struct AvailabilityRoutes: Sendable {
    let database: Database

    private var store: AvailabilityStore { AvailabilityStore(database: database) }

    /// One page of the active people.
    func list(_ call: Call<NoPath, AvailabilityListQuery, NoBody>) async throws -> Answer<Page<Availability>> {
        let limit = call.query.limit ?? .standard
        let binding = AvailabilityStore.binding(call.query)
        let result = try await store.list(
            try call.principal.workspace, call.query, after: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value, at: call.now)
        return try .page(result, limit: limit, binding: binding, keys: ["user_id"])
    }

    /// The caller's own.
    func mine(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<Availability> {
        try await answer(try call.userID, in: try call.principal.workspace, at: call.now)
    }

    /// Another person's.
    func show(_ call: Call<IDPath<User>, NoQuery, NoBody>) async throws -> Answer<Availability> {
        try await answer(call.path.id, in: try call.principal.workspace, at: call.now)
    }

    /// Changes the caller's own.
    func updateMine(_ call: Call<NoPath, NoQuery, UpdateOwnAvailability>) async throws -> Answer<Availability> {
        try await change(of: try call.userID, AvailabilityState.Patch(call.body), call.ifMatch, try call.write)
    }

    /// Changes another person's.
    func update(_ call: Call<IDPath<User>, NoQuery, UpdateAvailability>) async throws -> Answer<Availability> {
        try await change(of: call.path.id, AvailabilityState.Patch(call.body), call.ifMatch, try call.write)
    }

    private func answer(
        _ user: ID<User>, in workspace: ID<Workspace>, at now: Timestamp
    ) async throws -> Answer<Availability> {
        guard let availability = try await store.show(workspace, user, at: now) else { throw Problem.notFound("user") }
        return try .value(availability)
    }

    private func change(
        of user: ID<User>, _ patch: AvailabilityState.Patch, _ ifMatch: Int64?, _ context: WriteContext
    ) async throws -> Answer<Availability> {
        .stored(
            try await RuleProblems.translating {
                try await store.change(of: user, patch, expecting: ifMatch, context)
            })
    }
}
