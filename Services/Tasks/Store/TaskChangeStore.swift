import Models
import Postgres
import ServiceKit

/// What was decided about a task.
struct TaskDecision: Sendable {
    /// The task after the change.
    let task: TaskItem
    /// What was done.
    let verb: ActivityVerb
    /// What the activity carries besides the fields that differ.
    var details: [JSONValue.Member] = []
    /// Where it stands on its project's board from then on; `nil` when it stays where it is.
    var rank: BoardRank?
    /// What is said with it.
    var comment: CommentDraft?
    /// Who follows the task from then on, besides the author of the comment and a new assignee.
    var watchers: [ID<User>] = []
}

/// Changes tasks: each is locked, decided about, and written with its activity in one transaction.
struct TaskChangeStore: Sendable {
    let database: Database

    /// Locks a task, lets `decide` say what becomes of it, and writes that.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - version: The version that the caller has seen, if it says so.
    ///   - context: Who acts.
    ///   - decide: The task in, the decision out, `nil` when nothing changes; what belongs to the change is read and
    ///     written in the transaction.
    /// - Returns: The answer, which shows the task.
    /// - Throws: ``Problem`` 404 or 412; ``TaskRuleViolation`` or ``TaskRefusals``; ``PostgresError``.
    func change(
        _ task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext,
        _ decide: @Sendable (TaskItem, Transaction) async throws -> TaskDecision?
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await lock(task, expecting: version, tx, context)
            return try await write(try await decide(row.task, tx), of: row, tx, context)
        }
    }

    /// Writes a decision about a locked task with the answer that shows it; `nil` keeps the answer alone.
    ///
    /// - Throws: `EncodingError`; ``PostgresError``.
    func write(
        _ decision: TaskDecision?, of row: TaskRow, _ tx: Transaction, _ context: WriteContext
    ) async throws -> StoredAnswer {
        guard let decision else {
            let answer = try StoredAnswer(row.task, labelRevision: row.labelRevision)
            try await context.keep(answer, in: tx)
            return answer
        }
        let answer = try StoredAnswer(decision.task, labelRevision: row.labelRevision)
        try await save(decision, before: row.task, answer, tx, context)
        return answer
    }

    /// Locks a task until the transaction's end.
    ///
    /// - Throws: ``Problem`` 404, or 412 when its version is not the one that is expected; ``PostgresError``.
    func lock(
        _ task: ID<TaskItem>, expecting version: Int64? = nil, _ tx: Transaction, _ context: WriteContext
    ) async throws -> TaskRow {
        let locked = try await tx.first(
            """
            SELECT \(columns: TaskRow.self)
            FROM tasks.task AS t
            WHERE t.workspace_id = \(context.workspace) AND t.id = \(task)
            FOR NO KEY UPDATE OF t
            """, as: TaskRow.self)
        guard let locked else { throw Problem.notFound("task") }
        if let version, version != Int64(locked.task.version) {
            throw Problem.versionMismatch(current: Int64(locked.task.version))
        }
        return locked
    }

    /// Writes a decision about a locked task: the task, its activity and the caller's key.
    ///
    /// Lock every task of the transaction before the first is saved: a ticket that comes to wait for it is locked here,
    /// and tasks are locked before tickets.
    ///
    /// - Throws: ``Problem`` 409 `ticket_has_ended`; ``PostgresError``.
    func save(
        _ decision: TaskDecision, before: TaskItem, _ answer: StoredAnswer?, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        try await TicketLock.hold([(before, decision.task)], tx, in: context.workspace)
        let changes = JSONText(utf8: JSONWriter.bytes(of: decision.changes(since: before)))
        _ = try await tx.query(
            """
            WITH changed AS (
                \(Self.update(decision, from: before, in: context.workspace)) RETURNING t.id, t.version
            ),
            \(CommentWriting.commented(decision.comment, context)),
            \(WatcherWriting.watching(decision.newWatchers(since: before), context)),
            \(context.activity(.task, verb: decision.verb, from: "changed", carrying: changes)),
            \(context.keep(answer, from: "changed"))
            SELECT count(*) FROM kept
            """)
        if decision.task.dueAt != before.dueAt {
            try await ReminderStore(database: database).follow(decision.task, tx, context)
        }
        if before.status.isEnded, !decision.task.status.isEnded {
            try await ReminderStore(database: database).resume([before.id], tx, in: context.workspace)
        }
        if decision.task.status.isEnded != before.status.isEnded {
            try await TaskTies(tx, context).fold(decision.task)
        }
    }

    private static func update(
        _ decision: TaskDecision, from before: TaskItem, in workspace: ID<Workspace>
    ) -> SQL {
        let task = decision.task
        // Unchanged text is not sent again: it may be long.
        let isTextChanged = task.description != before.description
        let description = isTextChanged ? task.description : nil
        return """
            UPDATE tasks.task AS t
            SET title = \(task.title),
                description = CASE WHEN \(isTextChanged) THEN \(description) ELSE t.description END,
                kind = \(task.kind), status = \(task.status), priority = \(task.priority),
                subject_kind = \(task.subject?.kind), subject_id = \(task.subject?.id),
                subject_label = \(task.subject?.label), assignee_id = \(task.assignee?.id),
                assignee_name = \(task.assignee?.name), team_id = \(task.team?.id), team_name = \(task.team?.name),
                delegated_by_id = \(task.delegatedBy?.id), delegated_by_name = \(task.delegatedBy?.name),
                due_on = \(task.dueOn), due_at = \(task.dueAt),
                estimate = \(task.estimateSeconds.map { Duration.seconds($0) }),
                tracked = \(Duration.seconds(task.trackedSeconds)),
                progress_percent = \(Int64(task.progress.percent)), checklist_done = \(Int64(task.progress.done)),
                checklist_total = \(Int64(task.progress.total)), is_required = \(task.isRequired),
                parent_id = \(task.parentID), project_id = \(task.projectID), milestone_id = \(task.milestoneID),
                board_rank = CASE WHEN \(task.projectID != nil) THEN COALESCE(\(decision.rank?.text), t.board_rank) END,
                version = \(Int64(task.version)), updated_at = \(task.updatedAt),
                status_changed_at = \(task.statusChangedAt), started_at = \(task.startedAt),
                ended_at = \(task.endedAt)
            WHERE t.workspace_id = \(workspace) AND t.id = \(task.id)
            """
    }
}

extension TaskDecision {
    /// What the activity carries: the fields that differ, and the details.
    fileprivate func changes(since before: TaskItem) -> JSONValue {
        guard case .object(let members) = TaskDifference.of(before, task) else { return .object(details) }
        return .object(members + details + (comment?.details ?? []))
    }

    /// Who follows the task from then on: its new assignee, whoever speaks, and whom the decision names.
    fileprivate func newWatchers(since before: TaskItem) -> [ID<User>] {
        let assignee = task.assignee?.id == before.assignee?.id ? nil : task.assignee?.id
        return Set([assignee, comment?.author].compactMap(\.self) + watchers).sorted()
    }
}
