import Models
import Postgres
import ServiceKit

/// Choosing passwords.
struct PasswordRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let gate: SignInGate

    private var store: PasswordStore { PasswordStore(database: database) }

    /// Sets the caller's own password.
    ///
    /// The session that asks goes on; all others of the caller end.
    func change(_ call: Call<NoPath, NoQuery, ChangePassword>) async throws -> Answer<NoContent> {
        let context = try call.write
        let user = try call.userID
        guard let subject = try await store.subject(context.workspace, user) else { throw Problem.notFound("user") }
        try check(call.body.newPassword.value, for: subject)
        // Whoever has somebody's session guesses the password no faster than at the door.
        let account = AccountName(workspace: subject.workspaceSlug, email: subject.email)
        let admission = try await gate.admit(account, device: nil, network: nil, at: call.now)
        let stored = subject.encoded.flatMap(PasswordHash.init)
        let hash = try await RuleProblems.translating {
            guard try await hasher.verify(call.body.currentPassword.value, against: stored) else {
                throw Self.notTheCurrentOne
            }
            return try await hasher.hash(call.body.newPassword.value)
        }
        let ended = try await store.replace(
            of: user, by: hash, replaced: subject.encoded, sparing: ID<Session>(try call.principal.credentialID),
            answer: .noContent, context)
        guard let ended else { throw Self.notTheCurrentOne }
        for session in ended { database.hint(Revocation.channel, session) }
        try await gate.succeed(admission)
        return .noContent
    }

    /// Sets another user's password and ends all their sessions.
    func reset(_ call: Call<IDPath<User>, NoQuery, ResetPassword>) async throws -> Answer<NoContent> {
        let context = try call.write
        guard let subject = try await store.subject(context.workspace, call.path.id) else {
            throw Problem.notFound("user")
        }
        try check(call.body.newPassword.value, for: subject)
        let hash = try await RuleProblems.translating { try await hasher.hash(call.body.newPassword.value) }
        let ended = try await store.replace(
            of: subject.id, by: hash, replaced: nil, sparing: nil, answer: .noContent, context)
        for session in ended ?? [] { database.hint(Revocation.channel, session) }
        return .noContent
    }

    private func check(_ password: String, for subject: PasswordSubject) throws {
        try RuleProblems.check(
            password, at: "/new_password", email: subject.email,
            workspace: (subject.workspaceName, subject.workspaceSlug))
    }

    private static var notTheCurrentOne: Problem {
        Problem.invalidBody([FieldError("/current_password", .notAllowed, "is not the current password")])
    }
}
