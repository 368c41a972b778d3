import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Starts, finds and ends sessions.
struct SessionStore: Sendable {
    let database: Database

    /// The name of the list in its cursors.
    static let binding = "sessions"
    /// The most sessions that one round of the sweep removes.
    static let sweepLimit = 500

    /// A session that starts.
    struct NewSession: Sendable {
        let id: ID<Session>
        let credential: Credential
        let userAgent: String?
        let startedAt: Timestamp
        /// How the second step was taken; `nil` when there was none.
        var secondFactor: SecondFactorMethod?
    }

    /// Starts a session for a user whose password was just found right, in one statement with directory and audit.
    ///
    /// The user's and the password's rows are locked against change: a session does not start with a password that
    /// was replaced, or for a user who was deactivated, since it was compared; and not with a password alone when the
    /// user has confirmed a second factor meanwhile.
    ///
    /// - Returns: Whether it started.
    func start(
        _ session: NewSession, for candidate: SignInCandidate, requestID: String
    ) async throws -> Bool {
        let workspace = candidate.workspace
        let end = SessionLife.end(startedAt: session.startedAt)
        let source = AuditSource(
            workspace: workspace, user: candidate.user, requestID: requestID, now: session.startedAt)
        let event = AuditEvent(
            .signedIn, user: candidate.user, credential: session.id.description,
            detail: session.secondFactor.map { ["second_factor": $0.rawValue] } ?? [:])
        let hasSecondFactor = session.secondFactor != nil
        let result = try await database.write(
            in: .workspace(workspace),
            """
            WITH subject AS (
                SELECT u.id
                FROM identity.user AS u
                JOIN identity.password AS p ON p.workspace_id = u.workspace_id AND p.user_id = u.id
                WHERE u.workspace_id = \(workspace) AND u.id = \(candidate.user) AND u.is_active
                    AND p.encoded = \(candidate.encodedPassword)
                    AND (\(hasSecondFactor) OR NOT EXISTS (
                        SELECT FROM identity.second_factor AS f
                        WHERE f.workspace_id = \(workspace) AND f.user_id = \(candidate.user)
                            AND f.confirmed_at IS NOT NULL))
                FOR SHARE OF u, p
            ),
            changed AS (
                INSERT INTO identity.session (
                    workspace_id, id, user_id, credential_hash, user_agent, created_at, last_used_at, expires_at,
                    has_second_factor)
                SELECT \(workspace), \(session.id), id, \(session.credential.hash), \(session.userAgent),
                    \(session.startedAt), \(session.startedAt), \(end), \(hasSecondFactor)
                FROM subject
                RETURNING id
            ),
            listed AS (
                INSERT INTO identity.directory (workspace_id, kind, key, expires_at)
                SELECT \(workspace), 'session', \(session.credential.hash), \(end) FROM changed
            ),
            \(event.insertion(source))
            SELECT id FROM changed
            """)
        return result.count == 1
    }

    /// One page of a user's live sessions, newest first.
    ///
    /// Index: ix_session_user, backwards.
    func list(
        _ workspace: ID<Workspace>, of user: ID<User>, current: String, after: ID<Session>?, limit: Int, now: Timestamp
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, created_at, last_used_at,
                LEAST(last_used_at + \(SessionLife.idle), expires_at) AS idle_expires_at, expires_at,
                id::text = \(current) AS is_current, user_agent
            FROM identity.session
            WHERE workspace_id = \(workspace) AND user_id = \(user) \(position)
                AND expires_at > \(now) AND last_used_at > \(SessionLife.idleSince(now))
            ORDER BY id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// A live session by its id; `nil` when it is over.
    func find(_ workspace: ID<Workspace>, _ id: ID<Session>, now: Timestamp) async throws -> SessionRow? {
        let row = try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT s.id, s.user_id, s.credential_hash, s.last_used_at, s.expires_at, u.role, u.is_active,
                w.requires_second_factor AND NOT s.has_second_factor AS is_restricted
            FROM identity.session AS s
            JOIN identity.user AS u ON u.workspace_id = s.workspace_id AND u.id = s.user_id
            JOIN identity.workspace AS w ON w.workspace_id = s.workspace_id
            WHERE s.workspace_id = \(workspace) AND s.id = \(id)
            """, as: SessionRow.self)
        guard let row, row.isActive, row.idleEnd > now else { return nil }
        return row
    }

    /// Writes down that a session is in use.
    ///
    /// A crash may lose it, so it does not wait for the disk.
    func noteUse(_ workspace: ID<Workspace>, _ id: ID<Session>, now: Timestamp) async throws {
        _ = try await database.write(
            in: .workspace(workspace).adding("synchronous_commit", "off"),
            """
            UPDATE identity.session
            SET last_used_at = \(now)
            WHERE workspace_id = \(workspace) AND id = \(id) AND last_used_at < \(now)
            """)
    }

    /// Ends one session of a user, in one statement with directory, audit and key.
    ///
    /// - Returns: Whether there was one.
    func end(_ id: ID<Session>, of user: ID<User>, answer: StoredAnswer, _ context: WriteContext) async throws -> Bool {
        let event = AuditEvent(.signedOut, user: user, credential: id.description)
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH changed AS (
                DELETE FROM identity.session
                WHERE workspace_id = \(context.workspace) AND id = \(id) AND user_id = \(user)
                RETURNING id, credential_hash
            ),
            forgotten AS (
                DELETE FROM identity.directory AS d
                USING changed
                WHERE d.kind = 'session' AND d.key = changed.credential_hash
            ),
            \(event.insertion(AuditSource(context))),
            \(context.keep(answer, from: "changed"))
            SELECT changed.id FROM changed, kept
            """)
        return result.count == 1
    }

