/// Trades a credential for a token: a session's secret, an API key, or a service's client secret.
package struct ExchangeCredential: Codable, Sendable {
    /// `cbs_...` of a session, `cbk_...` of an API key, or `cbc_<client>_<secret>` of a service.
    package let credential: Text<Secret>
    /// The workspace a service wants to act in; its id.
    ///
    /// Not for the other kinds.
    package let workspace: ID<Workspace>?
    /// The workspace a service wants to act in, by its short name.
    package let workspaceSlug: Text<Slug>?

    /// Takes a credential.
    package init(credential: Text<Secret>, workspace: ID<Workspace>? = nil, workspaceSlug: Text<Slug>? = nil) {
        self.credential = credential
        self.workspace = workspace
        self.workspaceSlug = workspaceSlug
    }
}

/// A token of 60 seconds.
package struct IssuedToken: Codable, Sendable {
    /// The token: a JWT (RFC 7519), signed with Ed25519 (RFC 8037).
    package let token: String
    /// When it ends.
    package let expiresAt: Timestamp
    /// What revocation hints name: the session, the key or the client.
    package let credentialID: String
    /// What unsafe requests must carry in `X-CSRF-Token`, when the credential is a session.
    package let csrfToken: String?

    /// Takes a token as it was signed.
    package init(token: String, expiresAt: Timestamp, credentialID: String, csrfToken: String?) {
        self.token = token
        self.expiresAt = expiresAt
        self.credentialID = credentialID
        self.csrfToken = csrfToken
    }
}

/// A role and what it may do.
package struct RoleDescription: Codable, Sendable {
    /// The role's name.
    package let role: Role
    /// What it may do, by name.
    package let permissions: [Permission]

    /// Describes a role.
    package init(role: Role) {
        self.role = role
        permissions = Permission.all.filter(role.permissions.contains)
    }
}

/// All roles.
package struct RoleList: Codable, Sendable {
    /// The roles, the mightiest first.
    package let items: [RoleDescription]

    /// The roles as they are.
    package init() {
        items = Role.allCases.map(RoleDescription.init)
    }
}

/// A public key of a token's signature, as a JSON Web Key (RFC 7517; RFC 8037, section 2).
package struct VerificationKey: Codable, Sendable {
    /// The type: `OKP`.
    package let kty: String
    /// The curve: `Ed25519`.
    package let crv: String
    /// The key's id, as in a token's header.
    package let kid: String
    /// The public key, base64url.
    package let x: String
    /// What it is for: `sig`.
    package let use: String
    /// The algorithm: `EdDSA`.
    package let alg: String

    /// Takes a key by its id and its 32 bytes in base64url.
    package init(kid: String, x: String) {
        self.kid = kid
        self.x = x
        kty = "OKP"
        crv = "Ed25519"
        use = "sig"
        alg = "EdDSA"
    }
}

/// The public keys that are valid now (RFC 7517, section 5).
package struct VerificationKeySet: Codable, Sendable {
    /// The keys.
    package let keys: [VerificationKey]

    /// Takes the keys.
    package init(keys: [VerificationKey]) {
        self.keys = keys
    }
}

/// A key that signs tokens from now on, after the one before it.
package struct RotatedKey: Codable, Sendable {
    /// The new key's id.
    package let kid: String
    /// When it begins to sign; it is published already.
    package let signsFrom: Timestamp
    /// When the former keys end.
    package let formerUntil: Timestamp

    /// Describes a rotation.
    package init(kid: String, signsFrom: Timestamp, formerUntil: Timestamp) {
        self.kid = kid
        self.signsFrom = signsFrom
        self.formerUntil = formerUntil
    }
}

/// The operations on tokens, and what goes with them.
package enum Tokens {
    package static let exchange = Endpoint<NoPath, NoQuery, ExchangeCredential, IssuedToken>(
        .post, "/v1/tokens", "tokens.exchange", .signed(by: .credential), "Trades a credential for a token of 60 s.",
        answer: KeptAnswer.none)
    package static let keys = Endpoint<NoPath, NoQuery, NoBody, VerificationKeySet>(
        .get, "/.well-known/jwks.json", "tokens.keys",
        .open(reason: "Public keys are public; they let anyone check a token."), "The public keys of tokens.")
    package static let rotateKeys = Endpoint<NoPath, NoQuery, NoBody, RotatedKey>(
        .post, "/v1/tokens/keys", "tokens.rotate_keys", .needs(.installationAdminister),
        "Makes the next key that signs tokens; the former ones go on until their tokens have ended.", success: 201,
        problems: [.conflict], answer: KeptAnswer.none)
}

/// The operations on roles.
package enum Roles {
    package static let list = Endpoint<NoPath, NoQuery, NoBody, RoleList>(
        .get, "/v1/roles", "roles.list", .needs(.workspaceRead), "The roles and what each may do.")
}
