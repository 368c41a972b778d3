/// The joint list over tickets and tasks: what is left to do, what is due first (FEATURES.md, F5).
package enum Worklist {
    package static let list = Endpoint<NoPath, WorklistQuery, NoBody, Page<WorkItem>>(
        .get, "/v1/worklist", "worklist.list", .needs(.tasksRead),
        """
        Tickets and tasks of a person that are left to do: what is due first, then what is urgent. Tickets need \
        tickets:read; without it ask with kind=task.
        """, problems: [.invalidCursor])

    /// The one operation, as `tasks` serves it.
    static let contracts: [Contract] = [list.contract]
}

/// What an entry of the joint list is.
package enum WorkItemKind: String, WireWord {
    case ticket
    case task
}

/// Where an entry of the joint list stands.
package enum WorkStatus: String, WireWord {
    /// Nobody has begun.
    case open
    /// Somebody works on it, or it waits.
    case inProgress = "in_progress"
}

/// A ticket or a task that is left to do.
package struct WorkItem: Codable, Sendable {
    /// What it is.
    package let kind: WorkItemKind
    /// The id of the ticket or the task.
    package let id: ID<WorkItem>
    /// A ticket's case number; empty for a task.
    package let caseNumber: String?
    /// What it is about, in one line.
    package let title: String
    /// Where it stands.
    package let status: WorkStatus
    /// How urgent it is.
    package let priority: Priority
    /// Whose ticket it is, or the record that the task is about; empty for a task by itself.
    package let label: String?
    /// The person who has it.
    package let assignee: NamedUser?
    /// The team whose queue it is in.
    package let team: NamedTeam?
    /// The day on which a task is due.
    package let dueOn: CalendarDate?
    /// The instant at which it is due: of a ticket, until when it waits.
    package let dueAt: Timestamp?
    /// Whether a ticket cannot be completed before it; never of a ticket.
    package let isRequired: Bool
    /// Counts changes of the ticket or the task.
    package let version: Int
    /// When it was changed last.
    package let updatedAt: Timestamp
}

/// Which tickets and tasks the joint list shows.
package struct WorklistQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only tickets, or only tasks.
    package let kind: WorkItemKind?
    /// Whose: an id, `me`, or `none` for what nobody has; the caller's own when it is not given.
    package let assignee: QueueReference<User>?
    /// Only what is in the queue of a team: an id, or `none`.
    package let team: QueueReference<Team>?
    /// Only this status.
    package let status: WorkStatus?
    /// Only these priorities.
    package let priority: Words<Priority>?
    /// Only what is due then.
    package let due: TaskDue?
    /// Whether to say how many there are in all.
    package let count: Bool?

    /// Asks for a page of somebody's work.
    package init(
        limit: PageLimit? = nil, kind: WorkItemKind? = nil, assignee: QueueReference<User>? = nil,
        team: QueueReference<Team>? = nil, due: TaskDue? = nil
    ) {
        self.limit = limit
        self.kind = kind
        self.assignee = assignee
        self.team = team
        self.due = due
        cursor = nil
        status = nil
        priority = nil
        count = nil
    }
}
