/// Something that somebody of the workspace must do, for a ticket or any other record, or by itself.
///
/// A value: what is decided about a task changes a copy, and the store writes it. `Task` is a word of the language.
package struct TaskItem: Codable, Sendable {
    /// The task's id.
    package let id: ID<TaskItem>
    /// What is to be done, in one line.
    package var title: String
    /// What is to be done in full.
    package var description: String?
    /// The word of its kind.
    package var kind: String
    /// Where it stands.
    package var status: TaskStatus
    /// How urgent it is.
    package var priority: Priority
    /// The record that it is about.
    package var subject: TaskSubject?
    /// The person who does it.
    package var assignee: NamedUser?
    /// The team whose queue it is in.
    package var team: NamedTeam?
    /// The person who handed it on to the one who does it.
    package var delegatedBy: NamedUser?
    /// The day on which it is due, by the days of the workspace; empty when it is due at a time or never.
    package var dueOn: CalendarDate?
    /// The instant at which it is due: the end of the day for one that is due on a day.
    package var dueAt: Timestamp?
    /// How long it will take, in seconds.
    package var estimateSeconds: Int?
    /// How long people have worked on it, in seconds.
    package var trackedSeconds: Int
    /// How far it has come.
    package var progress: TaskProgress
    /// Whether its ticket cannot be completed before it.
    package var isRequired: Bool
    /// The task of which it is a part.
    package var parentID: ID<TaskItem>?
    /// How many parts it has.
    package var subtasks: SubtaskCounts
    /// Whether it waits for a task that has not ended.
    package var isBlocked: Bool
    /// The project to which it belongs.
    package var projectID: ID<Project>?
    /// The project's milestone for which it is done.
    package var milestoneID: ID<Milestone>?
    /// The series that made it.
    package let seriesID: ID<TaskSeries>?
    /// Counts changes; the `ETag` together with a revision of the copied names.
    package var version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package var updatedAt: Timestamp
    /// When it came to its status.
    package var statusChangedAt: Timestamp
    /// When work on it began first.
    package var startedAt: Timestamp?
    /// When it was completed or cancelled; empty while it is not.
    package var endedAt: Timestamp?

    /// Takes a task that nobody has worked on.
    package init(
        id: ID<TaskItem>, title: String, kind: String, priority: Priority, seriesID: ID<TaskSeries>? = nil,
        at now: Timestamp
    ) {
        self.id = id
        self.title = title
        self.kind = kind
        self.priority = priority
        self.seriesID = seriesID
        status = .open
        trackedSeconds = 0
        progress = TaskProgress(percent: 0, done: 0, total: 0)
        isRequired = false
        subtasks = SubtaskCounts(total: 0, open: 0)
        isBlocked = false
        version = 1
        createdAt = now
        updatedAt = now
        statusChangedAt = now
    }
}

/// The record that a task is about, with the label that people read.
package struct TaskSubject: Codable, Hashable, Sendable {
    /// What it is.
    package let kind: TaskSubjectKind
    /// The record's id.
    package let id: ID<TaskSubject>
    /// The record's name: of a ticket its case number and title.
    package let label: String

    /// Names a record.
    package init(kind: TaskSubjectKind, id: ID<TaskSubject>, label: String) {
        self.kind = kind
        self.id = id
        self.label = label
    }
}

/// How far a task has come.
package struct TaskProgress: Codable, Hashable, Sendable {
    /// From 0 to 100: the part of the checklist that is done, or what somebody set where there is no checklist.
    package let percent: Int
    /// How many entries of the checklist are done.
    package let done: Int
    /// How many entries the checklist has.
    package let total: Int

    /// Takes the figures.
    package init(percent: Int, done: Int, total: Int) {
        self.percent = percent
        self.done = done
        self.total = total
    }
}
