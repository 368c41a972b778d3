import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// API keys.
struct APIKeyRoutes: Sendable {
    let database: Database
    let random: RandomBytes

    private var store: APIKeyStore { APIKeyStore(database: database) }

    /// One page of the workspace's keys.
    func list(_ call: Call<NoPath, PageQuery, NoBody>) async throws -> Answer<Page<APIKey>> {
        let limit = call.query.limit ?? .standard
        let result = try await store.list(
            try call.principal.workspace, after: try PageReading.id(call.query.cursor, binding: APIKeyStore.binding),
            limit: limit.value)
        return try .page(result, limit: limit, binding: APIKeyStore.binding, keys: ["id"])
    }

    /// Makes a key and shows it, this once.
    func create(_ call: Call<NoPath, NoQuery, CreateAPIKey>) async throws -> Answer<CreatedAPIKey> {
        let context = try call.write
        let user = try owner(call)
        let role = try await role(of: user, call)
        let principal = try call.principal
        let permissions = try await RuleProblems.translating {
            try KeyGrant.decide(
                asked: call.body.permissions, maker: principal.kind == .service ? nil : principal.permissions,
                role: role, expiresAt: call.body.expiresAt, now: call.now)
        }
        guard !permissions.isEmpty else {
            throw Problem.invalidBody([FieldError("/permissions", .tooShort, "must name at least one permission")])
        }
        let key = APIKey(
            id: ID<APIKey>.make(at: call.now), name: call.body.name.value, permissions: permissions, createdBy: user,
            createdAt: call.now, expiresAt: call.body.expiresAt, lastUsedAt: nil)
        let credential = Credential.issue(.apiKey, id: key.id.rawValue, random: random)
        let answer = try StoredAnswer(
            status: 201, CreatedAPIKey(key: key, credential: credential.text), location: "/v1/api-keys/\(key.id)")
        guard try await store.add(key, credential: credential, role: role, answer: answer, context) else {
            throw Problem(.conflict, "The user's role has just changed: ask again.")
        }
        return .stored(answer)
    }

    /// Revokes a key at once.
    func revoke(_ call: Call<IDPath<APIKey>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        guard try await store.revoke(call.path.id, answer: .noContent, try call.write) else {
            throw Problem.notFound("API key")
        }
        database.hint(Revocation.channel, call.path.id.description)
        return .noContent
    }

    /// The role of whose key it will be.
    ///
    /// - Throws: ``Problem`` for somebody who does not work here, or has no second factor where one is asked for.
    private func role(of user: ID<User>, _ call: Call<NoPath, NoQuery, CreateAPIKey>) async throws -> Role {
        let principal = try call.principal
        guard let owner = try await store.owner(principal.workspace, user) else {
            throw Problem.invalidBody([FieldError("/user_id", .notFound, "is no active user of this workspace")])
        }
        guard owner.isBarred else { return owner.role }
        guard principal.kind == .service else {
            throw Problem(.forbidden, "This workspace asks for a second factor: set one up before you make keys.")
        }
        throw Problem.invalidBody([
            FieldError("/user_id", .notAllowed, "must have a second factor, which this workspace asks for")
        ])
    }

    /// Whose key it will be: the caller's own, or, for a service, the user's whom it names.
    private func owner(_ call: Call<NoPath, NoQuery, CreateAPIKey>) throws -> ID<User> {
        let principal = try call.principal
        guard principal.kind == .service else {
            let caller = try call.userID
            guard call.body.userID == nil || call.body.userID == caller else {
                throw Problem.invalidBody([
                    FieldError("/user_id", .notAllowed, "must be your own: a key acts for whoever made it")
                ])
            }
            return caller
        }
        guard let user = call.body.userID else {
            throw Problem.invalidBody([FieldError("/user_id", .required, "must name the key's user")])
        }
        return user
    }
}
