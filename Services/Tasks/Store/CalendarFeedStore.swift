import Models
import Postgres
import ServiceKit

/// Keeps the secret links of calendars, and reads what a calendar shows.
///
/// A link is a key and no record (DESIGN.md, section 5): its making and its end write no activity, and each a line of
/// the security audit, in the same statement (S-21).
struct CalendarFeedStore: Sendable {
    let database: Database

    /// The most tasks of a calendar.
    static let limit = 1_000
    /// For how long after it was due a task that ended is shown.
    static let memory: Duration = .seconds(30 * 86_400)

    /// A person's link; `nil` when there is none.
    func show(_ user: ID<User>, in workspace: ID<Workspace>) async throws(PostgresError) -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT f.id, f.created_at
            FROM tasks.calendar_feed AS f
            WHERE f.workspace_id = \(workspace) AND f.user_id = \(user)
            """)
    }

    /// Puts a link in the place of the person's earlier one, in one statement with the key, under which no answer is
    /// kept.
    ///
    /// - Throws: ``PostgresError``.
    func replace(
        _ feed: CalendarFeed, _ secret: FeedSecret, of user: ID<User>, _ context: WriteContext
    ) async throws(PostgresError) {
        _ = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH subject AS (SELECT 1 AS one),
            \(context.keep(nil, from: "subject")),
            changed AS (
                INSERT INTO tasks.calendar_feed AS f (workspace_id, user_id, id, secret_hash, created_at)
                SELECT \(context.workspace), \(user), \(feed.id), \(secret.hash), \(feed.createdAt)
                FROM kept
                ON CONFLICT ON CONSTRAINT pk_calendar_feed DO UPDATE
                SET id = excluded.id, secret_hash = excluded.secret_hash, created_at = excluded.created_at
                RETURNING f.id
            )
            SELECT count(\(Self.note("calendar_link_created", of: user, context, link: "changed.id"))) FROM changed
            """)
    }

    /// Takes a person's link away.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: ``PostgresError``.
    func revoke(_ user: ID<User>, _ context: WriteContext) async throws(PostgresError) -> Bool {
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH gone AS (
                DELETE FROM tasks.calendar_feed AS f
                WHERE f.workspace_id = \(context.workspace) AND f.user_id = \(user)
                RETURNING f.id
            ),
            \(context.keep(.noContent, from: "gone"))
            SELECT count(\(Self.note("calendar_link_revoked", of: user, context, link: "gone.id"))) AS revoked
            FROM gone CROSS JOIN kept
            """)
        return try result.value("revoked", as: Int64.self) == 1
    }

    /// The call that writes a line of the audit; nothing may be locked after it.
    private static func note(_ event: String, of user: ID<User>, _ context: WriteContext, link: SQL) -> SQL {
        """
        identity.record_calendar_link(
            \(context.workspace), \(ID<AnyRecord>.make(at: context.now)), \(event), \(user), \(link),
            \(context.requestID), \(context.now))
        """
    }

    /// Whose link it is; `nil` when it is nobody's, or of somebody who may not read tasks, or not any more.
    ///
    /// Index: uq_calendar_feed_secret.
    ///
    /// - Throws: ``PostgresError``.
    func owner(of secret: FeedSecret) async throws(PostgresError) -> NamedUser? {
        let row = try await database.first(
            .point, in: .workspace(secret.workspace),
            """
            SELECT p.id, p.name, p.role
            FROM tasks.calendar_feed AS f
            JOIN identity.person AS p ON p.workspace_id = \(secret.workspace) AND p.id = f.user_id
            WHERE f.workspace_id = \(secret.workspace) AND f.secret_hash = \(secret.hash) AND p.is_active
            """, as: FeedOwnerRow.self)
        guard let row, row.role.permissions.contains(.tasksRead) else { return nil }
        return row.user
    }

    /// A person's tasks that are due at a time: what has not ended, due last first, and what has as far as there is
    /// room and it was due less than ``memory`` ago; in the order of their due times.
    ///
    /// Index: ix_task_assignee.
    ///
    /// - Throws: ``PostgresError``.
    func tasks(
        of user: ID<User>, in workspace: ID<Workspace>, at now: Timestamp
    ) async throws(PostgresError) -> [TaskItem] {
        let open = try await tasks(of: user, in: workspace, "NOT t.is_ended", limit: Self.limit)
        let since = now.adding(.zero - Self.memory)
        let ended = try await tasks(
            of: user, in: workspace, "t.is_ended AND t.due_key >= \(since)", limit: Self.limit - open.count)
        return (open + ended).sorted { ($0.dueAt ?? now, $0.id) < ($1.dueAt ?? now, $1.id) }
    }

    private func tasks(
        of user: ID<User>, in workspace: ID<Workspace>, _ condition: SQL, limit: Int
    ) async throws(PostgresError) -> [TaskItem] {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(columns: TaskRow.self)
            FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.assignee_id = \(user) AND \(condition)
              AND t.due_key < '9999-12-31T23:59:59.999999Z'
            ORDER BY t.due_key DESC, t.id DESC
            LIMIT \(Int64(limit))
            """, as: TaskRow.self
        ).map(\.task)
    }
}

/// Whose link it is, and what they are.
private struct FeedOwnerRow: PostgresRow {
    static let columns = ["id", "name", "role"]
    let user: NamedUser
    let role: Role

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        user = NamedUser(id: try row.decode("id"), name: try row.decode("name"))
        role = try row.decode("role")
    }
}
