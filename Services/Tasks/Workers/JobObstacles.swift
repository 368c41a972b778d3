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
/// Each task is decided about as if those before it had been moved by requests of their own: what the turn has changed
/// of a task's parts and of what it waits for counts at once, although it is written at the end.
///
/// The turn waits for no task: where somebody holds a parent, or what waits for a task, it stops short of that task.
/// Then it locks the tickets that come to wait, in the order of their ids; their writers wait for no task either.
struct JobObstacles {
    /// How many of the records can be decided about; of the next somebody holds what is tied to it.
    let reach: Int
    private let turn: JobTurn
    private let ties: JobTies
    /// The tickets that have ended, of those that would come to wait for a task.
    private let ended: Set<ID<TaskSubject>>
    private var moved: [TaskItem] = []
    /// How many more tasks that have not ended each waits for by what the turn has done so far; fewer below zero.
    private var blockers: [ID<TaskItem>: Int] = [:]
    /// The same of each task's open parts.
    private var parts: [ID<TaskItem>: Int] = [:]

    /// Locks what the moves of locked records take besides them.
    ///
    /// - Parameters:
    ///   - after: What each is to become; itself when that is nothing else.
    ///   - records: The records, in the order of their ids.
    ///   - turn: The turn.
    /// - Throws: ``PostgresError``.
    init(to after: [TaskItem], of records: [TaskRow], _ turn: JobTurn) async throws {
        self.turn = turn
        let moves = zip(records, after).map { JobMove(before: $0.task, after: $1) }
        ties = try await JobTies(of: moves.filter(\.isTold).map(\.before), turn)
        let free = try await ties.hold(turn)
        let ties = ties
        reach = moves.firstIndex { $0.isTold && !ties.of($0.before).isSubset(of: free) } ?? moves.count
        let tickets = moves.prefix(reach).compactMap { TicketLock.ticket($0.before, $0.after) }
        ended = try await TicketLock.ended(among: Set(tickets), turn.transaction, in: turn.asker.workspace)
    }

    /// Expects that nothing holds a task on its way; whether force was needed.
    ///
    /// - Throws: ``JobObstacle``.
    mutating func pass(_ before: TaskRow, _ after: TaskItem, byForce: Bool) throws(JobObstacle) -> Bool {
        guard before.task.status != after.status else { return false }
        let isBlocked = before.openBlockers + blockers[after.id, default: 0] > 0
        let waits = isBlocked && (after.status == .inProgress || after.status == .completed)
        let hasParts = before.task.subtasks.open + parts[after.id, default: 0] > 0 && after.status.isEnded
        if waits, !byForce { throw JobObstacle(code: .blocked) }
        if hasParts, !byForce { throw JobObstacle(code: .openSubtasks) }
        try restore(before, after)
        return waits || hasParts
    }

    /// Expects that no ticket that has ended would come to wait for a task.
    ///
    /// Nothing else holds a task on its way back to where it was: it was there, be it by force, and its parts and what
    /// it waits for may come back after it.
    ///
    /// - Throws: ``JobObstacle``.
    mutating func restore(_ before: TaskRow, _ after: TaskItem) throws(JobObstacle) {
        let move = JobMove(before: before.task, after: after)
        if let ticket = TicketLock.ticket(move.before, after), ended.contains(ticket) {
            throw JobObstacle(code: .ticketHasEnded)
        }
        guard move.isTold else { return }
        moved.append(after)
        let change = after.status.isEnded ? -1 : 1
        for task in ties.waiting(for: after.id) { blockers[task, default: 0] += change }
        if let parent = after.parentID { parts[parent, default: 0] += change }
    }

    /// Tells the parents of the moved tasks, and what waits for them, which of them ended and which were brought back;
    /// the reminders of these are waited for again.
    ///
    /// - Throws: ``PostgresError``.
    func fold(_ reminders: ReminderStore) async throws {
        guard !moved.isEmpty else { return }
        let back = moved.filter { !$0.status.isEnded }.map(\.id)
        try await reminders.resume(back, turn.transaction, in: turn.asker.workspace)
        let ids = moved.map(\.id)
        let changes: [Int64] = moved.map { $0.status.isEnded ? -1 : 1 }
        let workspace = turn.asker.workspace
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

/// What a job is about to make of a task.
private struct JobMove {
    let before: TaskItem
    let after: TaskItem

    /// Whether the task ends or is brought back, which is told to those that are tied to it.
    var isTold: Bool { before.status.isEnded != after.status.isEnded }
}

extension TaskStatus {
    /// Reads the word that a job kept.
    init?(json: JSONValue) {
        guard case .string(let word) = json else { return nil }
        self.init(rawValue: word)
    }
}
