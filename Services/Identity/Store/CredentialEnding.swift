import Models
import Postgres
import ServiceKit

/// Ends credentials inside of the transaction that takes away their ground.
struct CredentialEnding {
    let tx: Transaction
    let context: WriteContext

    /// Ends all sessions of a user but one.
    ///
    /// Index: ix_session_user.
    ///
    /// - Returns: The ids of the ended sessions.
    func endSessions(of user: ID<User>, except kept: ID<Session>? = nil) async throws -> [String] {
        let spared: SQL = kept.map { "AND id <> \($0)" } ?? ""
        let rows = try await tx.query(
            """
            WITH ended AS (
                DELETE FROM identity.session
                WHERE workspace_id = \(context.workspace) AND user_id = \(user) \(spared)
                RETURNING id, credential_hash
            ),
            forgotten AS (
                DELETE FROM identity.directory AS d
                USING ended
                WHERE d.kind = 'session' AND d.key = ended.credential_hash
            )
            SELECT id::text AS id FROM ended
            """, as: EndedRow.self)
        return rows.map(\.id)
    }

    /// Makes all links of a user void: whoever has the password, or chose another, needs none that was sent before.
    func voidLinks(of user: ID<User>) async throws {
        _ = try await tx.query(
            "DELETE FROM identity.link WHERE workspace_id = \(context.workspace) AND user_id = \(user)")
    }

    /// Revokes keys.
    ///
    /// - Returns: The ids of those that were not revoked before.
    func revoke(_ keys: [ID<APIKey>]) async throws -> [String] {
        let rows = try await tx.query(
            """
            WITH ended AS (
                UPDATE identity.api_key
                SET revoked_at = \(context.now)
                WHERE workspace_id = \(context.workspace) AND id = ANY(\(keys.map(\.rawValue))) AND revoked_at IS NULL
                RETURNING id
            ),
            forgotten AS (
                DELETE FROM identity.directory AS d
                USING ended
                WHERE d.kind = 'api_key' AND d.key = ended.id::text
            )
            SELECT id::text AS id FROM ended
            """, as: EndedRow.self)
        return rows.map(\.id)
    }

    /// Writes one line of the security audit.
    ///
    /// The last statement of its transaction: the end of the workspace's chain is locked from then on.
    func audit(_ event: AuditEvent) async throws {
        _ = try await tx.query(
            """
            WITH changed AS (SELECT 1 AS one),
            \(event.insertion(AuditSource(context)))
            SELECT count(*) FROM changed
            """)
    }
}

/// A session or a key that was ended.
struct EndedRow: PostgresRow {
    static let columns = ["id"]

    let id: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
    }
}
