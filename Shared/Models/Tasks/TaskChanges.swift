/// The record that a task is to be about.
package struct TaskSubjectChoice: Codable, Sendable {
    /// What it is.
    package let kind: TaskSubjectKind
    /// The record's id.
    package let id: ID<TaskSubject>

    /// Names a record.
    package init(kind: TaskSubjectKind, id: ID<TaskSubject>) {
        self.kind = kind
        self.id = id
    }
}

/// Makes a task.
package struct CreateTask: Codable, Sendable {
    /// What is to be done, in one line.
    package let title: Text<Label>
    /// What is to be done in full.
    package let description: Text<NoteText>?
    /// The word of its kind; `administrative` when it is not given.
    package let kind: Text<SnakeCaseWord>?
    /// How urgent it is; `medium` when it is not given.
    package let priority: Priority?
    /// The record that it is about.
    package let subject: TaskSubjectChoice?
    /// Who is to do it.
    package let assigneeID: ID<User>?
    /// The team whose queue it goes to.
    package let teamID: ID<Team>?
    /// The day on which it is due; not together with `due_at`.
    package let dueOn: CalendarDate?
    /// The instant at which it is due; not together with `due_on`.
    package let dueAt: Timestamp?
    /// How long it will take, in seconds.
    package let estimateSeconds: WorkSeconds?
    /// Whether its ticket cannot be completed before it; only with a ticket as the subject.
    package let isRequired: Bool?
    /// The task of which it is a part; nothing else of that task is taken over.
    package let parentID: ID<TaskItem>?

    /// Describes a task to be made.
    package init(
        title: Text<Label>, subject: TaskSubjectChoice? = nil, assigneeID: ID<User>? = nil, dueAt: Timestamp? = nil,
        isRequired: Bool? = nil
    ) {
        self.title = title
        self.subject = subject
        self.assigneeID = assigneeID
        self.dueAt = dueAt
        self.isRequired = isRequired
        description = nil
        kind = nil
        priority = nil
        teamID = nil
        dueOn = nil
        estimateSeconds = nil
        parentID = nil
    }
}

/// Changes what a task says; its status and who does it have operations of their own.
package struct UpdateTask: MergePatch {
    /// What is to be done, in one line.
    package let title: Text<Label>?
    /// What is to be done in full.
    package let description: Patch<Text<NoteText>>
    /// The word of its kind.
    package let kind: Text<SnakeCaseWord>?
    /// How urgent it is.
    package let priority: Priority?
    /// The record that it is about.
    package let subject: Patch<TaskSubjectChoice>
    /// The day on which it is due; takes the place of `due_at`.
    package let dueOn: Patch<CalendarDate>
    /// The instant at which it is due; takes the place of `due_on`.
    package let dueAt: Patch<Timestamp>
    /// How long it will take, in seconds.
    package let estimateSeconds: Patch<WorkSeconds>
    /// How far it has come, 0 to 100; only without a checklist.
    package let progressPercent: Percent?
    /// Whether its ticket cannot be completed before it.
    package let isRequired: Bool?

    /// Changes what kind of task it is and how urgent it is, and nothing else.
    package init(_ classification: ClassifyTask) {
        kind = classification.kind
        priority = classification.priority
        title = nil
        description = .absent
        subject = .absent
        dueOn = .absent
        dueAt = .absent
        estimateSeconds = .absent
        progressPercent = nil
        isRequired = nil
    }
}

/// Brings a task to a status.
package struct MoveTask: Codable, Sendable {
    /// The status that it comes to.
    package let status: TaskStatus
    /// Why; required to bring a task back that was completed or cancelled, and to force a move, and kept as a comment.
    package let reason: Text<ShortText>?
    /// Whether it is moved although it waits for others or parts of it are open; not when it is not given.
    package let force: Bool?

    /// Names the status.
    package init(status: TaskStatus, reason: Text<ShortText>? = nil, force: Bool? = nil) {
        self.status = status
        self.reason = reason
        self.force = force
    }
}
