import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Makes, lists, finds and revokes API keys.
struct APIKeyStore: Sendable {
    let database: Database

    /// The name of the list in its cursors.
    static let binding = "api_keys"

    /// One page of the workspace's keys that were not revoked, in order of their ids.
    ///
    /// Index: pk_api_key.
    func list(_ workspace: ID<Workspace>, after: ID<APIKey>?, limit: Int) async throws -> ResultSet {
        let position: SQL = after.map { "AND id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, name, to_jsonb(permissions) AS permissions, user_id AS created_by, created_at, expires_at,
                last_used_at
            FROM identity.api_key
            WHERE workspace_id = \(workspace) \(position) AND revoked_at IS NULL
            ORDER BY id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// The role of an active user, which bounds what a key of theirs may do, and whether they may have keys at all.
    func owner(_ workspace: ID<Workspace>, _ user: ID<User>) async throws -> KeyOwnerRow? {
        try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT u.role, \(Self.isBarred(in: workspace))
            FROM identity.user AS u
            JOIN identity.workspace AS w ON w.workspace_id = u.workspace_id
            WHERE u.workspace_id = \(workspace) AND u.id = \(user) AND u.is_active
            """, as: KeyOwnerRow.self)
    }

    /// Adds a key, in one statement with directory, audit and key of idempotency.
    ///
    /// The user's row is locked against change: a key is not made for a role that its user has lost meanwhile.
    ///
    /// - Returns: Whether it was added; not when the user's role or activity changed since it was read.
    func add(
        _ key: APIKey, credential: Credential, role: Role, answer: StoredAnswer, _ context: WriteContext
    ) async throws -> Bool {
        let event = AuditEvent(
            .keyCreated, user: key.createdBy, credential: key.id.description,
            detail: ["permissions": key.permissions.map(\.rawValue).joined(separator: " ")])
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH subject AS (
                SELECT id
                FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(key.createdBy) AND is_active
                    AND role = \(role.rawValue)
                FOR SHARE
            ),
            \(context.keep(answer, from: "subject")),
            changed AS (
                INSERT INTO identity.api_key (
                    workspace_id, id, user_id, name, credential_hash, permissions, created_at, expires_at)
                SELECT \(context.workspace), \(key.id), subject.id, \(key.name), \(credential.hash),
                    \(key.permissions.map(\.rawValue)), \(key.createdAt), \(key.expiresAt)
                FROM subject, kept
                RETURNING id
            ),
            listed AS (
                INSERT INTO identity.directory (workspace_id, kind, key, expires_at)
                SELECT \(context.workspace), 'api_key', id::text, \(key.expiresAt) FROM changed
            ),
            \(event.insertion(AuditSource(context)))
            SELECT id FROM changed
            """)
        return result.count == 1
    }

    /// Revokes a key, in one statement with directory, audit and key of idempotency.
    ///
    /// - Returns: Whether there was one that was not revoked yet.
    func revoke(_ id: ID<APIKey>, answer: StoredAnswer, _ context: WriteContext) async throws -> Bool {
        let event = AuditEvent(.keyRevoked, user: nil, credential: id.description)
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH changed AS (
                UPDATE identity.api_key
                SET revoked_at = \(context.now)
                WHERE workspace_id = \(context.workspace) AND id = \(id) AND revoked_at IS NULL
                RETURNING id
            ),
            forgotten AS (
                DELETE FROM identity.directory AS d
                USING changed
                WHERE d.kind = 'api_key' AND d.key = changed.id::text
            ),
            \(event.insertion(AuditSource(context))),
            \(context.keep(answer, from: "changed"))
            SELECT changed.id FROM changed, kept
            """)
        return result.count == 1
    }

    /// A key that can be used now, by its id; `nil` when it is revoked or over, or its user is not active.
    func find(_ workspace: ID<Workspace>, _ id: ID<APIKey>, now: Timestamp) async throws -> APIKeyRow? {
        try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT k.id, k.user_id, k.credential_hash, k.permissions, k.last_used_at, u.role,
                \(Self.isBarred(in: workspace))
            FROM identity.api_key AS k
            JOIN identity.user AS u ON u.workspace_id = k.workspace_id AND u.id = k.user_id
            JOIN identity.workspace AS w ON w.workspace_id = k.workspace_id
            WHERE k.workspace_id = \(workspace) AND k.id = \(id) AND k.revoked_at IS NULL
                AND (k.expires_at IS NULL OR k.expires_at > \(now)) AND u.is_active
            """, as: APIKeyRow.self)
    }

    /// Whether the workspace asks for a second factor that the key's owner has not: a key is no way around it.
    private static func isBarred(in workspace: ID<Workspace>) -> SQL {
        """
        w.requires_second_factor AND NOT EXISTS (
            SELECT FROM identity.second_factor AS f
            WHERE f.workspace_id = \(workspace) AND f.user_id = u.id AND f.confirmed_at IS NOT NULL
        ) AS is_barred
        """
    }

    /// Writes down that a key is in use.
    ///
    /// A crash may lose it, so it does not wait for the disk.
    func noteUse(_ workspace: ID<Workspace>, _ id: ID<APIKey>, now: Timestamp) async throws {
        _ = try await database.write(
            in: .workspace(workspace).adding("synchronous_commit", "off"),
            """
            UPDATE identity.api_key
            SET last_used_at = \(now)
            WHERE workspace_id = \(workspace) AND id = \(id) AND (last_used_at IS NULL OR last_used_at < \(now))
            """)
    }
}

/// A key as the token exchange needs it, with its user's role of now.
struct APIKeyRow: PostgresRow {
    static let columns = ["id", "user_id", "credential_hash", "permissions", "last_used_at", "role", "is_barred"]

    let id: ID<APIKey>
    let user: ID<User>
    let credentialHash: String
    let permissions: [Permission]
    let lastUsedAt: Timestamp?
    let role: Role
    /// Whether the workspace asks for a second factor that the owner has not.
    let isBarred: Bool

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        user = try row.decode("user_id")
        credentialHash = try row.decode("credential_hash")
        permissions = try row.decode("permissions", as: [String].self).map(Permission.init(rawValue:))
        lastUsedAt = try row.decode("last_used_at")
        role = try row.decode("role")
        isBarred = try row.decode("is_barred")
    }
}

/// Whose key it will be.
struct KeyOwnerRow: PostgresRow {
    static let columns = ["role", "is_barred"]

    let role: Role
    /// Whether the workspace asks for a second factor that they have not.
    let isBarred: Bool

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        role = try row.decode("role")
        isBarred = try row.decode("is_barred")
    }
}
