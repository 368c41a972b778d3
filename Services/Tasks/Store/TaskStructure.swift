import Models
import Postgres
import ServiceKit

/// Refuses ties between tasks that would close a circle or go too deep, under the lock of the workspace's structure.
struct TaskStructure: Sendable {
    /// The most levels of parts: a task, its parts, and so on.
    static let depthLimit = 5
    /// The most parts of a task.
    static let subtaskLimit = 200
    /// The most tasks that a task waits for.
    static let blockerLimit = 50
    /// The most tasks that wait for a task.
    static let blockingLimit = 200
    /// The most ties that are followed before a tie is refused because too much hangs together.
    static let walkLimit = 5_000
    /// The most tasks of a circle that are named.
    static let pathLimit = 20

    private let tx: Transaction
    private let workspace: ID<Workspace>

    /// Works in a transaction that has the structure's lock.
    init(_ tx: Transaction, _ context: WriteContext) {
        self.tx = tx
        workspace = context.workspace
    }

    /// Expects that one task can be made to end before another.
    ///
    /// - Throws: ``Problem`` 409 `dependency_cycle` with the way from the later to the earlier one; ``PostgresError``.
    func expectOrder(_ earlier: ID<TaskItem>, before later: ID<TaskItem>) async throws {
        var found: [TaskOrder] = []
        if earlier != later { found = try await ties(from: later) }
        guard found.count <= Self.walkLimit else { throw RelationProblems.tooMuchHangsTogether }
        guard let path = TaskWalk(ties: found).path(from: later, to: earlier) else { return }
        throw RelationProblems.cycle(try await cards(Array(path.prefix(Self.pathLimit))))
    }

    /// Expects that a task with its own parts can be put under another.
    ///
    /// - Throws: ``Problem`` 409 `conflict`; ``PostgresError``.
    func expectRoom(for task: ID<TaskItem>?, under parent: TaskRow) async throws {
        guard !parent.task.status.isEnded else { throw RelationProblems.parentHasEnded }
        guard parent.task.subtasks.total < Self.subtaskLimit else { throw RelationProblems.tooManySubtasks }
        var levels = try await depth(of: parent.task.id) + 1
        if let task { levels += try await height(of: task) - 1 }
        guard levels <= Self.depthLimit else { throw RelationProblems.tooDeep }
    }

    /// How tasks are named, in the order of their ids in the list.
    func cards(_ tasks: [ID<TaskItem>]) async throws -> [TaskCard] {
        let ids = SQL.joined(tasks.map { "\($0)" }, by: ", ")
        let cards = try await tx.query(
            """
            SELECT t.id, t.title, t.status
            FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.id IN (\(ids))
            """, as: TaskCardRow.self
        ).map(\.card)
        return tasks.compactMap { id in cards.first { $0.id == id } }
    }

    /// What can only end after a task, as ties, nearer ones first.
    ///
    /// Indexes: pk_task, ix_dependency_blocker.
    private func ties(from task: ID<TaskItem>) async throws -> [TaskOrder] {
        try await tx.query(
            """
            WITH RECURSIVE walk (earlier, later) AS (
                SELECT NULL::uuid, \(task)
                UNION
                SELECT w.later, n.id
                FROM walk AS w
                CROSS JOIN LATERAL (
                    SELECT d.task_id AS id FROM tasks.dependency AS d
                    WHERE d.workspace_id = \(workspace) AND d.blocker_id = w.later
                    UNION ALL
                    SELECT t.parent_id FROM tasks.task AS t
                    WHERE t.workspace_id = \(workspace) AND t.id = w.later AND t.parent_id IS NOT NULL
                ) AS n
            )
            SELECT w.earlier, w.later FROM walk AS w
            LIMIT \(Int64(Self.walkLimit) + 2)
            """, as: TieRow.self
        ).compactMap(\.tie)
    }

    /// At which level a task stands, from 1; no further than one above the limit.
    private func depth(of task: ID<TaskItem>) async throws -> Int {
        let result = try await tx.query(
            """
            WITH RECURSIVE up (id, level) AS (
                SELECT \(task), 1
                UNION ALL
                SELECT t.parent_id, u.level + 1
                FROM up AS u
                JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = u.id AND t.parent_id IS NOT NULL
                WHERE u.level <= \(Int32(Self.depthLimit))
            )
            SELECT max(u.level)::bigint AS level FROM up AS u
            """)
        return Int(try result.value("level", as: Int64.self))
    }

    /// How many levels a task and its parts have.
    ///
    /// Index: ix_task_parent.
    private func height(of task: ID<TaskItem>) async throws -> Int {
        let result = try await tx.query(
            """
            WITH RECURSIVE down (id, level) AS (
                SELECT \(task), 1
                UNION ALL
                SELECT t.id, d.level + 1
                FROM down AS d
                JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.parent_id = d.id
                WHERE d.level <= \(Int32(Self.depthLimit))
            )
            SELECT max(b.level)::bigint AS level, count(*) AS parts
            FROM (SELECT d.level FROM down AS d LIMIT \(Int64(Self.walkLimit) + 1)) AS b
            """)
        guard try result.value("parts", as: Int64.self) <= Int64(Self.walkLimit) else {
            throw RelationProblems.tooMuchHangsTogether
        }
        return Int(try result.value("level", as: Int64.self))
    }
}

/// One tie of a walk; the first row has none.
private struct TieRow: PostgresRow {
    static let columns = ["earlier", "later"]
    let tie: TaskOrder?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        let earlier: ID<TaskItem>? = try row.decode("earlier")
        let later: ID<TaskItem> = try row.decode("later")
        tie = earlier.map { TaskOrder(earlier: $0, later: later) }
    }
}

/// A task by its name.
struct TaskCardRow: PostgresRow {
    static let columns = ["id", "title", "status"]
    let card: TaskCard

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        card = TaskCard(id: try row.decode("id"), title: try row.decode("title"), status: try row.decode("status"))
    }
}
