extension Problem.Code {
    /// The ticket is completed or closed: no open task can be required of it.
    package static let ticketHasEnded = Problem.Code(
        "ticket_has_ended", 409, "The ticket is completed or closed: no open task can be required of it")
}

/// The operations on tasks.
package enum Tasks {
    package static let list = Endpoint<NoPath, TaskListQuery, NoBody, Page<TaskSummary>>(
        .get, "/v1/tasks", "tasks.list", .needs(.tasksRead),
        "Tasks, what is due first; without a status those that are neither completed nor cancelled.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, TaskItem>(
        .get, "/v1/tasks/{id}", "tasks.show", .needs(.tasksRead), "One task.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTask, TaskItem>(
        .post, "/v1/tasks", "tasks.create", .needs(.tasksWrite),
        "Makes a task, about a record or by itself.", success: 201,
        problems: [.conflict, .ticketHasEnded])
    package static let update = Endpoint<IDPath<TaskItem>, NoQuery, UpdateTask, TaskItem>(
        .patch, "/v1/tasks/{id}", "tasks.update", .needs(.tasksWrite),
        "Changes what a task says, when it is due, or what it is about.",
        problems: [.ticketHasEnded, .versionMismatch])
    package static let move = Endpoint<IDPath<TaskItem>, NoQuery, MoveTask, TaskItem>(
        .post, "/v1/tasks/{id}/status", "tasks.move", .needs(.tasksWrite),
        "Brings a task to a status: begins, completes, cancels or reopens it.",
        problems: [.illegalTransition, .blocked, .openSubtasks, .ticketHasEnded, .versionMismatch])
    package static let activity = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<ActivityItem>>(
        .get, "/v1/tasks/{id}/activity", "tasks.activity", .needs(.tasksRead),
        "Everything that was done to a task, newest first.", problems: [.invalidCursor])
    /// Several writes to tasks in one request, on chosen ids.
    package static let batch = Batches.endpoint(under: "/v1/tasks", "tasks", .tasksWrite)
    /// The same of every task that a filter means, as jobs with progress and undo.
    package static let jobs = Jobs<CreateTaskJob>(
        under: "/v1/tasks", "task", reading: .tasksRead, writing: .tasksWrite)
}

extension ServiceName {
    /// The operations of `tasks`.
    static let tasksContracts: [Contract] =
        [
            Tasks.list.contract, Tasks.show.contract, Tasks.create.contract, Tasks.update.contract, Tasks.move.contract,
            Tasks.activity.contract, Tasks.batch.contract,
        ] + Tasks.jobs.contracts + TaskQueues.contracts + TaskKinds.contracts + Projects.contracts + Worklist.contracts
        + Reminders.contracts + TaskTemplates.contracts + RecurringTasks.contracts + CalendarFeeds.contracts
        + taskPartContracts

    /// What belongs to a task.
    private static let taskPartContracts: [Contract] =
        TaskChecklists.contracts + TaskRelations.contracts + TaskComments.contracts + TaskWatchers.contracts
        + TaskTimes.contracts
}
