import Models
import Postgres
import ServiceKit

/// Changes users in transactions: what depends on others is decided while they are locked.
struct UserAdministration: Sendable {
    let database: Database

    /// What a change left behind.
    struct Outcome: Sendable {
        let answer: StoredAnswer
        /// Sessions and keys that ended with it: other processes are told.
        var ended: [String] = []
    }

    /// Changes a user, ends the credentials that end with it, and writes activity and audit.
    ///
    /// - Throws: ``Problem`` 404, 409 or 412; ``UserChange/Violation``; ``PostgresError``.
    func change(
        _ id: ID<User>, _ patch: UpdateUser, expecting version: Int64?, _ context: WriteContext
    ) async throws -> Outcome {
        try await UserStore(database: database).namingTaken {
            try await database.transaction(in: .workspace(context.workspace)) { tx in
                if patch.role != nil || patch.isActive != nil { try await lockWorkspace(tx, context) }
                let row = try await lock(id, expecting: version, tx, context)
                let user = row.applying(patch, at: context.now)
                guard row.isChanged(by: user) else {
                    return try await keep(StoredAnswer(status: 200, row.user, version: Int(row.version)), tx, context)
                }
                let change = try UserChange(
                    of: row.state, to: UserState(role: user.role, isActive: user.isActive),
                    otherAdministrators: row.state.isActiveAdministrator
                        ? try await otherAdministrators(than: id, tx, context) : 0)
                let keys = try await liveKeys(of: id, tx, context).filter { change.ends(keyWith: $0.permissions) }
                let answer = try StoredAnswer(status: 200, user, version: user.version)
                if user.email != row.email || !user.isActive {
                    try await CredentialEnding(tx: tx, context: context).voidLinks(of: id)
                }
                let effects = Effects(
                    endsSessions: change.endsSessions, keys: keys.map(\.id),
                    events: change.audit(of: id)
                        + (user.email == row.email ? [] : [AuditEvent(.mailAddressChanged, user: id)]))
                let ended = try await save(user, effects, answer, tx, context)
                return Outcome(answer: answer, ended: ended)
            }
        }
    }

    /// Chooses what a user is told about by mail.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func chooseNotifications(
        of id: ID<User>, _ patch: UpdateNotificationChoices, expecting version: Int64?, _ context: WriteContext
    ) async throws -> Outcome {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await lock(id, expecting: version, tx, context)
            let isOn = patch.assignmentMail ?? row.assignmentMail
            let version = isOn == row.assignmentMail ? row.version : row.version + 1
            let answer = try StoredAnswer(
                status: 200, NotificationChoices(assignmentMail: isOn, version: Int(version)), version: Int(version))
            guard version != row.version else { return try await keep(answer, tx, context) }
            _ = try await tx.query(
                """
                WITH subject AS (
                    SELECT id, assignment_mail FROM identity.user
                    WHERE workspace_id = \(context.workspace) AND id = \(id)
                ),
                changed AS (
                    UPDATE identity.user
                    SET assignment_mail = \(isOn), version = version + 1, updated_at = \(context.now)
                    WHERE workspace_id = \(context.workspace) AND id = \(id)
                    RETURNING id, version, assignment_mail
                ),
                \(context.activity(
                    .user, verb: .updated, from: "changed", before: "subject", changes: [.column("assignment_mail")])),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM changed, kept
                """)
            return Outcome(answer: answer)
        }
    }

    // MARK: Steps

    /// Holds back every other change of who administers the workspace, until the end of the transaction.
    func lockWorkspace(_ tx: Transaction, _ context: WriteContext) async throws {
        _ = try await tx.query(
            """
            SELECT workspace_id FROM identity.workspace
            WHERE workspace_id = \(context.workspace)
            FOR NO KEY UPDATE
            """)
    }

    /// Locks a user against change.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func lock(
        _ id: ID<User>, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> UserRow {
        let row = try await tx.first(
            """
            SELECT \(columns: UserRow.self)
            FROM identity.user
            WHERE workspace_id = \(context.workspace) AND id = \(id)
            FOR NO KEY UPDATE
            """, as: UserRow.self)
        guard let row else { throw Problem.notFound("user") }
        if let version, version != row.version { throw Problem.versionMismatch(current: row.version) }
        return row
    }

    /// Index: ix_user_active_administrator.
    private func otherAdministrators(
        than id: ID<User>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> Int {
        let result = try await tx.query(
            """
            SELECT count(*) AS others
            FROM (
                SELECT 1 FROM identity.user
                WHERE workspace_id = \(context.workspace) AND role = 'administrator' AND is_active AND id <> \(id)
                LIMIT 1
            ) AS other
            """)
        return Int(try result.value("others", as: Int64.self))
    }

    private func liveKeys(of id: ID<User>, _ tx: Transaction, _ context: WriteContext) async throws -> [LiveKeyRow] {
        try await tx.query(
            """
            SELECT \(columns: LiveKeyRow.self)
            FROM identity.api_key
            WHERE workspace_id = \(context.workspace) AND user_id = \(id) AND revoked_at IS NULL
            """, as: LiveKeyRow.self)
    }

    private func keep(_ answer: StoredAnswer, _ tx: Transaction, _ context: WriteContext) async throws -> Outcome {
        try await context.keep(answer, in: tx)
        return Outcome(answer: answer)
    }

    /// What a change brings about beside the record.
    private struct Effects {
        let endsSessions: Bool
        let keys: [ID<APIKey>]
        let events: [AuditEvent]
    }

    private func save(
        _ user: User, _ effects: Effects, _ answer: StoredAnswer, _ tx: Transaction, _ context: WriteContext
    ) async throws -> [String] {
        _ = try await tx.query(
            """
            WITH subject AS (
                SELECT id, role, is_active FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(user.id)
            ),
            changed AS (
                UPDATE identity.user
                SET email = \(user.email), email_key = \(EmailKey(user.email).value), name = \(user.name),
                    role = \(user.role.rawValue), is_active = \(user.isActive), version = version + 1,
                    updated_at = \(context.now)
                WHERE workspace_id = \(context.workspace) AND id = \(user.id)
                RETURNING id, version, role, is_active
            ),
            \(context.activity(
                .user, verb: .updated, from: "changed", before: "subject",
                changes: [.column("role"), .column("is_active")])),
            \(context.keep(answer, from: "changed"))
            SELECT count(*) FROM changed, kept
            """)
        var ended: [String] = []
        let credentials = CredentialEnding(tx: tx, context: context)
        if effects.endsSessions { ended += try await credentials.endSessions(of: user.id) }
        if !effects.keys.isEmpty { ended += try await credentials.revoke(effects.keys) }
        for event in effects.events { try await credentials.audit(event) }
        return ended
    }
}

/// A key that can still be used, as the rules see it.
struct LiveKeyRow: PostgresRow {
    static let columns = ["id", "permissions"]

    let id: ID<APIKey>
    let permissions: Set<Permission>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        permissions = Set(try row.decode("permissions", as: [String].self).map(Permission.init(rawValue:)))
    }
}
