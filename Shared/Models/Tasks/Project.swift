/// A set of tasks with a goal, milestones and a board.
package struct Project: Codable, Sendable {
    /// The project's id.
    package let id: ID<Project>
    /// The name that people read.
    package var name: String
    /// What it is for.
    package var description: String?
    /// Where it stands.
    package var status: ProjectStatus
    /// The day on which it is due.
    package var dueOn: CalendarDate?
    /// Counts changes, its milestones' too.
    package var version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package var updatedAt: Timestamp

    /// Takes a project as it is.
    package init(
        id: ID<Project>, name: String, description: String?, status: ProjectStatus, dueOn: CalendarDate?,
        version: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.status = status
        self.dueOn = dueOn
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A project with how far it has come.
package struct ProjectView: Codable, Sendable {
    /// The project's id.
    package let id: ID<Project>
    /// The name that people read.
    package let name: String
    /// What it is for.
    package let description: String?
    /// Where it stands.
    package let status: ProjectStatus
    /// The day on which it is due.
    package let dueOn: CalendarDate?
    /// How many tasks it has, by where they stand.
    package let tasks: ProjectCounts
    /// Counts changes, its milestones' too.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp
}

/// How many tasks a project has, by where they stand.
package struct ProjectCounts: Codable, Sendable {
    /// Those that nobody has begun.
    package let open: Int
    /// Those that are being worked on.
    package let inProgress: Int
    /// Those that are done.
    package let completed: Int
    /// Those that were given up.
    package let cancelled: Int
}

/// Where a project stands.
package enum ProjectStatus: String, WireWord {
    case active
    case completed
    case archived
}

/// Makes a project.
package struct CreateProject: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
    /// What it is for.
    package let description: Text<NoteText>?
    /// The day on which it is due.
    package let dueOn: CalendarDate?
}

/// Changes a project.
package struct UpdateProject: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// What it is for.
    package let description: Patch<Text<NoteText>>
    /// Where it stands; only an active project takes tasks.
    package let status: ProjectStatus?
    /// The day on which it is due.
    package let dueOn: Patch<CalendarDate>
}

/// Which projects a list shows.
package struct ProjectListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only those that stand there.
    package let status: ProjectStatus?
}

/// A goal of a project at a day.
package struct Milestone: Codable, Hashable, Sendable {
    /// The milestone's id.
    package let id: ID<Milestone>
    /// The name that people read.
    package var name: String
    /// The day on which it is due.
    package var dueOn: CalendarDate?
    /// When it was reached; empty while it is not.
    package var reachedAt: Timestamp?

    /// Takes a milestone as it is.
    package init(id: ID<Milestone>, name: String, dueOn: CalendarDate?, reachedAt: Timestamp?) {
        self.id = id
        self.name = name
        self.dueOn = dueOn
        self.reachedAt = reachedAt
    }
}

/// A milestone with how many of its tasks are done.
package struct MilestoneView: Codable, Sendable {
    /// The milestone's id.
    package let id: ID<Milestone>
    /// The name that people read.
    package let name: String
    /// The day on which it is due.
    package let dueOn: CalendarDate?
    /// When it was reached; empty while it is not.
    package let reachedAt: Timestamp?
    /// How many of its tasks have ended.
    package let ended: Int
    /// How many tasks it has.
    package let total: Int

    /// Takes a milestone and its counts.
    package init(_ milestone: Milestone, ended: Int, total: Int) {
        id = milestone.id
        name = milestone.name
        dueOn = milestone.dueOn
        reachedAt = milestone.reachedAt
        self.ended = ended
        self.total = total
    }
}

/// All milestones of a project: at most 100.
package struct MilestoneList: Codable, Sendable {
    /// In the order in which they were made.
    package let items: [MilestoneView]

    /// Takes milestones.
    package init(items: [MilestoneView]) {
        self.items = items
    }
}

/// Makes a milestone.
package struct CreateMilestone: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
    /// The day on which it is due.
    package let dueOn: CalendarDate?
}

/// Changes a milestone.
package struct UpdateMilestone: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// The day on which it is due.
    package let dueOn: Patch<CalendarDate>
    /// Whether it is reached.
    package let isReached: Bool?
}

/// A project and one of its milestones.
package struct MilestonePath: Codable, Sendable {
    /// The project's id.
    package let id: ID<Project>
    /// The milestone's id.
    package let milestoneID: ID<Milestone>
}
