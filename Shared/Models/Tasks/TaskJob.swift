/// A change of every task that a filter means.
package struct CreateTaskJob: Codable, Sendable {
    /// Which tasks: what the list of tasks takes, by the same names and in the same form.
    package let filter: TaskFilter
    /// What becomes of each.
    package let change: TaskBulkChange
}

/// Which tasks; without a status those that are neither completed nor cancelled, as in the list.
package struct TaskFilter: Codable, Sendable {
    /// Only these statuses, by commas; without it those that are neither completed nor cancelled.
    package let status: Words<TaskStatus>?
    /// Only these priorities, by commas.
    package let priority: Words<Priority>?
    /// Only this kind.
    package let kind: Text<SnakeCaseWord>?
    /// Only tasks of a person: an id, `me`, or `none` for those that nobody has.
    package let assignee: QueueReference<User>?
    /// Only tasks in the queue of a team: an id, or `none`.
    package let team: QueueReference<Team>?
    /// Only tasks of a project: an id, or `none`.
    package let project: QueueReference<Project>?
    /// Only parts of this task.
    package let parent: ID<TaskItem>?
    /// Only tasks about the record with this id, whatever it is.
    package let subject: ID<TaskSubject>?
    /// Only tasks that are due then, as it is when the job is begun.
    package let due: TaskDue?
}

/// What becomes of each task: exactly one of the three members.
package struct TaskBulkChange: Codable, Sendable {
    /// Brings it to a status, as `POST /v1/tasks/{id}/status` does.
    package let status: MoveTask?
    /// Gives it to a person or a team, as `POST /v1/tasks/{id}/assign` does.
    package let assign: AssignTask?
    /// Changes what kind of task it is and how urgent it is.
    package let update: ClassifyTask?
}

/// What kind of task it is and how urgent it is; at least one of the two.
package struct ClassifyTask: MergePatch {
    /// The word of its kind.
    package let kind: Text<SnakeCaseWord>?
    /// How urgent it is.
    package let priority: Priority?
}
