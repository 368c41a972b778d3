/// Tells a person of a task at a time.
package struct Reminder: Codable, Sendable {
    /// The reminder's id.
    package let id: ID<Reminder>
    /// The task.
    package let taskID: ID<TaskItem>
    /// The task's title.
    package let title: String
    /// When the person is told; empty while the task, before whose due time it is to be, is due at no time.
    package let remindAt: Timestamp?
    /// How long before the task is due, in seconds; empty for one at a time of its own.
    package let beforeDueSeconds: Int?
    /// When the person was told; empty while they were not.
    package let remindedAt: Timestamp?
    /// When the person put it away.
    package let dismissedAt: Timestamp?
    /// Counts changes.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp

    /// Takes a reminder that nobody was told of yet.
    package init(
        id: ID<Reminder>, taskID: ID<TaskItem>, title: String, remindAt: Timestamp?, beforeDueSeconds: Int?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.taskID = taskID
        self.title = title
        self.remindAt = remindAt
        self.beforeDueSeconds = beforeDueSeconds
        remindedAt = nil
        dismissedAt = nil
        version = 1
        self.createdAt = createdAt
    }
}

/// Makes a reminder for the caller: exactly one of the two members.
package struct CreateReminder: Codable, Sendable {
    /// When the caller is told, in the future.
    package let remindAt: Timestamp?
    /// How long before the task is due, in seconds; 0 is when it is due.
    package let beforeDueSeconds: LeadSeconds?
}

/// A time before something: nothing to 366 days, in seconds.
package struct LeadSeconds: BoundedInteger {
    /// What the number may be.
    package static let range = 0...31_622_400
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// Which reminders a list shows.
package enum ReminderState: String, WireWord {
    /// Those of which the person was told and which they have not put away.
    case due
    /// Those that are still to come.
    case pending
    /// Those that were put away.
    case dismissed
}

/// Which of the caller's reminders a list shows.
package struct ReminderListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only those that stand there.
    package let state: ReminderState?
}

/// The operations on the caller's reminders.
package enum Reminders {
    package static let list = Endpoint<NoPath, ReminderListQuery, NoBody, Page<Reminder>>(
        .get, "/v1/tasks/reminders", "reminders.list", .needs(.tasksRead), "The caller's reminders, newest first.",
        problems: [.invalidCursor])
    package static let create = Endpoint<IDPath<TaskItem>, NoQuery, CreateReminder, Reminder>(
        .post, "/v1/tasks/{id}/reminders", "reminders.create", .needs(.tasksWrite),
        "Reminds the caller of a task at a time, or so long before it is due; at most 20 of a task.", success: 201,
        problems: [.conflict])
    package static let dismiss = Endpoint<IDPath<Reminder>, NoQuery, NoBody, NoContent>(
        .post, "/v1/tasks/reminders/{id}/dismiss", "reminders.dismiss", .needs(.tasksWrite),
        "Puts one of the caller's reminders away, also one that is still to come.", success: 204)

    /// The operations as the service lists them.
    static let contracts: [Contract] = [list.contract, create.contract, dismiss.contract]
}
