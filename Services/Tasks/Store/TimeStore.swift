import Models
import Postgres
import ServiceKit

/// The time that people spend on tasks, which each task folds in, and the clocks that run.
struct TimeStore: Sendable {
    let database: Database

    private var changes: TaskChangeStore { TaskChangeStore(database: database) }

    /// The most seconds of a task: a million hours.
    static let trackedLimit = 3_600_000_000

    // MARK: Reading

    /// One page of the work on a task, booked last first.
    ///
    /// Index: ix_time_entry_task.
    func entries(
        of task: ID<TaskItem>, in workspace: ID<Workspace>, before: ID<TimeEntry>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = before.map { "AND e.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT e.id, e.user_id AS "user.id", COALESCE(p.name, '') AS "user.name",
                extract(epoch FROM e.worked)::bigint AS seconds, e.started_at, e.note, e.created_at
            FROM tasks.time_entry AS e
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = e.user_id
            WHERE e.workspace_id = \(workspace) AND e.task_id = \(task) \(position)
            ORDER BY e.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// A person's clock; no row while none runs.
    func timer(of person: ID<User>, in workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT t.id AS "task.id", t.title AS "task.title", t.status AS "task.status", r.started_at
            FROM tasks.running_timer AS r
            JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = r.task_id
            WHERE r.workspace_id = \(workspace) AND r.user_id = \(person)
            """)
    }

    // MARK: Booking

    /// Books time of a person on a task.
    ///
    /// - Throws: ``Problem`` 404, 412, 409 when the task has more than can be counted; ``PostgresError``.
    func add(
        _ booking: TimeBooking, to task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: task, expecting: version, context) { row, tx in
            try await book(booking, on: row, [], tx, context)
        }
    }

    /// Takes back booked time.
    ///
    /// Whose it must be is `person`; with `nil` anybody's may be taken back.
    ///
    /// - Throws: ``Problem`` 404, 412, 403 for somebody else's; ``PostgresError``.
    func remove(
        _ path: TimeEntryPath, of person: ID<User>?, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: path.id, expecting: version, context) { row, tx in
            let gone = try await tx.query(
                """
                DELETE FROM tasks.time_entry AS e
                WHERE e.workspace_id = \(context.workspace) AND e.id = \(path.entryID) AND e.task_id = \(path.id)
                RETURNING e.user_id, extract(epoch FROM e.worked)::bigint AS seconds
                """)
            guard gone.count > 0 else { throw Problem.notFound("time entry") }
            if let person, try gone.value("user_id", as: ID<User>.self) != person {
                throw Problem(.forbidden, "Taking back somebody else's time needs the permission tasks:assign.")
            }
            var after = row.task.changed(at: context.now)
            after.trackedSeconds -= Int(try gone.value("seconds", as: Int64.self))
            let detail = JSONValue.Member.ids("time_entry_id", from: path.entryID, to: nil)
            return TaskPartChange(
                TaskDecision(task: after, verb: .timeRemoved, details: [detail]), .noContent)
        }
    }

    // MARK: Clocks

    /// Starts a person's clock on a task.
    ///
    /// - Throws: ``Problem`` 404, 412, 409 `timer_running` with the task on which it runs; ``PostgresError``.
    func start(
        _ person: ID<User>, on task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: task, expecting: version, context) { row, tx in
            let made = try await tx.query(
                """
                INSERT INTO tasks.running_timer (workspace_id, user_id, task_id, started_at)
                VALUES (\(context.workspace), \(person), \(task), \(context.now))
                ON CONFLICT (workspace_id, user_id) DO NOTHING
                RETURNING task_id
                """)
            guard made.count > 0 else { throw try await Self.running(person, tx, context) }
            let after = row.task.changed(at: context.now)
            let timer = RunningTimer(
                task: TaskCard(id: task, title: after.title, status: after.status), startedAt: context.now)
            return TaskPartChange(
                TaskDecision(task: after, verb: .timerStarted), try StoredAnswer(status: 200, timer))
        }
    }

    /// Stops a person's clock on a task and books its time: at least a second, and at most a day.
    ///
    /// - Throws: ``Problem`` 404, 412, 409 when it does not run there; ``PostgresError``.
    func stop(
        _ person: NamedUser, on task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await changes.changePart(of: task, expecting: version, context) { row, tx in
            let stopped = try await tx.query(
                """
                DELETE FROM tasks.running_timer
                WHERE workspace_id = \(context.workspace) AND user_id = \(person.id) AND task_id = \(task)
                RETURNING started_at
                """)
            guard stopped.count > 0 else { throw Problem(.conflict, "Your clock does not run on this task.") }
            let booking = TimeBooking(
                by: person, since: try stopped.value("started_at", as: Timestamp.self), until: context.now)
            return try await book(booking, on: row, [.change("timer", true, false)], tx, context)
        }
    }

    // MARK: Steps

    private func book(
        _ booking: TimeBooking, on row: TaskRow, _ details: [JSONValue.Member], _ tx: Transaction,
        _ context: WriteContext
    ) async throws -> TaskPartChange {
        var after = row.task.changed(at: context.now)
        after.trackedSeconds += booking.seconds
        guard after.trackedSeconds <= Self.trackedLimit else {
            throw Problem(.conflict, "A task takes at most a million hours.")
        }
        let entry = booking.entry(at: context.now)
        _ = try await tx.query(
            """
            INSERT INTO tasks.time_entry (workspace_id, id, task_id, user_id, worked, started_at, note, created_at)
            VALUES (\(context.workspace), \(entry.id), \(row.task.id), \(entry.user.id),
                \(Duration.seconds(entry.seconds)), \(entry.startedAt), \(entry.note), \(entry.createdAt))
            """)
        let answer = try StoredAnswer(
            status: 201, entry, location: "/v1/tasks/\(row.task.id)/time", version: after.version,
            labelRevision: row.labelRevision)
        let detail = JSONValue.Member.ids("time_entry_id", from: nil, to: entry.id)
        return TaskPartChange(
            TaskDecision(task: after, verb: .timeAdded, details: details + [detail]), answer)
    }

    /// 409 with the task on which a person's clock runs, read after the insertion that met it.
    private static func running(
        _ person: ID<User>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> Problem {
        let result = try await tx.query(
            """
            SELECT r.task_id FROM tasks.running_timer AS r
            WHERE r.workspace_id = \(context.workspace) AND r.user_id = \(person)
            """)
        var task: String?
        if result.count > 0 { task = try result.text("task_id") }
        return Problem(
            .timerRunning, "Stop your clock there first.",
            members: [JSONValue.Member("task_id", task.map(JSONValue.string) ?? .null)])
    }
}

extension ActivityVerb {
    /// Time was booked on the task.
    static let timeAdded = ActivityVerb(rawValue: "time_added")
    /// Booked time was taken back.
    static let timeRemoved = ActivityVerb(rawValue: "time_removed")
    /// Somebody's clock runs on the task.
    static let timerStarted = ActivityVerb(rawValue: "timer_started")
}