    /// Ends all sessions of a user, in one transaction with directory, audit and key.
    ///
    /// - Returns: The ids of the ended sessions.
    /// - Throws: ``Problem`` 404 when there is no such user; ``PostgresError``.
    func endAll(of user: ID<User>, _ context: WriteContext) async throws -> [String] {
        try await database.transaction(in: context.scope) { tx in
            let found = try await tx.query(
                """
                SELECT id FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(user)
                FOR SHARE
                """)
            guard found.count == 1 else { throw Problem.notFound("user") }
            let credentials = CredentialEnding(tx: tx, context: context)
            let ended = try await credentials.endSessions(of: user)
            try await context.keep(.noContent, in: tx)
            try await credentials.audit(AuditEvent(.signedOutEverywhere, user: user))
            return ended
        }
    }

    /// Removes sessions that are past their end, of all workspaces, at most ``sweepLimit`` at a time.
    ///
    /// - Returns: How many were found.
    func sweep(now: Timestamp) async throws -> Int {
        let expired = try await database.query(
            .scan, in: .none,
            """
            SELECT workspace_id, key
            FROM identity.directory
            WHERE kind = 'session' AND expires_at <= \(now)
            ORDER BY expires_at
            LIMIT \(Int64(Self.sweepLimit))
            """, as: ExpiredRow.self)
        for (workspace, rows) in Dictionary(grouping: expired, by: \.workspace) {
            _ = try await database.write(
                in: .workspace(workspace),
                """
                WITH ended AS (
                    DELETE FROM identity.session
                    WHERE workspace_id = \(workspace) AND expires_at <= \(now)
                )
                DELETE FROM identity.directory WHERE kind = 'session' AND key = ANY(\(rows.map(\.key)))
                """)
        }
        return expired.count
    }
}

/// A session as the token exchange needs it, with its user's rights of now.
struct SessionRow: PostgresRow {
    static let columns = [
        "id", "user_id", "credential_hash", "last_used_at", "expires_at", "role", "is_active", "is_restricted",
    ]

    let id: ID<Session>
    let user: ID<User>
    let credentialHash: String
    let lastUsedAt: Timestamp
    let expiresAt: Timestamp
    let role: Role
    let isActive: Bool
    /// Whether the workspace asks for a second factor that this session started without.
    let isRestricted: Bool

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        user = try row.decode("user_id")
        credentialHash = try row.decode("credential_hash")
        lastUsedAt = try row.decode("last_used_at")
        expiresAt = try row.decode("expires_at")
        role = try row.decode("role")
        isActive = try row.decode("is_active")
        isRestricted = try row.decode("is_restricted")
    }

    /// What the session may do: all that the role may, or nothing but what it takes to set up a second factor.
    var permissions: Set<Permission> { isRestricted ? [.profileManage] : role.permissions }

    /// When it is over if it is not used again.
    var idleEnd: Timestamp { SessionLife.idleEnd(lastUsedAt: lastUsedAt, expiresAt: expiresAt) }
}

/// A session past its end.
private struct ExpiredRow: PostgresRow {
    static let columns = ["workspace_id", "key"]

    let workspace: ID<Workspace>
    let key: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        workspace = try row.decode("workspace_id")
        key = try row.decode("key")
    }
}
