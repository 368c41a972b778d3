import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Setting up and taking away second factors.
struct SecondFactorRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let gate: SignInGate
    let random: RandomBytes

    private var store: SecondFactorStore { SecondFactorStore(database: database, keyring: gate.keyring) }

    /// Whether the caller's sign-in takes a code.
    func show(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<SecondFactor> {
        try .value(try await store.find(try call.principal.workspace, try call.userID).state)
    }

    /// Makes a secret for an authenticator app; it counts once it is confirmed.
    func enrol(_ call: Call<NoPath, NoQuery, EnrolSecondFactor>) async throws -> Answer<EnrolledSecondFactor> {
        let (context, user) = (try call.write, try call.userID)
        try await prove(call.body.currentPassword, user, call.now, context)
        let row = try await store.find(context.workspace, user)
        let secret = Data(random(TOTP.secretByteCount))
        guard try await store.enrol(secret, of: user, context) else { throw Self.isConfirmed }
        let enrolled = EnrolledSecondFactor(
            secret: Base32.encode(secret),
            address: TOTP.address(secret, account: row.email, issuer: "Casebook (\(row.slug))"))
        return try .value(enrolled, location: "/v1/users/me/second-factor")
    }

    /// Confirms the app by a first code.
    func confirm(_ call: Call<NoPath, NoQuery, SecondFactorProof>) async throws -> Answer<RecoveryCodes> {
        let (context, user) = (try call.write, try call.userID)
        let candidate = try await candidate(user, context)
        let admission = try await gate.admitSecondStep(candidate, device: nil, at: call.now)
        let row = try await store.find(context.workspace, user)
        guard row.sealed != nil else { throw Problem(.conflict, "Make a secret for the app first.") }
        guard row.confirmedAt == nil else { throw Self.isConfirmed }
        let codes = newCodes()
        guard let step = try check(user, context).step(of: call.body.code.value, row),
            let ended = try await store.confirm(
                step: step, codes: codes, of: user, sparing: ID<Session>(try call.principal.credentialID), context)
        else { throw Self.wrongCode }
        try await gate.succeed(admission)
        for session in ended { database.hint(Revocation.channel, session) }
        return try .value(RecoveryCodes(codes: codes))
    }

    /// Puts new recovery codes in the place of the old ones.
    func replaceCodes(_ call: Call<NoPath, NoQuery, SecondFactorProof>) async throws -> Answer<RecoveryCodes> {
        let (context, user) = (try call.write, try call.userID)
        try await take(call.body.code, user, context)
        let codes = newCodes()
        try await store.replaceCodes(codes, of: user, context)
        return try .value(RecoveryCodes(codes: codes))
    }

    /// Takes the caller's second factor away; their other sessions end.
    func disable(_ call: Call<NoPath, NoQuery, DisableSecondFactor>) async throws -> Answer<NoContent> {
        let (context, user) = (try call.write, try call.userID)
        let row = try await store.find(context.workspace, user)
        guard row.confirmedAt != nil else { throw Self.isAbsent }
        guard !row.isRequired else {
            throw Problem(.conflict, "The workspace asks everybody for a second factor.")
        }
        try await prove(call.body.currentPassword, user, call.now, context)
        try await take(call.body.code, user, context)
        let session = ID<Session>(try call.principal.credentialID)
        guard
            let ended = try await store.remove(of: user, sparing: session, .secondFactorDisabled, context)
        else { throw Self.isAbsent }
        for session in ended { database.hint(Revocation.channel, session) }
        return .noContent
    }

    /// Takes another person's second factor away, whose device is lost, and ends all their sessions.
    func reset(_ call: Call<IDPath<User>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        guard
            let ended = try await store.remove(of: call.path.id, sparing: nil, .secondFactorReset, try call.write)
        else { throw Problem.notFound("second factor") }
        for session in ended { database.hint(Revocation.channel, session) }
        return .noContent
    }

    private func newCodes() -> [String] { (0..<RecoveryCode.count).map { _ in RecoveryCode.make(random) } }

    private func candidate(_ user: ID<User>, _ context: WriteContext) async throws -> SignInCandidate {
        let store = SignInStore(database: database)
        guard let candidate = try await store.candidate(context.workspace, user) else { throw Problem.notFound("user") }
        return candidate
    }

    private func check(_ user: ID<User>, _ context: WriteContext) -> SecondFactorCheck {
        SecondFactorCheck(store: store, source: AuditSource(context), user: user)
    }

    /// The caller shows a code once more; guesses are counted as those of a sign-in are.
    private func take(_ code: Text<SecondFactorCode>, _ user: ID<User>, _ context: WriteContext) async throws {
        let admission = try await gate.admitSecondStep(candidate(user, context), device: nil, at: context.now)
        guard try await store.find(context.workspace, user).confirmedAt != nil else { throw Self.isAbsent }
        guard try await check(user, context).take(code.value) != nil else { throw Self.wrongCode }
        try await gate.succeed(admission)
    }

    /// The caller shows the password once more; guesses are counted as those of a sign-in are.
    private func prove(
        _ password: Text<Secret>, _ user: ID<User>, _ now: Timestamp, _ context: WriteContext
    ) async throws {
        let candidate = try await candidate(user, context)
        let account = AccountName(workspace: candidate.slug, email: candidate.email)
        let admission = try await gate.admit(account, device: nil, network: nil, at: now)
        let stored = PasswordHash(candidate.encodedPassword)
        let isRight = try await RuleProblems.translating { try await hasher.verify(password.value, against: stored) }
        guard isRight else {
            throw Problem.invalidBody([FieldError("/current_password", .notAllowed, "is not the current password")])
        }
        try await gate.succeed(admission)
    }

    private static var isConfirmed: Problem { Problem(.conflict, "A second factor is set up already.") }
    private static var isAbsent: Problem { Problem(.conflict, "No second factor is set up.") }
    private static var wrongCode: Problem {
        Problem.invalidBody([FieldError("/code", .notAllowed, "is not right, or was used before")])
    }
}
