import Models
import Postgres
import ServiceKit

/// Reads and adds users.
struct UserStore: Sendable {
    let database: Database

    /// The name of the list in its cursors, with its filter.
    static func binding(_ query: UserListQuery) -> String {
        let role = query.role?.rawValue ?? "*"
        let isActive = query.isActive.map(String.init) ?? "*"
        let skill = query.skillID.map { "\($0) \(query.minLevel?.value ?? 1)" } ?? "*"
        let email = query.email.map { EmailKey($0.value).value } ?? "*"
        return "users role=\(role) is_active=\(isActive) skill=\(skill) email=\(email)"
    }

    /// One page of users in order of their ids.
    ///
    /// Index: pk_user; with a mail address uq_user_email; with a skill ix_user_skill_skill.
    func list(_ workspace: ID<Workspace>, _ query: UserListQuery, after: ID<User>?, limit: Int) async throws
        -> ResultSet
    {
        var conditions: [SQL] = ["workspace_id = \(workspace)"]
        if let after { conditions.append("id > \(after)") }
        if let role = query.role { conditions.append("role = \(role.rawValue)") }
        if let isActive = query.isActive { conditions.append("is_active = \(isActive)") }
        if let email = query.email { conditions.append("email_key = \(EmailKey(email.value).value)") }
        if let skill = query.skillID {
            let level = Int64(query.minLevel?.value ?? 1)
            return try await list(workspace, having: (skill, level), conditions, after: after, limit: limit)
        }
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, email, name, role, is_active, version, created_at, updated_at
            FROM identity.user
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// The people who have a skill, read in the order of the skill's own index.
    private func list(
        _ workspace: ID<Workspace>, having skill: (id: ID<Skill>, level: Int64), _ conditions: [SQL],
        after: ID<User>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND k.user_id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT u.id, u.email, u.name, u.role, u.is_active, u.version, u.created_at, u.updated_at
            FROM identity.user_skill AS k
            JOIN LATERAL (
                SELECT id, email, name, role, is_active, version, created_at, updated_at
                FROM identity.user
                WHERE \(SQL.joined(conditions, by: " AND ")) AND id = k.user_id
            ) AS u ON true
            WHERE k.workspace_id = \(workspace) AND k.skill_id = \(skill.id) AND k.level >= \(skill.level) \(position)
            ORDER BY k.user_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One user, as the wire shows it; no row when there is none.
    func show(_ workspace: ID<Workspace>, _ id: ID<User>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT id, email, name, role, is_active, version, created_at, updated_at
            FROM identity.user
            WHERE workspace_id = \(workspace) AND id = \(id)
            """)
    }

    /// One user with workspace and teams, as the wire shows who somebody is.
    func me(_ workspace: ID<Workspace>, _ id: ID<User>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT u.id, u.email, u.name, u.role, u.is_active, u.created_at, u.updated_at,
                w.workspace_id AS "workspace.id", w.slug AS "workspace.slug", w.name AS "workspace.name",
                w.time_zone AS "workspace.time_zone",
                COALESCE((
                    SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name) ORDER BY t.name_key)
                    FROM identity.team_member AS m
                    JOIN identity.team AS t ON t.workspace_id = m.workspace_id AND t.id = m.team_id
                    WHERE m.workspace_id = \(workspace) AND m.user_id = \(id)
                ), '[]'::jsonb) AS teams
            FROM identity.user AS u
            JOIN identity.workspace AS w ON w.workspace_id = u.workspace_id
            WHERE u.workspace_id = \(workspace) AND u.id = \(id)
            """)
    }

    /// What a user is told about by mail.
    func notifications(_ workspace: ID<Workspace>, _ id: ID<User>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT assignment_mail, version
            FROM identity.user
            WHERE workspace_id = \(workspace) AND id = \(id)
            """)
    }

    /// Adds a user with a password, in one statement with activity, audit and key.
    ///
    /// - Throws: ``Problem`` 409 when the mail address is taken; ``PostgresError``.
    func add(_ user: User, password: PasswordHash, answer: StoredAnswer, _ context: WriteContext) async throws {
        let event = AuditEvent(.userCreated, user: user.id, detail: ["role": user.role.rawValue])
        try await namingTaken {
            _ = try await database.write(
                in: .workspace(context.workspace),
                """
                WITH subject AS (SELECT \(user.id)::uuid AS id),
                \(context.keep(answer, from: "subject")),
                changed AS (
                    \(Self.insertion(of: user, in: context.workspace, from: "kept"))
                    RETURNING id, version
                ),
                password AS (
                    INSERT INTO identity.password (workspace_id, user_id, encoded, changed_at)
                    SELECT \(context.workspace), id, \(password.encoded), \(context.now) FROM changed
                ),
                \(context.activity(.user, verb: .created, from: "changed")),
                \(event.insertion(AuditSource(context)))
                SELECT count(*) FROM changed, kept
                """)
        }
    }

    /// Adds a user without a password, in one statement with activity, audit and key, and with the link by which they
    /// choose one.
    ///
    /// - Throws: ``Problem`` 409 when the mail address is taken; ``PostgresError``.
    func invite(_ user: User, _ link: LinkSecret, until end: Timestamp, _ context: WriteContext) async throws {
        let event = AuditEvent(.userInvited, user: user.id, detail: ["role": user.role.rawValue])
        try await namingTaken {
            _ = try await database.write(
                in: context.scope,
                """
                WITH subject AS (SELECT \(user.id)::uuid AS id),
                \(context.keep(nil, from: "subject")),
                changed AS (
                    \(Self.insertion(of: user, in: context.workspace, from: "kept"))
                    RETURNING id, version
                ),
                link AS (
                    INSERT INTO identity.link (
                        workspace_id, id, user_id, purpose, secret_hash, created_at, expires_at)
                    SELECT \(context.workspace), \(link.id), id, \(LinkPurpose.invitation.rawValue), \(link.hash),
                        \(context.now), \(end)
                    FROM changed
                ),
                \(context.activity(.user, verb: .created, from: "changed")),
                \(event.insertion(AuditSource(context)))
                SELECT count(*) FROM changed, kept
                """)
        }
    }

    /// The insertion of a new user, once a row source answers.
    static func insertion(of user: User, in workspace: ID<Workspace>, from source: SQL) -> SQL {
        """
        INSERT INTO identity.user (
            workspace_id, id, email, email_key, name, role, is_active, version, created_at, updated_at)
        SELECT \(workspace), \(user.id), \(user.email), \(EmailKey(user.email).value), \(user.name),
            \(user.role.rawValue), \(user.isActive), \(Int64(user.version)), \(user.createdAt), \(user.updatedAt)
        FROM \(source)
        """
    }

    /// Runs a write, and names the field whose value somebody else has.
    func namingTaken<Value: Sendable>(_ write: () async throws -> Value) async throws -> Value {
        do {
            return try await write()
        } catch let error as PostgresError where error.constraint == "uq_user_email" {
            throw Problem(
                .conflict, "Another user of this workspace has this mail address.",
                errors: [FieldError("/email", .taken, "belongs to another user")])
        }
    }
}
