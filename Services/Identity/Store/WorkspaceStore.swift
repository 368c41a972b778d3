import Models
import Postgres
import ServiceKit

/// Makes, reads and changes workspaces.
struct WorkspaceStore: Sendable {
    let database: Database

    /// The workspace itself; no row when there is none.
    func show(_ workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT workspace_id AS id, slug, name, time_zone, requires_second_factor, version, created_at, updated_at
            FROM identity.workspace
            WHERE workspace_id = \(workspace)
            """)
    }

    /// Name and short name, for the rule of passwords.
    func names(_ workspace: ID<Workspace>) async throws -> WorkspaceNames? {
        try await database.first(
            .point, in: .workspace(workspace),
            "SELECT name, slug FROM identity.workspace WHERE workspace_id = \(workspace)", as: WorkspaceNames.self)
    }

    /// Whether the server knows a time zone of this name.
    ///
    /// Asked when a workspace is made or its zone is changed.
    func knows(timeZone: String) async throws -> Bool {
        try await database.query(
            .scan, in: .none, "SELECT 1 AS found FROM pg_catalog.pg_timezone_names WHERE name = \(timeZone)"
        ).count > 0
    }

    /// Makes a workspace with its first administrator, in one statement with directory, activity and audit.
    ///
    /// - Throws: ``Problem`` 409 when the short name is taken; ``PostgresError``.
    func create(
        _ made: CreatedWorkspace, password: PasswordHash, _ context: WriteContext
    ) async throws {
        let workspace = made.workspace
        let event = AuditEvent(.workspaceCreated, user: made.administrator.id)
        try await namingTaken {
            _ = try await database.write(
                in: .workspace(workspace.id),
                """
                WITH listed AS (
                    INSERT INTO identity.directory (workspace_id, kind, key)
                    VALUES (\(workspace.id), 'workspace', \(workspace.slug))
                    RETURNING workspace_id
                ),
                made AS (
                    INSERT INTO identity.workspace (
                        workspace_id, slug, name, time_zone, version, created_at, updated_at)
                    SELECT workspace_id, \(workspace.slug), \(workspace.name), \(workspace.timeZone),
                        \(Int64(workspace.version)), \(workspace.createdAt), \(workspace.updatedAt)
                    FROM listed
                    RETURNING workspace_id AS id, version
                ),
                changed AS (
                    \(UserStore.insertion(of: made.administrator, in: workspace.id, from: "made"))
                    RETURNING id, version
                ),
                password AS (
                    INSERT INTO identity.password (workspace_id, user_id, encoded, changed_at)
                    SELECT \(workspace.id), id, \(password.encoded), \(context.now) FROM changed
                ),
                \(context.activity(.workspace, verb: .created, from: "made", as: "made_activity")),
                \(context.activity(.user, verb: .created, from: "changed", as: "user_activity")),
                \(event.insertion(AuditSource(context)))
                SELECT count(*) FROM changed
                """)
        }
    }

    /// Runs a write, and names the field whose value another workspace has.
    private func namingTaken(_ write: () async throws -> Void) async throws {
        do {
            try await write()
        } catch let error as PostgresError where error.constraint == "pk_directory" {
            throw Problem(
                .conflict, "Another workspace has this short name.",
                errors: [FieldError("/slug", .taken, "belongs to another workspace")])
        }
    }

    /// Changes name, time zone or policy.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func change(_ patch: UpdateWorkspace, expecting version: Int64?, _ context: WriteContext) async throws
        -> StoredAnswer
    {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await tx.first(
                """
                SELECT \(columns: WorkspaceRow.self)
                FROM identity.workspace
                WHERE workspace_id = \(context.workspace)
                FOR NO KEY UPDATE
                """, as: WorkspaceRow.self)
            guard let row else { throw Problem.notFound("workspace") }
            if let version, version != row.version { throw Problem.versionMismatch(current: row.version) }
            let workspace = row.applying(patch, at: context.now)
            let answer = try StoredAnswer(status: 200, workspace, version: workspace.version)
            guard row.version != Int64(workspace.version) else {
                try await context.keep(answer, in: tx)
                return answer
            }
            _ = try await tx.query(
                """
                WITH subject AS (
                    SELECT workspace_id AS id, time_zone, requires_second_factor FROM identity.workspace
                    WHERE workspace_id = \(context.workspace)
                ),
                changed AS (
                    UPDATE identity.workspace
                    SET name = \(workspace.name), time_zone = \(workspace.timeZone),
                        requires_second_factor = \(workspace.requiresSecondFactor), version = version + 1,
                        updated_at = \(context.now)
                    WHERE workspace_id = \(context.workspace)
                    RETURNING workspace_id AS id, version, time_zone, requires_second_factor
                ),
                \(context.activity(
                    .workspace, verb: .updated, from: "changed", before: "subject",
                    changes: [.column("time_zone"), .column("requires_second_factor")])),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM changed, kept
                """)
            if workspace.requiresSecondFactor != row.requiresSecondFactor {
                try await CredentialEnding(tx: tx, context: context).audit(
                    AuditEvent(
                        .policyChanged, user: nil,
                        detail: ["requires_second_factor": String(workspace.requiresSecondFactor)]))
            }
            return answer
        }
    }
}

/// What a password may not hold.
struct WorkspaceNames: PostgresRow {
    static let columns = ["name", "slug"]

    let name: String
    let slug: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        name = try row.decode("name")
        slug = try row.decode("slug")
    }
}

/// A workspace as the table holds it.
private struct WorkspaceRow: PostgresRow {
    static let columns = [
        "workspace_id", "slug", "name", "time_zone", "requires_second_factor", "version", "created_at", "updated_at",
    ]

    let id: ID<Workspace>
    let slug: String
    let name: String
    let timeZone: String
    let requiresSecondFactor: Bool
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("workspace_id")
        slug = try row.decode("slug")
        name = try row.decode("name")
        timeZone = try row.decode("time_zone")
        requiresSecondFactor = try row.decode("requires_second_factor")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }

    /// The record after a patch; as it is, when the patch changes nothing.
    func applying(_ patch: UpdateWorkspace, at now: Timestamp) -> Workspace {
        let newName = patch.name?.value ?? name
        let newTimeZone = patch.timeZone?.value ?? timeZone
        let newPolicy = patch.requiresSecondFactor ?? requiresSecondFactor
        let isChanged = newName != name || newTimeZone != timeZone || newPolicy != requiresSecondFactor
        return Workspace(
            id: id, slug: slug, name: newName, timeZone: newTimeZone, requiresSecondFactor: newPolicy,
            version: Int(version) + (isChanged ? 1 : 0), createdAt: createdAt, updatedAt: isChanged ? now : updatedAt)
    }
}
