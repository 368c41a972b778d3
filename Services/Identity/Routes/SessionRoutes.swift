import FoundationEssentials
import HTTPTypes
import Logging
import Models
import Postgres
import ServiceKit

/// Signing in and out.
struct SessionRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let cookie: SessionCookie
    let random: RandomBytes
    let logger: Logger

    private var store: SessionStore { SessionStore(database: database) }
    private var signIns: SignInStore { SignInStore(database: database) }

    /// Signs a person in.
    ///
    /// Whether workspace, mail address or password was wrong is told by neither words nor work: each way costs one
    /// scrypt.
    func create(_ call: Call<NoPath, NoQuery, SignIn>) async throws -> Answer<StartedSession> {
        let workspace = try await signIns.workspace(slug: call.body.workspace.value)
        let candidate = try await workspace.asyncFlatMap { workspace in
            try await signIns.candidate(workspace, email: EmailKey(call.body.email.value))
        }
        let stored = candidate.flatMap { PasswordHash($0.encodedPassword) }
        let password = call.body.password.value
        let isRight = try await RuleProblems.translating { try await hasher.verify(password, against: stored) }
        guard isRight, let candidate, let stored else {
            if let workspace {
                try await signIns.noteFailure(
                    workspace, user: candidate?.user, requestID: call.exchange.requestID, now: call.now)
            }
            throw Self.refused
        }
        let session = newSession(call)
        guard try await store.start(session, for: candidate, requestID: call.exchange.requestID) else {
            throw Self.refused
        }
        if stored.needsRehash(to: hasher.cost) { await rehash(candidate, password) }
        return try Answer.value(started(session, candidate.user), location: "/v1/sessions/\(session.id)")
            .adding(.setCookie, cookie.starting(session.credential.text, lifetime: SessionLife.absolute))
    }

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
                idleExpiresAt: row.idleEnd, expiresAt: row.expiresAt, userID: row.user))
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

    private func end(_ id: ID<Session>, _ user: ID<User>, _ context: WriteContext) async throws -> Answer<NoContent> {
        guard try await store.end(id, of: user, answer: .noContent, context) else { throw Problem.notFound("session") }
        database.hint(Revocation.channel, id.description)
        return .noContent
    }

    private func newSession(_ call: Call<NoPath, NoQuery, SignIn>) -> SessionStore.NewSession {
        let id = ID<Session>.make(at: call.now)
        return SessionStore.NewSession(
            id: id, credential: Credential.issue(.session, id: id.rawValue, random: random),
            userAgent: call.headers.userAgent.map { String($0.unicodeScalars.prefix(200)) }, startedAt: call.now)
    }

    private func started(_ session: SessionStore.NewSession, _ user: ID<User>) -> StartedSession {
        let end = SessionLife.end(startedAt: session.startedAt)
        return StartedSession(
            id: session.id, csrfToken: CSRFToken.derive(credentialHash: session.credential.hash),
            idleExpiresAt: SessionLife.idleEnd(lastUsedAt: session.startedAt, expiresAt: end), expiresAt: end,
            userID: user)
    }

    /// Brings a password's hash to the cost in force.
    ///
    /// It can wait for the next sign-in, so nothing fails with it.
    private func rehash(_ candidate: SignInCandidate, _ password: String) async {
        do {
            try await signIns.rehash(candidate, to: try await hasher.hash(password))
        } catch {
            logger.notice("password not rehashed", metadata: ["error": "\(error)"])
        }
    }

    private static var refused: Problem {
        Problem.unauthenticated("Workspace, mail address or password is not right.")
    }
}

extension Optional where Wrapped: Sendable {
    /// `flatMap` for a transformation that waits.
    func asyncFlatMap<Value: Sendable>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let value = self else { return nil }
        return try await transform(value)
    }
}
