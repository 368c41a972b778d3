import Models
import Postgres
import ServiceKit

/// Who follows tasks.
struct WatcherStore: Sendable {
    let database: Database

    /// The most people who follow a task.
    static let limit = 200

    /// One page of who follows a task, in the order of their ids.
    ///
    /// Index: pk_watcher.
    func watchers(
        of task: ID<TaskItem>, in workspace: ID<Workspace>, after: ID<User>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND w.user_id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT w.user_id AS id, p.name, w.added_at
            FROM tasks.watcher AS w
            JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = w.user_id
            WHERE w.workspace_id = \(workspace) AND w.task_id = \(task) \(position)
            ORDER BY w.user_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Lets somebody follow a task; nothing changes when they do.
    ///
    /// - Throws: ``Problem`` 404 when the task or the person is not there, 409 when too many follow it, 412;
    ///   ``PostgresError``.
    func add(
        _ user: ID<User>, to task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await TaskChangeStore(database: database).changePart(of: task, expecting: version, context) { row, tx in
            let state = try await state(of: user, row.task.id, tx, context)
            guard try state.value("is_person", as: Bool.self) else { throw Problem.notFound("user") }
            guard try !state.value("watches", as: Bool.self) else { return TaskPartChange(nil, .noContent) }
            guard try state.value("watchers", as: Int64.self) < Int64(Self.limit) else {
                throw Problem(.conflict, "At most \(Self.limit) people follow a task.")
            }
            var decision = TaskDecision(task: row.task.changed(at: context.now), verb: .watched)
            decision.watchers = [user]
            decision.details = [.ids("watcher_id", from: nil, to: user)]
            return TaskPartChange(decision, .noContent)
        }
    }

    /// Ends that somebody follows a task.
    ///
    /// When they do not, it is 404 if they must; else nothing changes.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func remove(
        _ user: ID<User>, from task: ID<TaskItem>, mustWatch: Bool, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await TaskChangeStore(database: database).changePart(of: task, expecting: version, context) { row, tx in
            let gone = try await tx.query(
                """
                DELETE FROM tasks.watcher
                WHERE workspace_id = \(context.workspace) AND task_id = \(task) AND user_id = \(user)
                RETURNING user_id
                """)
            guard gone.count > 0 else {
                if mustWatch { throw Problem.notFound("watcher") }
                return TaskPartChange(nil, .noContent)
            }
            var decision = TaskDecision(task: row.task.changed(at: context.now), verb: .unwatched)
            decision.details = [.ids("watcher_id", from: user, to: nil)]
            return TaskPartChange(decision, .noContent)
        }
    }

    private func state(
        of user: ID<User>, _ task: ID<TaskItem>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> ResultSet {
        try await tx.query(
            """
            SELECT
                EXISTS (
                    SELECT FROM identity.person AS p
                    WHERE p.workspace_id = \(context.workspace) AND p.id = \(user) AND p.is_active) AS is_person,
                EXISTS (
                    SELECT FROM tasks.watcher AS w
                    WHERE w.workspace_id = \(context.workspace) AND w.task_id = \(task) AND w.user_id = \(user)
                ) AS watches,
                (SELECT count(*) FROM tasks.watcher AS w
                    WHERE w.workspace_id = \(context.workspace) AND w.task_id = \(task)) AS watchers
            """)
    }
}

/// New watchers as a fragment of the statement that changes their task.
enum WatcherWriting {
    /// `watching AS (…)`: lets people follow the one task of `changed`, as far as there is room; who does stays.
    static func watching(_ people: [ID<User>], _ context: WriteContext) -> SQL {
        guard !people.isEmpty else { return "watching AS (SELECT NULL::uuid AS id WHERE false)" }
        return """
            watching AS (
                INSERT INTO tasks.watcher (workspace_id, task_id, user_id, added_at)
                SELECT \(context.workspace), changed.id, w.user_id, \(context.now)
                FROM changed, unnest(\(people)) AS w (user_id)
                LIMIT GREATEST(0, \(Int64(WatcherStore.limit)) - (
                    SELECT count(*) FROM tasks.watcher AS o, changed
                    WHERE o.workspace_id = \(context.workspace) AND o.task_id = changed.id))
                ON CONFLICT (workspace_id, task_id, user_id) DO NOTHING
            )
            """
    }

    /// `alongside AS (…)`: lets a person follow those tasks of a turn that they come to have, where there is room.
    static func alongside(_ person: ID<User>, _ turn: JobTurn) -> SQL {
        """
        alongside AS (
            INSERT INTO tasks.watcher (workspace_id, task_id, user_id, added_at)
            SELECT \(turn.asker.workspace), changed.id, \(person), \(turn.asker.now)
            FROM changed JOIN decided ON decided.id = changed.id
            WHERE decided.before ? 'assignee_id'
              AND (
                  SELECT count(*) FROM tasks.watcher AS o
                  WHERE o.workspace_id = \(turn.asker.workspace) AND o.task_id = changed.id
              ) < \(Int64(WatcherStore.limit))
            ON CONFLICT (workspace_id, task_id, user_id) DO NOTHING
            RETURNING task_id
        )
        """
    }
}

extension ActivityVerb {
    /// Somebody follows the task.
    static let watched = ActivityVerb(rawValue: "watched")
    /// Somebody follows the task no more.
    static let unwatched = ActivityVerb(rawValue: "unwatched")
    /// Something was said about the task.
    static let commented = ActivityVerb(rawValue: "commented")
}
