import Models
import Postgres
import ServiceKit

/// Reads and replaces the passwords of users that exist.
struct PasswordStore: Sendable {
    let database: Database

    /// What choosing a password needs to know of a user; `nil` when there is none.
    func subject(_ workspace: ID<Workspace>, _ user: ID<User>) async throws -> PasswordSubject? {
        try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT u.id, u.email, w.name AS workspace_name, w.slug AS workspace_slug, p.encoded
            FROM identity.user AS u
            JOIN identity.workspace AS w ON w.workspace_id = u.workspace_id
            LEFT JOIN identity.password AS p ON p.workspace_id = u.workspace_id AND p.user_id = u.id
            WHERE u.workspace_id = \(workspace) AND u.id = \(user)
            """, as: PasswordSubject.self)
    }

    /// Replaces a password and ends the user's sessions but one, in one transaction with audit and key.
    ///
    /// A password is no part of the user's record: neither version nor activity change.
    ///
    /// `replaced` is the stored form that the caller proved to know; `nil` when an administrator resets it. Answers the
    /// ids of the ended sessions, or `nil` when the password was replaced by another request meanwhile.
    func replace(
        of user: ID<User>, by hash: PasswordHash, replaced: String?, sparing session: ID<Session>?,
        answer: StoredAnswer, _ context: WriteContext
    ) async throws -> [String]? {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            _ = try await tx.query(
                """
                SELECT id FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(user)
                FOR NO KEY UPDATE
                """)
            let proof: SQL = replaced.map { "WHERE identity.password.encoded = \($0)" } ?? ""
            let result = try await tx.query(
                """
                WITH written AS (
                    INSERT INTO identity.password (workspace_id, user_id, encoded, changed_at)
                    VALUES (\(context.workspace), \(user), \(hash.encoded), \(context.now))
                    ON CONFLICT (workspace_id, user_id) DO UPDATE
                    SET encoded = EXCLUDED.encoded, changed_at = EXCLUDED.changed_at
                    \(proof)
                    RETURNING user_id
                ),
                \(context.keep(answer, from: "written"))
                SELECT written.user_id FROM written, kept
                """)
            guard result.count == 1 else { return nil }
            let credentials = CredentialEnding(tx: tx, context: context)
            let event: AuditEvent.Name = replaced == nil ? .passwordReset : .passwordChanged
            let ended = try await credentials.endSessions(of: user, except: session)
            try await credentials.voidLinks(of: user)
            try await credentials.audit(AuditEvent(event, user: user))
            return ended
        }
    }
}

/// A user whose password is chosen.
struct PasswordSubject: PostgresRow {
    static let columns = ["id", "email", "workspace_name", "workspace_slug", "encoded"]

    let id: ID<User>
    let email: String
    let workspaceName: String
    let workspaceSlug: String
    let encoded: String?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        email = try row.decode("email")
        workspaceName = try row.decode("workspace_name")
        workspaceSlug = try row.decode("workspace_slug")
        encoded = try row.decode("encoded")
    }
}
