import Models
import Postgres
import ServiceKit

/// The people of a workspace.
struct UserRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher

    private var store: UserStore { UserStore(database: database) }
    private var administration: UserAdministration { UserAdministration(database: database) }

    /// Who the caller is.
    func me(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<Me> {
        try .row(try await store.me(try call.principal.workspace, try call.userID), "user")
    }

    /// One page of users.
    func list(_ call: Call<NoPath, UserListQuery, NoBody>) async throws -> Answer<Page<User>> {
        guard call.query.minLevel == nil || call.query.skillID != nil else {
            throw Problem(
                .invalidParameter, "min_level belongs to skill_id.",
                errors: [FieldError("min_level", .notAllowed, "needs skill_id beside it")])
        }
        let limit = call.query.limit ?? .standard
        let binding = UserStore.binding(call.query)
        let result = try await store.list(
            try call.principal.workspace, call.query,
            after: try PageReading.id(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(result, limit: limit, binding: binding, keys: ["id"])
    }

    /// One user.
    func show(_ call: Call<IDPath<User>, NoQuery, NoBody>) async throws -> Answer<User> {
        try .row(try await store.show(try call.principal.workspace, call.path.id), "user")
    }

    /// Adds a user with a first password.
    func create(_ call: Call<NoPath, NoQuery, CreateUser>) async throws -> Answer<User> {
        let context = try call.write
        let body = call.body
        guard let names = try await WorkspaceStore(database: database).names(context.workspace) else {
            throw Problem.notFound("workspace")
        }
        try RuleProblems.check(
            body.password.value, at: "/password", email: body.email.value, workspace: (names.name, names.slug))
        let hash = try await RuleProblems.translating { try await hasher.hash(body.password.value) }
        let user = User(
            id: ID<User>.make(at: call.now), email: body.email.value, name: body.name.value, role: body.role,
            isActive: true, version: 1, createdAt: call.now, updatedAt: call.now)
        let answer = try StoredAnswer(status: 201, user, location: "/v1/users/\(user.id)", version: 1)
        try await store.add(user, password: hash, answer: answer, context)
        return .stored(answer)
    }

    /// Changes a user.
    func update(_ call: Call<IDPath<User>, NoQuery, UpdateUser>) async throws -> Answer<User> {
        let context = try call.write
        let outcome = try await RuleProblems.translating {
            try await administration.change(call.path.id, call.body, expecting: call.ifMatch, context)
        }
        for credential in outcome.ended { database.hint(Revocation.channel, credential) }
        return .stored(outcome.answer)
    }

    /// What the caller is told about by mail.
    func notifications(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<NotificationChoices> {
        try .row(try await store.notifications(try call.principal.workspace, try call.userID), "user")
    }

    /// Chooses what the caller is told about by mail.
    func updateNotifications(
        _ call: Call<NoPath, NoQuery, UpdateNotificationChoices>
    ) async throws -> Answer<NotificationChoices> {
        let outcome = try await administration.chooseNotifications(
            of: try call.userID, call.body, expecting: call.ifMatch, try call.write)
        return .stored(outcome.answer)
    }
}
