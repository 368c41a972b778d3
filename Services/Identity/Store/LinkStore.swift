import Models
import Postgres
import ServiceKit

/// Makes, shows and uses the links with which people choose passwords.
struct LinkStore: Sendable {
    let database: Database

    /// What a link for a person would be for; `nil` when there is no active person of that id.
    func purpose(_ workspace: ID<Workspace>, for user: ID<User>) async throws -> LinkPurpose? {
        let result = try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT p.user_id IS NOT NULL AS has_password
            FROM identity.user AS u
            LEFT JOIN identity.password AS p ON p.workspace_id = u.workspace_id AND p.user_id = u.id
            WHERE u.workspace_id = \(workspace) AND u.id = \(user) AND u.is_active
            """)
        guard result.count == 1 else { return nil }
        return try result.value("has_password", as: Bool.self) ? .passwordReset : .invitation
    }

    /// Keeps a new link in the place of a person's earlier ones, in one statement with audit and key.
    ///
    /// The person's row is locked against change: no link is made beside a password that is being chosen.
    ///
    /// - Returns: Whether it was kept; not when the person is not active.
    func issue(
        _ link: LinkSecret, _ purpose: LinkPurpose, for user: ID<User>, _ context: WriteContext
    ) async throws -> Bool {
        let event = AuditEvent(.linkIssued, user: user, detail: ["purpose": purpose.rawValue])
        let result = try await database.write(
            in: context.scope,
            """
            WITH subject AS (
                SELECT id FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(user) AND is_active
                FOR SHARE
            ),
            void AS (
                DELETE FROM identity.link AS l
                USING subject
                WHERE l.workspace_id = \(context.workspace) AND l.user_id = subject.id
            ),
            changed AS (
                INSERT INTO identity.link (workspace_id, id, user_id, purpose, secret_hash, created_at, expires_at)
                SELECT \(context.workspace), \(link.id), id, \(purpose.rawValue), \(link.hash), \(context.now),
                    \(context.now.adding(purpose.lifetime))
                FROM subject
                RETURNING id
            ),
            \(context.keep(nil, from: "changed")),
            \(event.insertion(AuditSource(context)))
            SELECT changed.id FROM changed, kept
            """)
        return result.count == 1
    }

    /// Writes down that a person of a mail address, if there is one, asked for another password: a link without a
    /// secret, which whoever sends mail gives it.
    ///
    /// Does not wait for the disk: otherwise the time of the answer would tell whether there is such a person.
    func request(_ workspace: ID<Workspace>, email: EmailKey, now: Timestamp) async throws {
        let end = now.adding(LinkPurpose.passwordReset.lifetime)
        _ = try await database.write(
            in: .workspace(workspace).adding("synchronous_commit", "off"),
            """
            WITH subject AS (
                SELECT u.id
                FROM identity.user AS u
                JOIN identity.password AS p ON p.workspace_id = u.workspace_id AND p.user_id = u.id
                WHERE u.workspace_id = \(workspace) AND u.email_key = \(email.value) AND u.is_active
                FOR SHARE OF u
            ),
            void AS (
                DELETE FROM identity.link AS l
                USING subject
                WHERE l.workspace_id = \(workspace) AND l.user_id = subject.id
                    AND (l.secret_hash IS NULL OR l.expires_at <= \(now))
            )
            INSERT INTO identity.link (workspace_id, id, user_id, purpose, created_at, expires_at)
            SELECT \(workspace), \(ID<Link>.make(at: now)), id, 'password_reset', \(now), \(end)
            FROM subject
            """)
    }

    /// A link that can be used now, by its secret; `nil` when it was used, is void or over, or was never made.
    func find(_ link: LinkSecret, now: Timestamp) async throws -> LinkRow? {
        let row = try await database.first(
            .point, in: .workspace(link.workspace),
            """
            SELECT l.user_id, l.purpose, l.secret_hash, l.expires_at, u.email, u.name, w.slug,
                w.name AS workspace_name
            FROM identity.link AS l
            JOIN identity.user AS u ON u.workspace_id = l.workspace_id AND u.id = l.user_id
            JOIN identity.workspace AS w ON w.workspace_id = l.workspace_id
            WHERE l.workspace_id = \(link.workspace) AND l.id = \(link.id) AND l.secret_hash IS NOT NULL
                AND l.expires_at > \(now) AND u.is_active
            """, as: LinkRow.self)
        guard let row, link.matches(row.secretHash) else { return nil }
        return row
    }

    /// Uses a link up: sets the password, ends the person's sessions and makes their other links void.
    ///
    /// - Returns: The ids of the ended sessions; `nil` when somebody else has used it, or it became void.
    func use(_ link: LinkSecret, of user: ID<User>, _ hash: PasswordHash, _ context: WriteContext) async throws
        -> [String]?
    {
        try await database.transaction(in: context.scope) { tx in
            _ = try await tx.query(
                """
                SELECT id FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(user)
                FOR NO KEY UPDATE
                """)
            let used = try await tx.query(
                """
                DELETE FROM identity.link
                WHERE workspace_id = \(context.workspace) AND id = \(link.id) AND user_id = \(user)
                    AND secret_hash = \(link.hash) AND expires_at > \(context.now)
                RETURNING purpose
                """)
            guard used.count == 1 else { return nil }
            _ = try await tx.query(
                """
                INSERT INTO identity.password (workspace_id, user_id, encoded, changed_at)
                VALUES (\(context.workspace), \(user), \(hash.encoded), \(context.now))
                ON CONFLICT (workspace_id, user_id) DO UPDATE
                SET encoded = EXCLUDED.encoded, changed_at = EXCLUDED.changed_at
                """)
            let credentials = CredentialEnding(tx: tx, context: context)
            let ended = try await credentials.endSessions(of: user)
            try await credentials.voidLinks(of: user)
            let purpose: String = try used.value("purpose")
            try await credentials.audit(AuditEvent(.linkUsed, user: user, detail: ["purpose": purpose]))
            return ended
        }
    }
}

/// A link as its holder sees it, and the digest of its secret.
struct LinkRow: PostgresRow {
    static let columns = [
        "user_id", "purpose", "secret_hash", "expires_at", "email", "name", "slug", "workspace_name",
    ]

    let user: ID<User>
    let purpose: LinkPurpose
    let secretHash: String
    let expiresAt: Timestamp
    let email: String
    let name: String
    let slug: String
    let workspaceName: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        user = try row.decode("user_id")
        let word: String = try row.decode("purpose")
        guard let purpose = LinkPurpose(rawValue: word) else { throw .invalid("purpose \(word)") }
        self.purpose = purpose
        secretHash = try row.decode("secret_hash")
        expiresAt = try row.decode("expires_at")
        email = try row.decode("email")
        name = try row.decode("name")
        slug = try row.decode("slug")
        workspaceName = try row.decode("workspace_name")
    }

    /// What its holder reads.
    var link: Link {
        Link(
            purpose: purpose, workspace: slug, workspaceName: workspaceName, email: email, name: name,
            expiresAt: expiresAt)
    }
}
