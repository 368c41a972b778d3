/// A person's stay: it starts when they sign in and ends when they sign out, idle 8 hours, or after 7 days.
package struct Session: Codable, Sendable {
    /// The session's id; not its secret.
    package let id: ID<Session>
    /// When the person signed in.
    package let createdAt: Timestamp
    /// When the session was used last, to the minute.
    package let lastUsedAt: Timestamp
    /// When it ends if it is not used.
    package let idleExpiresAt: Timestamp
    /// When it ends in any case.
    package let expiresAt: Timestamp
    /// Whether it is the one that asks.
    package let isCurrent: Bool
    /// What the browser called itself, at most 200 characters.
    package let userAgent: String?
}

/// Signs a person in.
package struct SignIn: Codable, Sendable {
    /// The workspace's short name.
    package let workspace: Text<Slug>
    /// The mail address.
    package let email: Text<MailAddress>
    /// The password.
    package let password: Text<Secret>

    /// Takes what the person typed.
    package init(workspace: Text<Slug>, email: Text<MailAddress>, password: Text<Secret>) {
        self.workspace = workspace
        self.email = email
        self.password = password
    }
}

/// A session as it starts; its secret travels in the cookie alone.
package struct StartedSession: Codable, Sendable {
    /// The session's id.
    package let id: ID<Session>
    /// The token that unsafe requests with the cookie must carry in `X-CSRF-Token`.
    package let csrfToken: String
    /// When the session ends if it is not used.
    package let idleExpiresAt: Timestamp
    /// When it ends in any case.
    package let expiresAt: Timestamp
    /// Who signed in.
    package let userID: ID<User>
    /// Whether the session may do nothing but set up a second factor, which the workspace asks for.
    package let isRestricted: Bool

    /// Takes a session as it starts.
    package init(
        id: ID<Session>, csrfToken: String, idleExpiresAt: Timestamp, expiresAt: Timestamp, userID: ID<User>,
        isRestricted: Bool
    ) {
        self.id = id
        self.csrfToken = csrfToken
        self.idleExpiresAt = idleExpiresAt
        self.expiresAt = expiresAt
        self.userID = userID
        self.isRestricted = isRestricted
    }
}

/// The operations on sessions.
package enum Sessions {
    package static let create = Endpoint<NoPath, NoQuery, SignIn, StartedSession>(
        .post, "/v1/sessions", "sessions.create",
        .open(reason: "Whoever signs in has no credential yet; the password is the proof."),
        "Signs a person in and sets the session's cookie; a person with a second factor gets a challenge instead.",
        success: 201, problems: [.secondFactorRequired, .rateLimited], answer: KeptAnswer.none)
    package static let prove = Endpoint<NoPath, NoQuery, SignInProof, StartedSession>(
        .post, "/v1/sessions/second-factor", "sessions.prove",
        .open(reason: "Whoever signs in has no credential yet; the challenge says that the password was right."),
        "The second step of a sign-in: a code of the authenticator app, or a recovery code.", success: 201,
        problems: [.rateLimited], answer: KeptAnswer.none)
    package static let list = Endpoint<NoPath, PageQuery, NoBody, Page<Session>>(
        .get, "/v1/sessions", "sessions.list", .needs(.profileManage), "The caller's sessions, newest first.",
        problems: [.invalidCursor])
    package static let current = Endpoint<NoPath, NoQuery, NoBody, StartedSession>(
        .get, "/v1/sessions/current", "sessions.current", .needs(.profileManage),
        "The session that asks, with its CSRF token.")
    package static let end = Endpoint<IDPath<Session>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/sessions/{id}", "sessions.end", .needs(.profileManage), "Ends one of the caller's sessions.",
        success: 204)
    package static let endCurrent = Endpoint<NoPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/sessions/current", "sessions.end_current", .needs(.profileManage),
        "Signs the caller out and clears the cookie.", success: 204)
    package static let endAll = Endpoint<NoPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/sessions", "sessions.end_all", .needs(.profileManage),
        "Signs the caller out everywhere, here too.", success: 204)
    package static let endAllOf = Endpoint<IDPath<User>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/users/{id}/sessions", "sessions.end_all_of", .needs(.usersAdminister),
        "Signs a person out everywhere.", success: 204)
}
