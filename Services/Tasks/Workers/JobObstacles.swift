import Models
import Postgres
import ServiceKit

/// Why a task of a job does not move.
struct JobObstacle: Error {
    /// The code of the problem that a request of its own would have been answered.
    let code: Problem.Code
}

/// What stands against the moves of one turn of a job, and what they change of other tasks.
///
/// The records of a turn are locked before their parents and those that wait for them: two turns, or a turn and a
/// request, can wait for each other in a circle, which the server breaks; the turn's timer then begins it anew.
struct JobObstacles {
    private let turn: JobTurn
    private var moved: [TaskItem] = []

    /// Works within a turn.
    init(_ turn: JobTurn) {
        self.turn = turn
    }

    /// Expects that nothing holds a task on its way; whether force was needed.
    ///
    /// - Throws: ``JobObstacle``; ``PostgresError``.
    mutating func pass(_ before: TaskItem, _ after: TaskItem, byForce: Bool) async throws -> Bool {
        guard before.status != after.status else { return false }
        let waits = before.isBlocked && (after.status == .inProgress || after.status == .completed)
        let hasParts = before.subtasks.open > 0 && after.status.isEnded
        if waits, !byForce { throw JobObstacle(code: .blocked) }
        if hasParts, !byForce { throw JobObstacle(code: .openSubtasks) }
        do {
            try await TicketLock.hold([(before, after)], turn.transaction, in: turn.asker.workspace)
        } catch let problem as Problem where problem.code == .ticketHasEnded || problem.code == .notFound {
            throw JobObstacle(code: .ticketHasEnded)
        }
        if before.status.isEnded != after.status.isEnded { moved.append(after) }
        return waits || hasParts
    }

    /// Tells the parents of the moved tasks, and what waits for them, which of them ended and which were brought back.
    ///
    /// - Throws: ``PostgresError``.
    func fold() async throws {
        guard !moved.isEmpty else { return }
        let ids = moved.map(\.id)
        let changes: [Int64] = moved.map { $0.status.isEnded ? -1 : 1 }
        let workspace = turn.asker.workspace
        _ = try await turn.transaction.query(
            """
            SELECT t.id FROM tasks.task AS t
            JOIN (
                SELECT d.task_id AS id FROM tasks.dependency AS d
                WHERE d.workspace_id = \(workspace) AND d.blocker_id = ANY (\(ids))
                UNION
                SELECT s.parent_id FROM tasks.task AS s
                WHERE s.workspace_id = \(workspace) AND s.id = ANY (\(ids)) AND s.parent_id IS NOT NULL
            ) AS a ON t.workspace_id = \(workspace) AND t.id = a.id
            ORDER BY t.id
            FOR NO KEY UPDATE OF t
            """)
        _ = try await turn.transaction.query(
            """
            UPDATE tasks.task AS t
            SET open_blocker_count = t.open_blocker_count + n.change, label_revision = t.label_revision + 1
            FROM (
                SELECT d.task_id, sum(m.change)::bigint AS change
                FROM unnest(\(ids), \(changes)) AS m (id, change)
                JOIN tasks.dependency AS d ON d.workspace_id = \(workspace) AND d.blocker_id = m.id
                GROUP BY d.task_id
            ) AS n
            WHERE t.workspace_id = \(workspace) AND t.id = n.task_id
            """)
        _ = try await turn.transaction.query(
            """
            UPDATE tasks.task AS t
            SET open_subtask_count = t.open_subtask_count + n.change, label_revision = t.label_revision + 1
            FROM (
                SELECT s.parent_id, sum(m.change)::bigint AS change
                FROM unnest(\(ids), \(changes)) AS m (id, change)
                JOIN tasks.task AS s ON s.workspace_id = \(workspace) AND s.id = m.id AND s.parent_id IS NOT NULL
                GROUP BY s.parent_id
            ) AS n
            WHERE t.workspace_id = \(workspace) AND t.id = n.parent_id
            """)
    }
}

extension TaskStatus {
    /// Reads the word that a job kept.
    init?(json: JSONValue) {
        guard case .string(let word) = json else { return nil }
        self.init(rawValue: word)
    }
}
