import FoundationEssentials
import HTTPTypes
import Logging
import Models
import Postgres
import ServiceKit

/// Signing in, in one step or two.
struct SignInRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let gate: SignInGate
    let settings: SignInSettings
    let logger: Logger

    private var sessions: SessionStore { SessionStore(database: database) }
    private var signIns: SignInStore { SignInStore(database: database) }
    private var factors: SecondFactorStore { SecondFactorStore(database: database, keyring: gate.keyring) }

    /// Signs a person in, or answers a challenge when a second factor is asked for.
    ///
    /// Whether workspace, mail address or password was wrong is told by neither words nor work: each way is counted
    /// the same and costs one scrypt.
    func create(_ call: Call<NoPath, NoQuery, SignIn>) async throws -> Answer<StartedSession> {
        let account = AccountName(workspace: call.body.workspace.value, email: call.body.email.value)
        let workspace = try await signIns.workspace(slug: call.body.workspace.value)
        let admission = try await admit(account, workspace, call)
        let candidate = try await workspace.asyncFlatMap { workspace in
            try await signIns.candidate(workspace, email: EmailKey(call.body.email.value))
        }
        let stored = candidate.flatMap { PasswordHash($0.encodedPassword) }
        let password = call.body.password.value
        let isRight = try await RuleProblems.translating { try await hasher.verify(password, against: stored) }
        guard isRight, let candidate, let stored else {
            if let workspace {
                try await note(AuditEvent(.signInFailed, user: candidate?.user), in: workspace, call.exchange)
            }
            throw Self.refused
        }
        try await gate.succeed(admission)
        if candidate.hasSecondFactor { throw try challenge(candidate, at: call.now) }
        let answer = try await start(nil, for: candidate, call.headers, call.exchange)
        // After the session, which starts with the password as it was compared.
        if stored.needsRehash(to: hasher.cost) { await rehash(candidate, password) }
        return answer
    }

    /// The second step: a code of the authenticator app, or a recovery code.
    func prove(_ call: Call<NoPath, NoQuery, SignInProof>) async throws -> Answer<StartedSession> {
        guard
            let challenge = SignInChallenge(call.body.challenge.value, at: call.now, keyring: gate.keyring),
            let candidate = try await signIns.candidate(challenge.workspace, challenge.user),
            challenge.speaks(of: candidate), candidate.hasSecondFactor
        else { throw Problem.unauthenticated("Begin again with the password: this sign-in has ended.") }
        let admission = try await gate.admitSecondStep(
            candidate, device: call.headers.device(settings.device), at: call.now)
        let source = AuditSource(
            workspace: candidate.workspace, user: candidate.user, requestID: call.exchange.requestID, now: call.now)
        let check = SecondFactorCheck(store: factors, source: source, user: candidate.user)
        guard let method = try await check.take(call.body.code.value) else {
            try await note(
                AuditEvent(.secondFactorFailed, user: candidate.user), in: candidate.workspace, call.exchange)
            throw Problem.unauthenticated("The code is not right, or it was used before.")
        }
        try await gate.succeed(admission)
        return try await start(method, for: candidate, call.headers, call.exchange)
    }

    private func admit(
        _ account: AccountName, _ workspace: ID<Workspace>?, _ call: Call<NoPath, NoQuery, SignIn>
    ) async throws -> SignInGate.Admission {
        do {
            return try await gate.admit(
                account, device: call.headers.device(settings.device), network: call.headers.network(settings.edge),
                at: call.now)
        } catch let problem as Problem {
            // Asked for whatever was typed, so that the work is the same whether there is such an account or not.
            if try await gate.isWorthNoting(account, at: call.now), let workspace {
                try await note(AuditEvent(.signInThrottled, user: nil), in: workspace, call.exchange)
            }
            throw problem
        }
    }

    private func start(
        _ secondFactor: SecondFactorMethod?, for candidate: SignInCandidate, _ headers: CallHeaders,
        _ exchange: Exchange
    ) async throws -> Answer<StartedSession> {
        let id = ID<Session>.make(at: exchange.now)
        let session = SessionStore.NewSession(
            id: id, credential: Credential.issue(.session, id: id.rawValue, random: settings.random),
            userAgent: headers.userAgent.map { String($0.unicodeScalars.prefix(200)) }, startedAt: exchange.now,
            secondFactor: secondFactor)
        guard try await sessions.start(session, for: candidate, requestID: exchange.requestID) else {
            throw Self.refused
        }
        let account = AccountName(workspace: candidate.slug, email: candidate.email)
        let device = KnownDevice.issue(for: account, at: exchange.now, keyring: gate.keyring, random: settings.random)
        return try Answer.value(started(session, candidate), location: "/v1/sessions/\(session.id)")
            .adding(.setCookie, settings.cookie.starting(session.credential.text, lifetime: SessionLife.absolute))
            .adding(.setCookie, settings.device.remembering(device, lifetime: KnownDevice.lifetime))
    }

    private func started(_ session: SessionStore.NewSession, _ candidate: SignInCandidate) -> StartedSession {
        let end = SessionLife.end(startedAt: session.startedAt)
        return StartedSession(
            id: session.id, csrfToken: CSRFToken.derive(credentialHash: session.credential.hash),
            idleExpiresAt: SessionLife.idleEnd(lastUsedAt: session.startedAt, expiresAt: end), expiresAt: end,
            userID: candidate.user,
            isRestricted: candidate.requiresSecondFactor && session.secondFactor == nil)
    }

    private func challenge(_ candidate: SignInCandidate, at now: Timestamp) throws -> Problem {
        let challenge = SignInChallenge(for: candidate, at: now)
        let members = [
            JSONValue.Member("challenge", .string(try challenge.sealed(with: gate.keyring))),
            JSONValue.Member("challenge_expires_at", .string(challenge.expiresAt.description)),
        ]
        return Problem(
            .secondFactorRequired, "Send the challenge with a code to POST /v1/sessions/second-factor.",
            headers: ["WWW-Authenticate": "Bearer realm=\"casebook\""], members: members)
    }

    private func note(_ event: AuditEvent, in workspace: ID<Workspace>, _ exchange: Exchange) async throws {
        let source = AuditSource(workspace: workspace, user: nil, requestID: exchange.requestID, now: exchange.now)
        try await signIns.note(event, source)
    }

    /// Brings a password's hash to the cost in force.
    ///
    /// It can wait for the next sign-in, so nothing fails with it. A sign-in of two steps leaves the hash as it is: the
    /// second one no longer has the password.
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

/// What sign-ins are told by their surroundings.
struct SignInSettings: Sendable {
    /// The cookie of sessions.
    let cookie: SessionCookie
    /// The cookie by which devices are known.
    let device: DeviceCookie
    /// Whose word for a client's address is believed; `nil` when nobody's is.
    let edge: EdgeProof?
    let random: RandomBytes
}

extension Optional where Wrapped: Sendable {
    /// `flatMap` for a transformation that waits.
    func asyncFlatMap<Value: Sendable>(_ transform: (Wrapped) async throws -> Value?) async rethrows -> Value? {
        guard let value = self else { return nil }
        return try await transform(value)
    }
}
