import Models
import Postgres
import ServiceKit

/// Teams and who belongs to them.
struct TeamRoutes: Sendable {
    let database: Database

    private var store: TeamStore { TeamStore(database: database) }
    private var memberships: TeamMembershipStore { TeamMembershipStore(database: database) }

    /// One page of teams by name.
    func list(_ call: Call<NoPath, PageQuery, NoBody>) async throws -> Answer<Page<Team>> {
        let limit = call.query.limit ?? .standard
        let result = try await store.list(
            try call.principal.workspace, after: try PageReading.key(call.query.cursor, binding: TeamStore.binding),
            limit: limit.value)
        return try .page(result, limit: limit, binding: TeamStore.binding, keys: ["_name_key"])
    }

    /// One team.
    func show(_ call: Call<IDPath<Team>, NoQuery, NoBody>) async throws -> Answer<Team> {
        try .row(try await store.show(try call.principal.workspace, call.path.id), "team")
    }

    /// Makes a team.
    func create(_ call: Call<NoPath, NoQuery, CreateTeam>) async throws -> Answer<Team> {
        let team = Team(
            id: ID<Team>.make(at: call.now), name: call.body.name.value, memberCount: 0, version: 1,
            createdAt: call.now, updatedAt: call.now)
        let answer = try StoredAnswer(status: 201, team, location: "/v1/teams/\(team.id)", version: 1)
        try await store.add(team, answer: answer, try call.write)
        return .stored(answer)
    }

    /// Renames a team.
    func update(_ call: Call<IDPath<Team>, NoQuery, UpdateTeam>) async throws -> Answer<Team> {
        .stored(
            try await store.rename(
                call.path.id, to: call.body.name?.value, expecting: call.ifMatch, try call.write))
    }

    /// Dissolves a team.
    func delete(_ call: Call<IDPath<Team>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await store.dissolve(call.path.id, expecting: call.ifMatch, answer: .noContent, try call.write)
        return .noContent
    }

    /// One page of a team's members.
    func members(_ call: Call<IDPath<Team>, PageQuery, NoBody>) async throws -> Answer<Page<TeamMember>> {
        let limit = call.query.limit ?? .standard
        let workspace = try call.principal.workspace
        let binding = TeamStore.membersBinding(call.path.id)
        let after: ID<User>? = try PageReading.id(call.query.cursor, binding: binding)
        let result = try await store.members(workspace, of: call.path.id, after: after, limit: limit.value)
        if result.count == 0, try await store.show(workspace, call.path.id).count == 0 {
            throw Problem.notFound("team")
        }
        return try .page(result, limit: limit, binding: binding, keys: ["id"])
    }

    /// Makes a person a member.
    func addMember(_ call: Call<TeamMemberPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await memberships.add(call.path.userID, to: call.path.id, answer: .noContent, try call.write)
        return .noContent
    }

    /// Ends a membership.
    func removeMember(_ call: Call<TeamMemberPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await memberships.remove(call.path.userID, from: call.path.id, answer: .noContent, try call.write)
        return .noContent
    }
}
