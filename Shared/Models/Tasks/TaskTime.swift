/// A piece of work on a task.
package struct TimeEntry: Codable, Sendable {
    /// The entry's id.
    package let id: ID<TimeEntry>
    /// Who worked.
    package let user: NamedUser
    /// How long, in seconds: at most a day.
    package let seconds: Int
    /// When the work began.
    package let startedAt: Timestamp
    /// What was done.
    package let note: String?
    /// When it was booked.
    package let createdAt: Timestamp

    /// Takes an entry.
    package init(
        id: ID<TimeEntry>, user: NamedUser, seconds: Int, startedAt: Timestamp, note: String?, createdAt: Timestamp
    ) {
        self.id = id
        self.user = user
        self.seconds = seconds
        self.startedAt = startedAt
        self.note = note
        self.createdAt = createdAt
    }
}

/// Books time on a task.
package struct CreateTimeEntry: Codable, Sendable {
    /// How long the caller worked, in seconds.
    package let seconds: DaySeconds
    /// When the work began, not in the future; so long ago as it took when it is not given.
    package let startedAt: Timestamp?
    /// What was done.
    package let note: Text<ShortText>?
}

/// A part of a day in seconds: 1 to 86,400.
package struct DaySeconds: BoundedInteger {
    /// What the number may be.
    package static let range = 1...86_400
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// A person's clock that runs on a task.
package struct RunningTimer: Codable, Sendable {
    /// The task.
    package let task: TaskCard
    /// Since when it runs.
    package let startedAt: Timestamp

    /// Takes a clock.
    package init(task: TaskCard, startedAt: Timestamp) {
        self.task = task
        self.startedAt = startedAt
    }
}

/// A task and a piece of work on it.
package struct TimeEntryPath: Codable, Sendable {
    /// The task's id.
    package let id: ID<TaskItem>
    /// The entry's id.
    package let entryID: ID<TimeEntry>
}

extension Problem.Code {
    /// The person's clock runs already.
    package static let timerRunning = Problem.Code("timer_running", 409, "Your clock runs on a task already")
}

/// The operations on time spent on tasks.
package enum TaskTimes {
    package static let list = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<TimeEntry>>(
        .get, "/v1/tasks/{id}/time", "task_time.list", .needs(.tasksRead),
        "The work on a task, booked last first.", problems: [.invalidCursor])
    package static let create = Endpoint<IDPath<TaskItem>, NoQuery, CreateTimeEntry, TimeEntry>(
        .post, "/v1/tasks/{id}/time", "task_time.create", .needs(.tasksWrite),
        "Books time of the caller on a task.", success: 201, problems: [.conflict, .versionMismatch])
    package static let delete = Endpoint<TimeEntryPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/tasks/{id}/time/{entry_id}", "task_time.delete", .needs(.tasksWrite),
        "Takes back booked time; somebody else's needs tasks:assign.", success: 204, problems: [.versionMismatch])
    package static let timer = Endpoint<NoPath, NoQuery, NoBody, RunningTimer>(
        .get, "/v1/tasks/timer", "task_time.timer", .needs(.tasksRead), "The caller's clock; 404 while none runs.")
    package static let start = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, RunningTimer>(
        .post, "/v1/tasks/{id}/timer/start", "task_time.start", .needs(.tasksWrite),
        "Starts the caller's clock on a task; a person has one, which is stopped before it starts elsewhere.",
        problems: [.timerRunning, .versionMismatch])
    package static let stop = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, TimeEntry>(
        .post, "/v1/tasks/{id}/timer/stop", "task_time.stop", .needs(.tasksWrite),
        "Stops the caller's clock and books its time, at most a day.", success: 201,
        problems: [.conflict, .versionMismatch])

    /// The operations.
    static let contracts: [Contract] = [
        list.contract, create.contract, delete.contract, timer.contract, start.contract, stop.contract,
    ]
}
