/// A task as lists show it.
package struct TaskSummary: Codable, Sendable {
    /// The task's id.
    package let id: ID<TaskItem>
    /// What is to be done, in one line.
    package let title: String
    /// The word of its kind.
    package let kind: String
    /// Where it stands.
    package let status: TaskStatus
    /// How urgent it is.
    package let priority: Priority
    /// The record that it is about.
    package let subject: TaskSubject?
    /// The person who does it.
    package let assignee: NamedUser?
    /// The team whose queue it is in.
    package let team: NamedTeam?
    /// The day on which it is due.
    package let dueOn: CalendarDate?
    /// The instant at which it is due.
    package let dueAt: Timestamp?
    /// How far it has come.
    package let progress: TaskProgress
    /// Whether its ticket cannot be completed before it.
    package let isRequired: Bool
    /// The task of which it is a part.
    package let parentID: ID<TaskItem>?
    /// How many parts it has.
    package let subtasks: SubtaskCounts
    /// Whether it waits for a task that has not ended.
    package let isBlocked: Bool
    /// The project to which it belongs.
    package let projectID: ID<Project>?
    /// Counts changes.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp
}

/// Which tasks a list shows, and in which order.
package struct TaskListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only these statuses; without it those that are neither completed nor cancelled.
    package let status: Words<TaskStatus>?
    /// Only these priorities.
    package let priority: Words<Priority>?
    /// Only this kind.
    package let kind: Text<SnakeCaseWord>?
    /// Only tasks of a person: an id, `me`, or `none` for those that nobody has.
    package let assignee: QueueReference<User>?
    /// Only tasks that a person delegated: an id, `me`, or `none` for those that nobody did.
    package let delegatedBy: QueueReference<User>?
    /// Only tasks in the queue of a team: an id, or `none`.
    package let team: QueueReference<Team>?
    /// Only tasks of a project: an id, or `none`.
    package let project: QueueReference<Project>?
    /// Only parts of this task.
    package let parent: ID<TaskItem>?
    /// Only tasks that a person follows: an id or `me`.
    package let watcher: PersonReference?
    /// Only tasks about the record with this id, whatever it is.
    package let subject: ID<TaskSubject>?
    /// Only tasks that are due then.
    package let due: TaskDue?
    /// The order; what is due first when it is not given.
    package let sort: TaskSort?
    /// Whether to say how many there are in all.
    package let count: Bool?

    /// Asks for the tasks that a job's filter means.
    package init(_ filter: TaskFilter) {
        limit = nil
        cursor = nil
        status = filter.status
        priority = filter.priority
        kind = filter.kind
        assignee = filter.assignee
        team = filter.team
        project = filter.project
        parent = filter.parent
        delegatedBy = nil
        watcher = nil
        subject = filter.subject
        due = filter.due
        sort = nil
        count = nil
    }
}
