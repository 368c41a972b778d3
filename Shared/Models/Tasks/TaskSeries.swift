/// What makes tasks again and again by a rule, by the clock on the wall of a time zone.
package struct TaskSeries: Codable, Sendable {
    /// The series' id.
    package let id: ID<TaskSeries>
    /// The rule (RFC 5545, RRULE), such as `FREQ=MONTHLY;BYDAY=-1FR`.
    package var rule: String
    /// The first date and the time of day of all, by the clock on the wall of the zone.
    package var start: String
    /// The time zone by whose clock tasks are due.
    package var zone: String
    /// What is to be done, in one line.
    package var title: String
    /// What is to be done in full.
    package var description: String?
    /// The word of the tasks' kind; a task is `administrative` when new ones may not have that kind any more.
    package var kind: String
    /// How urgent the tasks are.
    package var priority: Priority
    /// The record that the tasks are about.
    package var subject: TaskSubject?
    /// The person who does them; a task is nobody's when that person does not work here any more.
    package var assignee: NamedUser?
    /// The team whose queue they go to.
    package var team: NamedTeam?
    /// How long a task will take, in seconds.
    package var estimateSeconds: Int?
    /// Whether the tasks' ticket cannot be completed before them.
    package var isRequired: Bool
    /// How long before it is due a task is made, in seconds.
    package var madeBeforeSeconds: Int
    /// When the next task is due, by the clock on the wall of the zone; empty while the series makes none.
    package var nextOccurrence: String?
    /// The instant at which the next task is due.
    package var nextAt: Timestamp?
    /// How many tasks it has made.
    package var madeCount: Int
    /// How many occurrences have passed without a task: missed, left out, or of a ticket that had ended.
    package var skippedCount: Int
    /// Whether it makes no tasks for now.
    package var isPaused: Bool
    /// When it ended, by its rule or by somebody; empty while it goes on.
    package var endedAt: Timestamp?
    /// Counts changes.
    package var version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last, or made a task.
    package var updatedAt: Timestamp

    /// Takes a series that has made nothing.
    package init(
        id: ID<TaskSeries>, rule: String, start: String, zone: String, title: String, at now: Timestamp
    ) {
        self.id = id
        self.rule = rule
        self.start = start
        self.zone = zone
        self.title = title
        kind = "administrative"
        priority = .medium
        isRequired = false
        madeBeforeSeconds = 0
        madeCount = 0
        skippedCount = 0
        isPaused = false
        version = 1
        createdAt = now
        updatedAt = now
    }
}
