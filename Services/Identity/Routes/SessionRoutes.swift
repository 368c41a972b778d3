import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit

/// Who is signed in, and signing out.
struct SessionRoutes: Sendable {
    let database: Database
    let cookie: SessionCookie

    private var store: SessionStore { SessionStore(database: database) }

    /// The caller's live sessions.
    func list(_ call: Call<NoPath, PageQuery, NoBody>) async throws -> Answer<Page<Session>> {
        let limit = call.query.limit ?? .standard
        let principal = try call.principal
        let result = try await store.list(
            principal.workspace, of: try call.userID, current: principal.credentialID,
            after: try PageReading.id(call.query.cursor, binding: SessionStore.binding), limit: limit.value,
            now: call.now)
        return try .page(result, limit: limit, binding: SessionStore.binding, keys: ["id"])
    }

    /// The session that asks, with its CSRF token.
    func current(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<StartedSession> {
        let principal = try call.principal
        guard let id = ID<Session>(principal.credentialID),
            let row = try await store.find(principal.workspace, id, now: call.now)
        else { throw Problem.notFound("session") }
        return try .value(
            StartedSession(
                id: row.id, csrfToken: CSRFToken.derive(credentialHash: row.credentialHash),
                idleExpiresAt: row.idleEnd, expiresAt: row.expiresAt, userID: row.user, isRestricted: row.isRestricted))
    }

    /// Signs the caller out.
    func endCurrent(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        guard let id = ID<Session>(try call.principal.credentialID) else { throw Problem.notFound("session") }
        return try await end(id, call.userID, call.write).adding(.setCookie, cookie.ending)
    }

    /// Ends one of the caller's sessions.
    func end(_ call: Call<IDPath<Session>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await end(call.path.id, call.userID, call.write)
    }

    /// Signs the caller out everywhere, here too.
    func endAll(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await endAll(of: call.userID, call.write).adding(.setCookie, cookie.ending)
    }

    /// Signs somebody else out everywhere.
    func endAllOf(_ call: Call<IDPath<User>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await endAll(of: call.path.id, call.write)
    }

    private func end(_ id: ID<Session>, _ user: ID<User>, _ context: WriteContext) async throws -> Answer<NoContent> {
        guard try await store.end(id, of: user, answer: .noContent, context) else { throw Problem.notFound("session") }
        database.hint(Revocation.channel, id.description)
        return .noContent
    }

    private func endAll(of user: ID<User>, _ context: WriteContext) async throws -> Answer<NoContent> {
        for session in try await store.endAll(of: user, context) { database.hint(Revocation.channel, session) }
        return .noContent
    }
}
