/// One step of a task's checklist.
package struct ChecklistEntry: Codable, Sendable {
    /// The entry's id.
    package let id: ID<ChecklistEntry>
    /// What is to be done, in a few sentences.
    package let text: String
    /// Whether it is done.
    package let isDone: Bool
    /// Who did it; empty while it is not done, and when a process did it.
    package let doneBy: NamedUser?
    /// When it was done; empty while it is not.
    package let doneAt: Timestamp?
    /// When it was added.
    package let createdAt: Timestamp

    /// Takes an entry as it was read.
    package init(
        id: ID<ChecklistEntry>, text: String, isDone: Bool, done: (by: NamedUser?, at: Timestamp?),
        createdAt: Timestamp
    ) {
        self.id = id
        self.text = text
        self.isDone = isDone
        doneBy = done.by
        doneAt = done.at
        self.createdAt = createdAt
    }
}

/// Adds a step to a task's checklist.
package struct CreateChecklistEntry: Codable, Sendable {
    /// What is to be done.
    package let text: Text<ShortText>
    /// Whether it is done already; not when it is not given.
    package let isDone: Bool?
    /// The entry behind which it stands: the last when it is not given, and `null` puts it first.
    package let after: Patch<ID<ChecklistEntry>>
}

/// Changes a step of a checklist.
package struct UpdateChecklistEntry: MergePatch {
    /// What is to be done.
    package let text: Text<ShortText>?
    /// Whether it is done.
    package let isDone: Bool?
}

/// Puts a step of a checklist in another place.
package struct MoveChecklistEntry: Codable, Sendable {
    /// The entry behind which it comes to stand; `null` puts it first.
    package let after: Nullable<ID<ChecklistEntry>>
}

/// A task and a step of its checklist.
package struct ChecklistEntryPath: Codable, Sendable {
    /// The task's id.
    package let id: ID<TaskItem>
    /// The entry's id.
    package let entryID: ID<ChecklistEntry>
}

/// The operations on a task's checklist; `ETag` and `If-Match` name the task's version.
package enum TaskChecklists {
    package static let list = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, Page<ChecklistEntry>>(
        .get, "/v1/tasks/{id}/checklist", "task_checklist.list", .needs(.tasksRead),
        "A task's checklist in its order: at most 200 entries, on one page.")
    package static let create = Endpoint<IDPath<TaskItem>, NoQuery, CreateChecklistEntry, ChecklistEntry>(
        .post, "/v1/tasks/{id}/checklist", "task_checklist.create", .needs(.tasksWrite),
        "Adds a step to a task's checklist; a checklist has at most 200.", success: 201,
        problems: [.conflict, .versionMismatch])
    package static let update = Endpoint<ChecklistEntryPath, NoQuery, UpdateChecklistEntry, ChecklistEntry>(
        .patch, "/v1/tasks/{id}/checklist/{entry_id}", "task_checklist.update", .needs(.tasksWrite),
        "Changes what a step says, ticks it, or unticks it; the task's progress follows.",
        problems: [.versionMismatch])
    package static let move = Endpoint<ChecklistEntryPath, NoQuery, MoveChecklistEntry, ChecklistEntry>(
        .post, "/v1/tasks/{id}/checklist/{entry_id}/move", "task_checklist.move", .needs(.tasksWrite),
        "Puts a step behind another, or first.", problems: [.versionMismatch])
    package static let delete = Endpoint<ChecklistEntryPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/tasks/{id}/checklist/{entry_id}", "task_checklist.delete", .needs(.tasksWrite),
        "Takes a step off the checklist; when the last one goes, the progress can be set again.", success: 204,
        problems: [.versionMismatch])

    /// The operations.
    static let contracts: [Contract] = [
        list.contract, create.contract, update.contract, move.contract, delete.contract,
    ]
}
