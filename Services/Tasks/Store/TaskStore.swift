import Models
import Postgres
import ServiceKit

/// Reads and makes tasks one by one.
struct TaskStore: Sendable {
    let database: Database

    /// One task as the wire shows it; no row when there is none.
    func show(_ task: ID<TaskItem>, in workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT \(TaskColumns.full)
            FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.id = \(task)
            """)
    }

    /// Whether there is such a task.
    func exists(_ task: ID<TaskItem>, in workspace: ID<Workspace>) async throws -> Bool {
        let result = try await database.query(
            .point, in: .workspace(workspace),
            "SELECT t.id FROM tasks.task AS t WHERE t.workspace_id = \(workspace) AND t.id = \(task)")
        return result.count > 0
    }

    /// Adds a task, in one statement with its activity and its key.
    ///
    /// A part of another, and one for which a ticket waits, is added in a transaction under their locks.
    ///
    /// - Throws: ``Problem`` when there is no room under its parent, or 409 `ticket_has_ended`; ``PostgresError``.
    func add(_ task: TaskItem, answer: StoredAnswer, _ context: WriteContext) async throws {
        if let parent = task.parentID {
            let relations = RelationStore(database: database)
            return try await relations.add(task, under: parent, answer: answer, context)
        }
        let scope = Scope.workspace(context.workspace)
        guard task.waitingTicket != nil else {
            _ = try await database.write(in: scope, Self.addition(of: task, answer: answer, context))
            return
        }
        try await database.transaction(in: scope) { tx in try await add([task], answer: answer, tx, context) }
    }

    /// Adds several tasks in a transaction, each with its activity, and keeps the one answer that shows them all.
    ///
    /// - Throws: ``Problem`` 409 `ticket_has_ended`; ``PostgresError``.
    func add(
        _ tasks: [TaskItem], answer: StoredAnswer, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        try await TicketLock.hold(tasks.map { (nil, $0) }, tx, in: context.workspace)
        for task in tasks { _ = try await tx.query(Self.addition(of: task, answer: nil, context.withoutKey)) }
        try await context.keep(answer, in: tx)
    }

    /// The statement that adds a task with its activity, its key and its first watchers: who made it, and its assignee.
    static func addition(of task: TaskItem, answer: StoredAnswer?, _ context: WriteContext) -> SQL {
        let changes = JSONText(utf8: JSONWriter.bytes(of: TaskDifference.of(nil, task)))
        let maker: ID<User>? = if case .user(let id) = context.actor { id } else { nil }
        let watchers = Set([maker, task.assignee?.id].compactMap(\.self)).sorted()
        return """
            WITH subject AS (SELECT 1 AS one),
            \(context.keep(answer, from: "subject")),
            changed AS (\(insertion(of: task, in: context.workspace)) RETURNING id, version),
            \(WatcherWriting.watching(watchers, context)),
            \(context.activity(.task, verb: .created, from: "changed", carrying: changes))
            SELECT count(*) FROM changed
            """
    }

    /// The statement that adds a task for the one row of `kept`.
    static func insertion(of task: TaskItem, in workspace: ID<Workspace>) -> SQL {
        """
        INSERT INTO tasks.task (
            workspace_id, id, title, description, kind, status, priority, subject_kind, subject_id, subject_label,
            assignee_id, assignee_name, team_id, team_name, due_on, due_at, estimate, is_required, parent_id,
            series_id, version, created_at, updated_at, status_changed_at)
        SELECT \(workspace), \(task.id), \(task.title), \(task.description), \(task.kind), \(task.status),
            \(task.priority), \(task.subject?.kind), \(task.subject?.id), \(task.subject?.label),
            \(task.assignee?.id), \(task.assignee?.name), \(task.team?.id), \(task.team?.name), \(task.dueOn),
            \(task.dueAt), \(task.estimateSeconds.map { Duration.seconds($0) }), \(task.isRequired), \(task.parentID),
            \(task.seriesID), \(Int64(task.version)), \(task.createdAt), \(task.updatedAt), \(task.statusChangedAt)
        FROM kept
        """
    }
}

extension RecordKind {
    /// A task.
    static let task = RecordKind(rawValue: "task")
    /// A workspace's own kind of tasks.
    static let taskKind = RecordKind(rawValue: "task_kind")
}

extension ActivityVerb {
    /// A task came to another status.
    static let moved = ActivityVerb(rawValue: "moved")
    /// A task that had ended was brought back.
    static let reopened = ActivityVerb(rawValue: "reopened")
    /// Who had a task handed it on, and can take it back.
    static let delegated = ActivityVerb(rawValue: "delegated")
    /// Who had delegated a task took it back.
    static let recalled = ActivityVerb(rawValue: "recalled")
}

extension StoredAnswer {
    /// A task as the answer to its change.
    init(_ task: TaskItem, labelRevision: Int64) throws {
        try self.init(status: 200, task, version: task.version, labelRevision: labelRevision)
    }
}
