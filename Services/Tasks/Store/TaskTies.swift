import Models
import Postgres
import ServiceKit

/// What tasks have to do with each other, within a transaction: their locks, and what they fold in from each other.
///
/// Every transaction that locks several tasks locks them in the order of their ids, and the workspace's structure after
/// them: so no two wait for each other in a circle.
struct TaskTies: Sendable {
    /// How often a change of status begins anew because others were tied to the task meanwhile.
    static let tries = 3

    /// 503 when others were tied to a task between the look for its ties and its lock.
    static var changed: Problem {
        .unavailable("Others are being tied to this task just now.", retryAfterSeconds: 1)
    }

    private let tx: Transaction
    private let workspace: ID<Workspace>

    /// Works in a transaction.
    init(_ tx: Transaction, _ context: WriteContext) {
        self.tx = tx
        workspace = context.workspace
    }

    // MARK: Locks

    /// Locks a task and those that show where it stands, in the order of their ids; the ids.
    func lock(around task: ID<TaskItem>) async throws -> Set<ID<TaskItem>> {
        Set(
            try await tx.query(
                """
                SELECT t.id
                FROM (\(Self.around(task, in: workspace))) AS a
                JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = a.id
                ORDER BY t.id
                FOR NO KEY UPDATE OF t
                """, as: TaskIDRow.self
            ).map(\.id))
    }

    /// A task and those that show where it stands: its parent, and what waits for it.
    func around(_ task: ID<TaskItem>) async throws -> Set<ID<TaskItem>> {
        Set(try await tx.query(Self.around(task, in: workspace), as: TaskIDRow.self).map(\.id))
    }

    /// Locks two or three tasks in the order of their ids, of which some may not be there.
    func lock(_ tasks: Set<ID<TaskItem>>) async throws {
        let ids = SQL.joined(tasks.sorted().map { "\($0)" }, by: ", ")
        _ = try await tx.query(
            """
            SELECT t.id FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.id IN (\(ids))
            ORDER BY t.id
            FOR NO KEY UPDATE OF t
            """)
    }

    /// Waits until nobody else ties tasks of the workspace to each other, after the tasks were locked.
    func lockStructure() async throws {
        _ = try await tx.query(
            """
            INSERT INTO tasks.structure AS s (workspace_id, revision)
            VALUES (\(workspace), 1)
            ON CONFLICT (workspace_id) DO UPDATE SET revision = s.revision + 1
            """)
    }

    // MARK: Folds

    /// Tells a task's parent and what waits for it that it ended, or that it did not.
    func fold(_ task: TaskItem) async throws(PostgresError) {
        let change: Int64 = task.status.isEnded ? -1 : 1
        _ = try await tx.query(
            """
            UPDATE tasks.task AS t
            SET open_blocker_count = t.open_blocker_count + \(change), label_revision = t.label_revision + 1
            FROM tasks.dependency AS d
            WHERE d.workspace_id = \(workspace) AND d.blocker_id = \(task.id)
              AND t.workspace_id = \(workspace) AND t.id = d.task_id
            """)
        if let parent = task.parentID { try await count(total: 0, open: change, in: parent) }
    }

    /// Counts parts of a task that came, went, ended or were brought back.
    func count(total: Int64, open: Int64, in parent: ID<TaskItem>) async throws(PostgresError) {
        _ = try await tx.query(
            """
            UPDATE tasks.task AS t
            SET subtask_count = t.subtask_count + \(total), open_subtask_count = t.open_subtask_count + \(open),
                label_revision = t.label_revision + 1
            WHERE t.workspace_id = \(workspace) AND t.id = \(parent)
            """)
    }

    /// The indexes are pk_task and ix_dependency_blocker; a task is waited for by at most 200.
    private static func around(_ task: ID<TaskItem>, in workspace: ID<Workspace>) -> SQL {
        """
        SELECT s.id FROM tasks.task AS s WHERE s.workspace_id = \(workspace) AND s.id = \(task)
        UNION
        SELECT s.parent_id FROM tasks.task AS s
        WHERE s.workspace_id = \(workspace) AND s.id = \(task) AND s.parent_id IS NOT NULL
        UNION
        SELECT d.task_id FROM tasks.dependency AS d
        WHERE d.workspace_id = \(workspace) AND d.blocker_id = \(task)
        """
    }
}

/// The id of a task.
struct TaskIDRow: PostgresRow {
    static let columns = ["id"]
    let id: ID<TaskItem>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
    }
}
