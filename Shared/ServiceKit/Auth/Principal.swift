package import Models

/// Whom a request speaks for, as its token says.
package struct Principal: Sendable {
    /// The workspace that the principal acts in, and no other.
    package let workspace: ID<Workspace>
    /// Staff, customer or service.
    package let kind: PrincipalKind
    /// The user's id, or a service's name.
    package let subject: String
    /// What the token allows.
    package let permissions: Set<Permission>
    /// The session, key or client that the token was traded for; what revocation names.
    package let credentialID: String
    /// When the token ends.
    package let expiresAt: Timestamp

    /// Takes what a token says.
    package init(
        workspace: ID<Workspace>, kind: PrincipalKind, subject: String, permissions: Set<Permission>,
        credentialID: String, expiresAt: Timestamp
    ) {
        self.workspace = workspace
        self.kind = kind
        self.subject = subject
        self.permissions = permissions
        self.credentialID = credentialID
        self.expiresAt = expiresAt
    }

    /// The person's id; `nil` for a service.
    package var userID: ID<User>? { kind == .service ? nil : ID(subject) }

    /// Whom the activity names for what the principal does.
    ///
    /// - Throws: ``Problem`` 401 when the token's subject is no id, which identity never signs.
    package var actor: ActivityActor {
        get throws(Problem) {
            guard let actor = ActivityActor(self) else { throw Problem.unauthenticated("The token names nobody.") }
            return actor
        }
    }
}
