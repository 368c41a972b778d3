import Models
import Postgres
import ServiceKit

/// The tasks that are told when those of a job's turn end or are brought back: their parents, and what waits for them.
///
/// Whoever ties tasks to each other holds both: the ties of a task that the turn has locked stay as they are.
struct JobTies: Sendable {
    private var waiting: [ID<TaskItem>: [ID<TaskItem>]] = [:]
    private var parents: Set<ID<TaskItem>> = []

    /// Reads the ties of locked tasks.
    ///
    /// Index: ix_dependency_blocker; a task is waited for by at most 200.
    ///
    /// - Throws: ``PostgresError``.
    init(of tasks: [TaskItem], _ turn: JobTurn) async throws {
        guard !tasks.isEmpty else { return }
        parents = Set(tasks.compactMap(\.parentID))
        let rows = try await turn.transaction.query(
            """
            SELECT d.blocker_id, d.task_id
            FROM tasks.dependency AS d
            WHERE d.workspace_id = \(turn.asker.workspace) AND d.blocker_id = ANY (\(tasks.map(\.id)))
            """, as: WaitingRow.self)
        for row in rows { waiting[row.blocker, default: []].append(row.task) }
    }

    /// What waits for a task.
    func waiting(for task: ID<TaskItem>) -> [ID<TaskItem>] { waiting[task] ?? [] }

    /// What is told of a task.
    func of(_ task: TaskItem) -> Set<ID<TaskItem>> {
        Set(waiting(for: task.id) + [task.parentID].compactMap(\.self))
    }

    /// Locks them until the transaction's end, without waiting for any; those that somebody else does not hold.
    ///
    /// - Throws: ``PostgresError``.
    func hold(_ turn: JobTurn) async throws -> Set<ID<TaskItem>> {
        let ids = parents.union(waiting.values.joined())
        guard !ids.isEmpty else { return [] }
        return Set(
            try await turn.transaction.query(
                """
                SELECT t.id FROM tasks.task AS t
                WHERE t.workspace_id = \(turn.asker.workspace) AND t.id = ANY (\(ids.sorted()))
                ORDER BY t.id
                FOR NO KEY UPDATE OF t SKIP LOCKED
                """, as: TaskIDRow.self
            ).map(\.id))
    }
}

private struct WaitingRow: PostgresRow {
    static let columns = ["blocker_id", "task_id"]
    let blocker: ID<TaskItem>
    let task: ID<TaskItem>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        blocker = try row.decode("blocker_id")
        task = try row.decode("task_id")
    }
}
