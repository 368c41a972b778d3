import Models
import Postgres
import ServiceKit

/// Writes a made-up company's people and teams into a workspace; what is there already stays as it is.
struct StaffSeed: Sendable {
    let database: Database
    let request: SeedRequest

    /// Adds the people without passwords: nobody signs in as one of them until the operator sets one.
    ///
    /// - Throws: ``PostgresError``; a repeat goes on from there.
    func write(progress: @Sendable (SeedProgress) -> Void) async throws {
        let staff = SeededStaff(request)
        let total = staff.people.count + staff.departments.count
        var done = 0
        var ids: [String: ID<User>] = [:]
        for person in staff.people {
            ids[person.email] = try await add(person)
            done += 1
            progress(SeedProgress(done: done, total: total))
        }
        for department in staff.departments {
            try await add(department, members: department.members.compactMap { ids[$0] })
            done += 1
            progress(SeedProgress(done: done, total: total))
        }
    }

    private func context(at instant: Timestamp) -> WriteContext {
        WriteContext(
            workspace: request.workspace, actor: .service(ServiceName.casebook.rawValue),
            requestID: request.requestID, now: instant)
    }

    /// The person's id: that of whoever has the mail address already, or a new one that repeats by the seed.
    private func add(_ person: SeededStaff.Person) async throws -> ID<User> {
        var random = request.random(for: "identity \(person.email)")
        let user = User(
            id: ID<User>.make(at: person.joinedAt, using: &random), email: person.email, name: person.name,
            role: person.role, isActive: true, version: 1, createdAt: person.joinedAt, updatedAt: person.joinedAt)
        let context = context(at: person.joinedAt)
        let result = try await database.write(
            in: context.scope,
            """
            WITH source AS (SELECT 1 AS one),
            changed AS (
                \(UserStore.insertion(of: user, in: request.workspace, from: "source"))
                ON CONFLICT (workspace_id, email_key) DO NOTHING
                RETURNING id, version
            ),
            \(context.activity(.user, verb: .created, from: "changed"))
            SELECT id FROM changed
            UNION ALL
            SELECT id FROM identity.user
            WHERE workspace_id = \(request.workspace) AND email_key = \(EmailKey(person.email).value)
            """)
        return try result.value("id", as: ID<User>.self)
    }

    private func add(_ department: SeededStaff.Department, members: [ID<User>]) async throws {
        var random = request.random(for: "identity \(department.name)")
        let id = ID<Team>.make(at: department.foundedAt, using: &random)
        let context = context(at: department.foundedAt)
        let result = try await database.write(
            in: context.scope,
            """
            WITH changed AS (
                INSERT INTO identity.team (workspace_id, id, name, name_key, version, created_at, updated_at)
                VALUES (\(request.workspace), \(id), \(department.name), \(TeamStore.key(of: department.name)), 1,
                    \(department.foundedAt), \(department.foundedAt))
                ON CONFLICT (workspace_id, name_key) WHERE deleted_at IS NULL DO NOTHING
                RETURNING id, version
            ),
            \(context.activity(.team, verb: .created, from: "changed"))
            SELECT id FROM changed
            UNION ALL
            SELECT id FROM identity.team
            WHERE workspace_id = \(request.workspace) AND name_key = \(TeamStore.key(of: department.name))
              AND deleted_at IS NULL
            """)
        let team = try result.value("id", as: ID<Team>.self)
        let memberships = TeamMembershipStore(database: database)
        for member in members { try await memberships.add(member, to: team, answer: .noContent, context) }
    }
}
