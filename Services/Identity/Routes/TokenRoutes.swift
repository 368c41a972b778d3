import Logging
import Models
import Postgres
import ServiceKit

/// Trades credentials for tokens.
struct TokenRoutes: Sendable {
    let database: Database
    let mint: TokenMint
    let signingKeys: SigningKeyStore
    let clients: ServiceClients
    let logger: Logger

    private var sessions: SessionStore { SessionStore(database: database) }
    private var keys: APIKeyStore { APIKeyStore(database: database) }
    private var signIns: SignInStore { SignInStore(database: database) }

    /// Trades a credential for a token of 60 s.
    func exchange(_ call: Call<NoPath, NoQuery, ExchangeCredential>) async throws -> Answer<IssuedToken> {
        let text = call.body.credential.value
        if text.hasPrefix("\(ServiceClients.prefix)_") { return try await service(text, call) }
        guard call.body.workspace == nil, call.body.workspaceSlug == nil else {
            throw Problem.invalidBody(
                Self.workspaceFields(call.body).map {
                    FieldError($0, .notAllowed, "is for the credential of a service")
                })
        }
        guard let credential = Credential(text), let workspace = try await signIns.workspace(of: credential) else {
            throw Self.refused
        }
        switch credential.kind {
        case .session: return try await session(credential, workspace, call.now)
        case .apiKey: return try await key(credential, workspace, call.now)
        }
    }

    /// The public keys of tokens.
    func keys(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<VerificationKeySet> {
        try .value(VerificationKeySet(keys: try await PublishedKeyStore(database: database).keys()))
    }

    /// Makes the next key that signs tokens; the former ones go on for a while.
    func rotateKeys(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<RotatedKey> {
        let source = AuditSource(ofInstallation: try call.write)
        guard let key = try await signingKeys.rotate(at: call.now, by: source) else {
            throw Problem(.conflict, "The next key was made a moment ago, and signs soon.")
        }
        await mint.replace(try await signingKeys.open(at: call.now))
        logger.notice("new signing key", metadata: ["key.id": "\(key.kid)"])
        return try .value(
            RotatedKey(
                kid: key.kid, signsFrom: call.now.adding(SigningKeyring.settling),
                formerUntil: call.now.adding(SigningKeyring.overlap)))
    }

    private func session(
        _ credential: Credential, _ workspace: ID<Workspace>, _ now: Timestamp
    ) async throws -> Answer<IssuedToken> {
        let id = ID<Session>(rawValue: credential.id)
        guard let row = try await sessions.find(workspace, id, now: now),
            credential.matches(storedHash: row.credentialHash)
        else { throw Self.refused }
        if SessionLife.isWorthNoting(now, lastUsedAt: row.lastUsedAt) {
            await noting { try await sessions.noteUse(workspace, id, now: now) }
        }
        let token = try await mint.mint(
            workspace: workspace, kind: .staff, subject: row.user.description, permissions: row.permissions,
            credentialID: id.description, at: now)
        return try answer(token, csrfToken: CSRFToken.derive(credentialHash: row.credentialHash))
    }

    private func key(
        _ credential: Credential, _ workspace: ID<Workspace>, _ now: Timestamp
    ) async throws -> Answer<IssuedToken> {
        let id = ID<APIKey>(rawValue: credential.id)
        guard let row = try await keys.find(workspace, id, now: now),
            credential.matches(storedHash: row.credentialHash)
        else { throw Self.refused }
        guard !row.isBarred else {
            throw Problem.unauthenticated("This workspace asks for a second factor, and the key's owner has none.")
        }
        if SessionLife.isWorthNoting(now, lastUsedAt: row.lastUsedAt) {
            await noting { try await keys.noteUse(workspace, id, now: now) }
        }
        let token = try await mint.mint(
            workspace: workspace, kind: .staff, subject: row.user.description,
            permissions: KeyGrant.inForce(row.permissions, role: row.role), credentialID: id.description, at: now)
        return try answer(token, csrfToken: nil)
    }

    private func service(
        _ credential: String, _ call: Call<NoPath, NoQuery, ExchangeCredential>
    ) async throws -> Answer<IssuedToken> {
        guard let service = clients.authenticate(credential) else { throw Self.refused }
        let token = try await mint.mint(
            workspace: try await workspace(call.body), kind: .service, subject: service.rawValue,
            permissions: service.permissions, credentialID: service.rawValue, at: call.now)
        return try answer(token, csrfToken: nil)
    }

    /// The workspace that a service names; nobody's, when it names none.
    private func workspace(_ body: ExchangeCredential) async throws -> ID<Workspace> {
        if let slug = body.workspaceSlug {
            guard body.workspace == nil else {
                throw Problem.invalidBody([FieldError("/workspace_slug", .notAllowed, "cannot stand beside workspace")])
            }
            guard let workspace = try await signIns.workspace(slug: slug.value) else {
                throw Problem.invalidBody([FieldError("/workspace_slug", .notFound, "names no workspace")])
            }
            return workspace
        }
        guard let workspace = body.workspace else { return .nobodys }
        guard try await signIns.exists(workspace) else {
            throw Problem.invalidBody([FieldError("/workspace", .notFound, "names no workspace")])
        }
        return workspace
    }

    private func answer(_ token: MintedToken, csrfToken: String?) throws -> Answer<IssuedToken> {
        try .value(
            IssuedToken(
                token: token.text, expiresAt: token.principal.expiresAt, credentialID: token.principal.credentialID,
                csrfToken: csrfToken))
    }

    /// Writing down a use can fail, on a standby that is not yet primary for instance; the token is good all the same.
    private func noting(_ use: () async throws -> Void) async {
        do {
            try await use()
        } catch {
            logger.notice("use of a credential not written down", metadata: ["error": "\(error)"])
        }
    }

    private static func workspaceFields(_ body: ExchangeCredential) -> [String] {
        (body.workspace == nil ? [] : ["/workspace"]) + (body.workspaceSlug == nil ? [] : ["/workspace_slug"])
    }

    private static var refused: Problem { Problem.unauthenticated("The credential is not valid.") }
}

extension ID where Entity == Workspace {
    /// The workspace of a service that acts in none: the operator who makes the first one.
    ///
    /// No row has this id.
    static var nobodys: ID { .sample }
}
