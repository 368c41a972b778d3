import Models
import Postgres
import ServiceKit

/// Looks for what forbids a move of a task that is locked, together with those that show it.
struct MoveObstacles: Sendable {
    private let tx: Transaction
    private let workspace: ID<Workspace>

    /// Works in the transaction that has the locks.
    init(_ tx: Transaction, _ context: WriteContext) {
        self.tx = tx
        workspace = context.workspace
    }

    /// Expects that nothing holds a task, unless it is moved by force; whether force was needed.
    ///
    /// A task that waits for others cannot be begun or completed; one with open parts cannot be completed or cancelled.
    /// Both are folded into the task, whose lock every change of them takes: what is true here is true until the end.
    ///
    /// - Throws: ``Problem`` 409 `blocked` or `open_subtasks`; ``PostgresError``.
    func check(_ move: TaskMove, of task: TaskItem) async throws -> Bool {
        let waits = task.isBlocked && (move.request.status == .inProgress || move.request.status == .completed)
        let hasParts = task.subtasks.open > 0 && move.request.status.isEnded
        if move.request.force == true { return waits || hasParts }
        if waits { throw RelationProblems.blocked(by: try await openBlockers(of: task.id)) }
        if hasParts { throw RelationProblems.openSubtasks(try await openSubtasks(of: task.id)) }
        return false
    }

    /// Index: pk_dependency; a task waits for at most 50.
    private func openBlockers(of task: ID<TaskItem>) async throws -> [TaskCard] {
        try await tx.query(
            """
            SELECT t.id, t.title, t.status
            FROM tasks.dependency AS d
            JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = d.blocker_id AND NOT t.is_ended
            WHERE d.workspace_id = \(workspace) AND d.task_id = \(task)
            ORDER BY d.blocker_id
            LIMIT \(Int64(RelationStore.namedLimit))
            """, as: TaskCardRow.self
        ).map(\.card)
    }

    /// Index: ix_task_parent; a task has at most 200 parts.
    private func openSubtasks(of task: ID<TaskItem>) async throws -> [TaskCard] {
        try await tx.query(
            """
            SELECT t.id, t.title, t.status
            FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.parent_id = \(task) AND NOT t.is_ended
            ORDER BY t.id
            LIMIT \(Int64(RelationStore.namedLimit))
            """, as: TaskCardRow.self
        ).map(\.card)
    }
}
