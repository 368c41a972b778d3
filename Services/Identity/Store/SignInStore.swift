import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Finds who wants to sign in.
struct SignInStore: Sendable {
    let database: Database

    /// The workspace of a short name, before any workspace is known; `nil` when there is none.
    func workspace(slug: String) async throws -> ID<Workspace>? {
        try await directory(kind: "workspace", key: slug)
    }

    /// The workspace of a presented credential; `nil` when none such is known.
    func workspace(of credential: Credential) async throws -> ID<Workspace>? {
        switch credential.kind {
        case .session: try await directory(kind: "session", key: credential.hash)
        case .apiKey: try await directory(kind: "api_key", key: credential.id.uuidString.lowercased())
        }
    }

    /// Whether there is such a workspace.
    func exists(_ workspace: ID<Workspace>) async throws -> Bool {
        try await database.query(
            .point, in: .workspace(workspace),
            "SELECT 1 AS found FROM identity.workspace WHERE workspace_id = \(workspace)"
        ).count == 1
    }

    /// The active user of a mail address, with the password as stored.
    ///
    /// Index: uq_user_email.
    func candidate(_ workspace: ID<Workspace>, email: EmailKey) async throws -> SignInCandidate? {
        try await candidate(workspace, "u.email_key = \(email.value)")
    }

    /// The active user of an id, with the password as stored.
    func candidate(_ workspace: ID<Workspace>, _ user: ID<User>) async throws -> SignInCandidate? {
        try await candidate(workspace, "u.id = \(user)")
    }

    private func candidate(_ workspace: ID<Workspace>, _ condition: SQL) async throws -> SignInCandidate? {
        try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT u.workspace_id, u.id, u.email, w.slug, w.requires_second_factor, p.encoded,
                f.confirmed_at IS NOT NULL AS has_second_factor
            FROM identity.user AS u
            JOIN identity.workspace AS w ON w.workspace_id = u.workspace_id
            JOIN identity.password AS p ON p.workspace_id = u.workspace_id AND p.user_id = u.id
            LEFT JOIN identity.second_factor AS f ON f.workspace_id = u.workspace_id AND f.user_id = u.id
            WHERE u.workspace_id = \(workspace) AND \(condition) AND u.is_active
            """, as: SignInCandidate.self)
    }

    /// Writes down what happened at a sign-in that brought no session.
    func note(_ event: AuditEvent, _ source: AuditSource) async throws {
        _ = try await database.write(
            in: .workspace(source.workspace),
            """
            WITH changed AS (SELECT 1 AS one),
            \(event.insertion(source))
            SELECT count(*) FROM changed
            """)
    }

    /// Replaces a password's hash by one of another cost, unless the password was changed meanwhile.
    func rehash(_ candidate: SignInCandidate, to hash: PasswordHash) async throws {
        _ = try await database.write(
            in: .workspace(candidate.workspace),
            """
            UPDATE identity.password
            SET encoded = \(hash.encoded)
            WHERE workspace_id = \(candidate.workspace) AND user_id = \(candidate.user)
                AND encoded = \(candidate.encodedPassword)
            """)
    }

    /// Index: pk_directory.
    private func directory(kind: String, key: String) async throws -> ID<Workspace>? {
        let result = try await database.query(
            .point, in: .none,
            "SELECT workspace_id FROM identity.directory WHERE kind = \(kind) AND key = \(key)")
        return result.count == 0 ? nil : try result.value("workspace_id")
    }
}

/// A user who may sign in, if the password is right.
struct SignInCandidate: PostgresRow {
    static let columns = [
        "workspace_id", "id", "email", "slug", "requires_second_factor", "encoded", "has_second_factor",
    ]

    let workspace: ID<Workspace>
    let user: ID<User>
    let email: String
    let slug: String
    let requiresSecondFactor: Bool
    let encodedPassword: String
    /// Whether the password is only the first step.
    let hasSecondFactor: Bool

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        workspace = try row.decode("workspace_id")
        user = try row.decode("id")
        email = try row.decode("email")
        slug = try row.decode("slug")
        requiresSecondFactor = try row.decode("requires_second_factor")
        encodedPassword = try row.decode("encoded")
        hasSecondFactor = try row.decode("has_second_factor")
    }
}
