import Models
import Postgres
import ServiceKit

/// Invitations and new passwords by links, each of which works once.
struct LinkRoutes: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let gate: SignInGate
    let settings: LinkSettings

    private var store: LinkStore { LinkStore(database: database) }

    /// Adds a person who chooses their own password.
    func invite(_ call: Call<NoPath, NoQuery, InviteUser>) async throws -> Answer<Invitation> {
        let (context, body) = (try call.write, call.body)
        let user = User(
            id: ID<User>.make(at: call.now), email: body.email.value, name: body.name.value, role: body.role,
            isActive: true, version: 1, createdAt: call.now, updatedAt: call.now)
        let secret = newSecret(context)
        let end = call.now.adding(LinkPurpose.invitation.lifetime)
        try await UserStore(database: database).invite(user, secret, until: end, context)
        let invitation = Invitation(user: user, link: issued(secret, .invitation, for: user.id, until: end))
        return try .value(invitation, location: "/v1/users/\(user.id)")
    }

    /// Makes a link for a person; their earlier ones are void.
    func issue(_ call: Call<IDPath<User>, NoQuery, NoBody>) async throws -> Answer<IssuedLink> {
        let context = try call.write
        guard let purpose = try await store.purpose(context.workspace, for: call.path.id) else {
            throw Problem.notFound("user")
        }
        let secret = newSecret(context)
        guard try await store.issue(secret, purpose, for: call.path.id, context) else { throw Problem.notFound("user") }
        let end = call.now.adding(purpose.lifetime)
        return try .value(issued(secret, purpose, for: call.path.id, until: end))
    }

    /// Writes down that somebody asked for another password.
    ///
    /// An unknown workspace or address is counted and asked for as a known one is.
    func requestReset(_ call: Call<NoPath, NoQuery, RequestPasswordReset>) async throws -> Answer<NoContent> {
        let account = AccountName(workspace: call.body.workspace.value, email: call.body.email.value)
        try await gate.admitReset(account, network: call.headers.network(settings.edge), at: call.now)
        let workspace = try await SignInStore(database: database).workspace(slug: call.body.workspace.value)
        try await store.request(workspace ?? .nobodys, email: EmailKey(call.body.email.value), now: call.now)
        return .noContent
    }

    /// What a link is for; scanners of mail that open it use nothing up.
    func show(_ call: Call<LinkPath, NoQuery, NoBody>) async throws -> Answer<Link> {
        guard let secret = LinkSecret(call.path.token), let row = try await store.find(secret, now: call.now) else {
            throw Problem.notFound("link")
        }
        return try .value(row.link)
    }

    /// Chooses a password and uses the link up.
    func use(_ call: Call<LinkPath, NoQuery, UseLink>) async throws -> Answer<NoContent> {
        guard let secret = LinkSecret(call.path.token), let row = try await store.find(secret, now: call.now) else {
            throw Problem.notFound("link")
        }
        let password = call.body.newPassword.value
        try RuleProblems.check(
            password, at: "/new_password", email: row.email, workspace: (row.workspaceName, row.slug))
        let hash = try await RuleProblems.translating { try await hasher.hash(password) }
        let context = WriteContext(
            workspace: secret.workspace, actor: .user(row.user), requestID: call.exchange.requestID,
            traceparent: call.exchange.trace.traceparent, now: call.now)
        guard let ended = try await store.use(secret, of: row.user, hash, context) else {
            throw Problem.notFound("link")
        }
        for session in ended { database.hint(Revocation.channel, session) }
        return .noContent
    }

    private func newSecret(_ context: WriteContext) -> LinkSecret {
        LinkSecret.issue(in: context.workspace, id: ID<Link>.make(at: context.now), random: settings.random)
    }

    private func issued(
        _ secret: LinkSecret, _ purpose: LinkPurpose, for user: ID<User>, until end: Timestamp
    ) -> IssuedLink {
        IssuedLink(
            purpose: purpose, userID: user, token: secret.text,
            address: "\(settings.publicURL)/v1/users/links/\(secret.text)", expiresAt: end)
    }
}

/// What links are told by their surroundings.
struct LinkSettings: Sendable {
    /// The address under which people reach the suite, without a slash at the end.
    let publicURL: String
    /// Whose word for a client's address is believed; `nil` when nobody's is.
    let edge: EdgeProof?
    let random: RandomBytes

    init(publicURL: String, edge: EdgeProof?, random: @escaping RandomBytes) {
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.edge = edge
        self.random = random
    }
}
