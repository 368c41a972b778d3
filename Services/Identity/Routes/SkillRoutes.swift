import Models
import Postgres
import ServiceKit

/// Skills, and who has them.
struct SkillRoutes: Sendable {
    let database: Database

    private var store: SkillStore { SkillStore(database: database) }
    private var grants: UserSkillStore { UserSkillStore(database: database) }

    /// One page of skills by name.
    func list(_ call: Call<NoPath, SkillListQuery, NoBody>) async throws -> Answer<Page<Skill>> {
        let limit = call.query.limit ?? .standard
        let binding = SkillStore.binding(call.query)
        let result = try await store.list(
            try call.principal.workspace, call.query, after: try PageReading.key(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(result, limit: limit, binding: binding, keys: ["_name_key"])
    }

    /// One skill.
    func show(_ call: Call<IDPath<Skill>, NoQuery, NoBody>) async throws -> Answer<Skill> {
        try .row(try await store.show(try call.principal.workspace, call.path.id), "skill")
    }

    /// Makes a skill.
    func create(_ call: Call<NoPath, NoQuery, CreateSkill>) async throws -> Answer<Skill> {
        let skill = Skill(
            id: ID<Skill>.make(at: call.now), name: call.body.name.value, description: call.body.description?.value,
            times: (call.now, call.now))
        let answer = try StoredAnswer(
            status: 201, skill, location: "/v1/workspaces/current/skills/\(skill.id)", version: 1)
        try await store.add(skill, answer: answer, try call.write)
        return .stored(answer)
    }

    /// Changes, archives or brings back a skill.
    func update(_ call: Call<IDPath<Skill>, NoQuery, UpdateSkill>) async throws -> Answer<Skill> {
        .stored(try await store.change(call.path.id, call.body, expecting: call.ifMatch, try call.write))
    }

    /// Deletes a skill that nobody has.
    func delete(_ call: Call<IDPath<Skill>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await store.delete(call.path.id, expecting: call.ifMatch, answer: .noContent, try call.write)
        return .noContent
    }

    /// One page of a person's skills.
    func ofUser(_ call: Call<IDPath<User>, PageQuery, NoBody>) async throws -> Answer<Page<UserSkill>> {
        let limit = call.query.limit ?? .standard
        let workspace = try call.principal.workspace
        let binding = UserSkillStore.binding(call.path.id)
        let after: ID<Skill>? = try PageReading.id(call.query.cursor, binding: binding)
        let result = try await grants.list(workspace, of: call.path.id, after: after, limit: limit.value)
        if result.count == 0, try await UserStore(database: database).show(workspace, call.path.id).count == 0 {
            throw Problem.notFound("user")
        }
        return try .page(result, limit: limit, binding: binding, keys: ["skill_id"])
    }

    /// Says how well a person can do something.
    func set(_ call: Call<UserSkillPath, NoQuery, SetSkill>) async throws -> Answer<NoContent> {
        let context = try call.write
        let permissions = try call.principal.permissions
        try await RuleProblems.translating {
            try await grants.set(
                call.body.level.value, call.path, permissions: permissions, expecting: call.ifMatch, context)
        }
        return .noContent
    }

    /// Takes a skill from a person.
    func remove(_ call: Call<UserSkillPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await grants.remove(call.path, expecting: call.ifMatch, try call.write)
        return .noContent
    }
}
