import Models
import Postgres
import ServiceKit

/// The steps of tasks: each change is one of the task, which folds in how many there are and how many are done.
struct ChecklistStore: Sendable {
    let database: Database

    /// The most entries of a task.
    static let limit = 200

    private var changes: TaskChangeStore { TaskChangeStore(database: database) }

    /// A task's checklist in its order.
    ///
    /// Index: ix_checklist_entry_task.
    func entries(of task: ID<TaskItem>, in workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT e.id, e.text, e.is_done, p.id AS "done_by.id", p.name AS "done_by.name", e.done_at, e.created_at
            FROM tasks.checklist_entry AS e
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = e.done_by_id
            WHERE e.workspace_id = \(workspace) AND e.task_id = \(task)
            ORDER BY e.place, e.id
            LIMIT \(Int64(Self.limit))
            """)
    }

    /// Adds an entry.
    ///
    /// - Throws: ``Problem`` 404, 412, 409 when there are too many, 422 for an entry to stand behind that is not there;
    ///   ``PostgresError``.
    func add(
        _ request: CreateChecklistEntry, to task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: task, expecting: version, context) { row, tx in
            guard row.task.progress.total < Self.limit else {
                throw Problem(.conflict, "A checklist has at most \(Self.limit) entries.")
            }
            let checklist = LockedChecklist(tx, task: row.task.id, context)
            let place = try await checklist.makeRoom(request.after)
            let id = ID<ChecklistEntry>.make(at: context.now)
            let isDone = request.isDone ?? false
            try await checklist.insert(id, request.text.value, isDone: isDone, at: place)
            let entry = try await checklist.entry(id).entry
            let answer = try StoredAnswer(
                status: 201, entry, location: "/v1/tasks/\(task)/checklist/\(id)", version: row.task.version + 1,
                labelRevision: row.labelRevision)
            return TaskPartChange(
                Self.decision(
                    row.task, done: isDone ? 1 : 0, total: 1, [.ids("checklist_entry_id", from: nil, to: id)], context),
                answer)
        }
    }

    /// Changes an entry; nothing when it says the same already.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func change(
        _ path: ChecklistEntryPath, _ patch: UpdateChecklistEntry, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: path.id, expecting: version, context) { row, tx in
            let checklist = LockedChecklist(tx, task: row.task.id, context)
            let before = try await checklist.entry(path.entryID).entry
            let text = patch.text?.value ?? before.text
            let isDone = patch.isDone ?? before.isDone
            guard text != before.text || isDone != before.isDone else {
                return TaskPartChange(nil, try Self.answer(before, row, isChanged: false))
            }
            try await checklist.update(path.entryID, text, isDone: isDone, from: before)
            let after = try await checklist.entry(path.entryID).entry
            var details: [JSONValue.Member] = [.ids("checklist_entry_id", from: path.entryID, to: path.entryID)]
            if isDone != before.isDone { details.append(.change("is_done", .bool(before.isDone), .bool(isDone))) }
            if text != before.text {
                details.append(
                    .change(
                        "entry_text", .integer(Int64(row.task.version)), .integer(Int64(row.task.version) + 1)))
            }
            let done = (isDone ? 1 : 0) - (before.isDone ? 1 : 0)
            return TaskPartChange(
                Self.decision(row.task, done: done, total: 0, details, context),
                try Self.answer(after, row, isChanged: true))
        }
    }

    /// Puts an entry behind another, or first; nothing changes when it stands there.
    ///
    /// - Throws: ``Problem`` 404, 412, 422 for an entry to stand behind that is not there; ``PostgresError``.
    func move(
        _ path: ChecklistEntryPath, behind other: ID<ChecklistEntry>?, expecting version: Int64?,
        _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: path.id, expecting: version, context) { row, tx in
            let checklist = LockedChecklist(tx, task: row.task.id, context)
            let entry = try await checklist.entry(path.entryID)
            guard other != path.entryID, try await checklist.predecessor(of: entry) != other else {
                return TaskPartChange(nil, try Self.answer(entry.entry, row, isChanged: false))
            }
            try await checklist.move(path.entryID, behind: other)
            return TaskPartChange(
                Self.decision(
                    row.task, done: 0, total: 0, [.ids("checklist_entry_id", from: path.entryID, to: path.entryID)],
                    context),
                try Self.answer(entry.entry, row, isChanged: true))
        }
    }

    /// Takes an entry off.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func remove(
        _ path: ChecklistEntryPath, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: path.id, expecting: version, context) { row, tx in
            let checklist = LockedChecklist(tx, task: row.task.id, context)
            let isDone = try await checklist.delete(path.entryID)
            return TaskPartChange(
                Self.decision(
                    row.task, done: isDone ? -1 : 0, total: -1,
                    [.ids("checklist_entry_id", from: path.entryID, to: nil)], context),
                .noContent)
        }
    }

    private static func decision(
        _ task: TaskItem, done: Int, total: Int, _ details: [JSONValue.Member], _ context: WriteContext
    ) -> TaskDecision {
        var after = task.changed(at: context.now)
        after.progress = task.progress.counting(done: done, total: total)
        return TaskDecision(task: after, verb: .checklistChanged, details: details)
    }

    private static func answer(_ entry: ChecklistEntry, _ row: TaskRow, isChanged: Bool) throws -> StoredAnswer {
        try StoredAnswer(
            status: 200, entry, version: row.task.version + (isChanged ? 1 : 0), labelRevision: row.labelRevision)
    }
}

extension ActivityVerb {
    /// The task's checklist was changed.
    static let checklistChanged = ActivityVerb(rawValue: "checklist_changed")
}
