/// Gives a task to a person, to a team, or to both; what is absent stays, `null` takes it away.
package struct AssignTask: MergePatch {
    /// Who is to do it.
    package let assigneeID: Patch<ID<User>>
    /// The team whose queue it goes to.
    package let teamID: Patch<ID<Team>>
}

/// Hands a task on to somebody else, so that it can be taken back.
package struct DelegateTask: Codable, Sendable {
    /// Who is to do it.
    package let assigneeID: ID<User>
    /// What they are to know, kept as a comment.
    package let note: Text<NoteText>?
}

/// The operations on who has a task.
package enum TaskQueues {
    package static let claim = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, TaskItem>(
        .post, "/v1/tasks/{id}/claim", "tasks.claim", .needs(.tasksWrite),
        "Takes a task that nobody has; of several at once one wins, and the others are told who.",
        problems: [.alreadyClaimed, .illegalTransition, .versionMismatch])
    package static let assign = Endpoint<IDPath<TaskItem>, NoQuery, AssignTask, TaskItem>(
        .post, "/v1/tasks/{id}/assign", "tasks.assign", .needs(.tasksWrite),
        "Gives a task to a person or a team; taking it from somebody else needs tasks:assign.",
        problems: [.illegalTransition, .versionMismatch])
    package static let unassign = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, TaskItem>(
        .post, "/v1/tasks/{id}/unassign", "tasks.unassign", .needs(.tasksWrite),
        "Gives a task back, so that it can be claimed again.", problems: [.illegalTransition, .versionMismatch])
    package static let delegate = Endpoint<IDPath<TaskItem>, NoQuery, DelegateTask, TaskItem>(
        .post, "/v1/tasks/{id}/delegate", "tasks.delegate", .needs(.tasksWrite),
        "Hands on a task that the caller has, so that they can take it back.",
        problems: [.illegalTransition, .versionMismatch])
    package static let recall = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, TaskItem>(
        .post, "/v1/tasks/{id}/recall", "tasks.recall", .needs(.tasksWrite),
        "Takes back a task that the caller delegated.", problems: [.conflict, .illegalTransition, .versionMismatch])
    package static let assignments = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<QueueStep>>(
        .get, "/v1/tasks/{id}/assignments", "tasks.assignments", .needs(.tasksRead),
        "Who had a task, when, and who decided so, newest first.", problems: [.invalidCursor])
    package static let day = Endpoint<NoPath, PageQuery, NoBody, Page<TaskSummary>>(
        .get, "/v1/tasks/day", "tasks.day", .needs(.tasksRead),
        "The caller's day: their tasks that are overdue, due today or in progress, what is due first comes first.",
        problems: [.invalidCursor])

    /// What who has tasks is asked and told by.
    static let contracts: [Contract] = [
        claim.contract, assign.contract, unassign.contract, delegate.contract, recall.contract, assignments.contract,
        day.contract,
    ]
}
