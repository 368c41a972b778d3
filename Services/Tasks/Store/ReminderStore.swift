import Models
import Postgres
import ServiceKit

/// Reminders of people, and the timers that they hang on.
///
/// A reminder is a record of its own: telling a person changes no task. What tells people is its entry in the stream.
struct ReminderStore: Sendable {
    let database: Database

    /// The most reminders that a person can have of one task.
    static let limit = 20

    private var timers: TimerStore { TimerStore(database: database, service: .tasks) }

    /// One page of a person's reminders, newest first.
    ///
    /// Index: ix_reminder_person.
    func list(
        of user: ID<User>, _ state: ReminderState?, in workspace: ID<Workspace>, before id: ID<Reminder>?, limit: Int
    ) async throws -> ResultSet {
        let filter: SQL =
            switch state {
            case .due: "AND r.reminded_at IS NOT NULL AND r.dismissed_at IS NULL"
            case .pending: "AND r.reminded_at IS NULL"
            case .dismissed: "AND r.dismissed_at IS NOT NULL"
            case nil: ""
            }
        let position: SQL = id.map { "AND r.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT r.id, r.task_id, t.title, r.remind_at,
                extract(epoch FROM r.before_due)::bigint AS before_due_seconds, r.reminded_at, r.dismissed_at,
                r.version, r.created_at
            FROM tasks.reminder AS r
            JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = r.task_id
            WHERE r.workspace_id = \(workspace) AND r.user_id = \(user) \(filter) \(position)
            ORDER BY r.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Makes a reminder under the task's lock, and its timer.
    ///
    /// - Throws: ``Problem`` 404, 409 when there are too many, 422 for a time that has passed; ``PostgresError``.
    func add(
        _ request: CreateReminder, to task: ID<TaskItem>, of user: ID<User>, _ context: WriteContext
    ) async throws -> StoredAnswer {
        let answer = try await database.transaction(in: .workspace(context.workspace)) { tx in
            let task = try await TaskChangeStore(database: database).lock(task, tx, context).task
            let count = try await tx.query(
                """
                SELECT count(*) AS count FROM tasks.reminder
                WHERE workspace_id = \(context.workspace) AND task_id = \(task.id) AND user_id = \(user)
                  AND dismissed_at IS NULL
                """)
            guard try count.value("count", as: Int64.self) < Int64(Self.limit) else {
                throw Problem(.conflict, "You have \(Self.limit) reminders of this task: put one away first.")
            }
            let reminder = try Self.reminder(request, of: task, at: context.now)
            let answer = try StoredAnswer(status: 201, reminder, location: "/v1/tasks/reminders", version: 1)
            _ = try await tx.query(
                """
                WITH changed AS (
                    INSERT INTO tasks.reminder (
                        workspace_id, id, task_id, user_id, remind_at, before_due, created_at)
                    VALUES (\(context.workspace), \(reminder.id), \(task.id), \(user), \(reminder.remindAt),
                        \(reminder.beforeDueSeconds.map { Duration.seconds($0) }), \(context.now))
                    RETURNING id, version
                ),
                \(context.activity(
                    .reminder, verb: .created, from: "changed",
                    changes: [.value("task_id", from: "NULL::uuid", to: "\(task.id)")])),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM kept
                """)
            if let time = reminder.remindAt {
                _ = try await tx.query(
                    timers.schedule(.reminder, of: reminder.id.erased, in: context.workspace, at: time))
            }
            return answer
        }
        database.hint(TimerHint.channel)
        return answer
    }

    /// Puts one of a person's reminders away; one that is away already stays so.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func dismiss(_ id: ID<Reminder>, of user: ID<User>, _ context: WriteContext) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let locked = try await tx.query(
                """
                SELECT r.dismissed_at IS NOT NULL AS is_away FROM tasks.reminder AS r
                WHERE r.workspace_id = \(context.workspace) AND r.id = \(id) AND r.user_id = \(user)
                FOR NO KEY UPDATE OF r
                """)
            guard locked.count > 0 else { throw Problem.notFound("reminder") }
            guard try !locked.value("is_away", as: Bool.self) else {
                try await context.keep(.noContent, in: tx)
                return
            }
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE tasks.reminder AS r
                    SET reminded_at = CASE WHEN r.reminded_at IS NULL THEN \(context.now) ELSE r.reminded_at END,
                        dismissed_at = \(context.now), version = r.version + 1
                    WHERE r.workspace_id = \(context.workspace) AND r.id = \(id)
                    RETURNING r.id, r.version
                ),
                \(context.activity(.reminder, verb: .dismissed, from: "changed")),
                \(context.keep(.noContent, from: "changed"))
                SELECT count(*) FROM kept
                """)
            _ = try await tx.query(timers.cancel(.reminder, of: id.erased, in: context.workspace))
        }
    }

    /// Moves the reminders that hang on a task's due time, in the transaction that changes it.
    ///
    /// At most ``limit`` a person; index: ix_reminder_task.
    ///
    /// - Throws: ``PostgresError``.
    func follow(
        _ task: TaskItem, _ tx: Transaction, _ context: WriteContext
    ) async throws(PostgresError) {
        let moved = try await tx.query(
            """
            UPDATE tasks.reminder AS r
            SET remind_at = \(task.dueAt) - r.before_due
            WHERE r.workspace_id = \(context.workspace) AND r.task_id = \(task.id) AND r.before_due IS NOT NULL
              AND r.reminded_at IS NULL
            RETURNING r.id, r.remind_at
            """, as: MovedReminder.self)
        for reminder in moved {
            let timer: SQL =
                if let time = reminder.remindAt {
                    timers.schedule(.reminder, of: reminder.id.erased, in: context.workspace, at: time)
                } else {
                    timers.cancel(.reminder, of: reminder.id.erased, in: context.workspace)
                }
            _ = try await tx.query(timer)
        }
    }

    /// Sets the timers of tasks that came back, in the transaction that brings them: a time that passed while a task
    /// had ended told nobody, and is told now.
    ///
    /// At most ``limit`` a person of each; index: ix_reminder_task.
    ///
    /// - Throws: ``PostgresError``.
    func resume(
        _ tasks: [ID<TaskItem>], _ tx: Transaction, in workspace: ID<Workspace>
    ) async throws(PostgresError) {
        guard !tasks.isEmpty else { return }
        _ = try await tx.query(
            """
            WITH waiting AS (
                SELECT r.id, r.remind_at
                FROM unnest(\(tasks)) AS n (id)
                JOIN tasks.reminder AS r ON r.workspace_id = \(workspace) AND r.task_id = n.id
                WHERE r.reminded_at IS NULL AND r.remind_at IS NOT NULL
                ORDER BY r.id
            )
            \(timers.schedule(.reminder, ofEach: "waiting", in: workspace, atEach: "waiting.remind_at"))
            """)
    }

    /// What is done when a reminder's time has come: its person is told, unless the task has ended meanwhile; then they
    /// are when it comes back (``resume(_:_:in:)``).
    var handler: TimerHandler {
        TimerHandler(
            .reminder,
            effect: { job, tx in
                let context = WriteContext(
                    workspace: job.workspace, actor: .service(ServiceName.tasks.rawValue),
                    requestID: "timer-\(job.subject)", now: .now)
                _ = try await tx.query(
                    """
                    WITH subject AS (
                        SELECT r.id FROM tasks.reminder AS r
                        JOIN tasks.task AS t ON t.workspace_id = \(job.workspace) AND t.id = r.task_id
                        WHERE r.workspace_id = \(job.workspace) AND r.id = \(job.subject)
                          AND r.reminded_at IS NULL AND NOT t.is_ended
                        FOR NO KEY UPDATE OF r
                    ),
                    changed AS (
                        UPDATE tasks.reminder AS r
                        SET reminded_at = \(context.now), version = r.version + 1
                        FROM subject
                        WHERE r.workspace_id = \(job.workspace) AND r.id = subject.id
                        RETURNING r.id, r.version, r.user_id
                    ),
                    \(context.activity(
                        .reminder, verb: .reminded, from: "changed",
                        changes: [.value("user_id", from: "NULL::uuid", to: "changed.user_id")]))
                    SELECT count(*) FROM changed
                    """)
                return .done
            })
    }

    private static func reminder(
        _ request: CreateReminder, of task: TaskItem, at now: Timestamp
    ) throws -> Reminder {
        switch (request.remindAt, request.beforeDueSeconds?.value) {
        case (let time?, nil):
            guard time > now else {
                throw Problem.invalidBody([FieldError("/remind_at", .outOfRange, "must lie in the future")])
            }
            return Reminder(
                id: .make(at: now), taskID: task.id, title: task.title, remindAt: time, beforeDueSeconds: nil,
                createdAt: now)
        case (nil, let seconds?):
            return Reminder(
                id: .make(at: now), taskID: task.id, title: task.title,
                remindAt: task.dueAt?.adding(.zero - .seconds(seconds)), beforeDueSeconds: seconds, createdAt: now)
        default:
            throw Problem.invalidBody([
                FieldError("/remind_at", .notAllowed, "is given, or before_due_seconds is, but not both or neither")
            ])
        }
    }
}

/// A reminder that moved.
private struct MovedReminder: PostgresRow {
    static let columns = ["id", "remind_at"]
    let id: ID<Reminder>
    let remindAt: Timestamp?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        remindAt = try row.decode("remind_at")
    }
}

extension TimerKind {
    /// A person is to be told of a task.
    static let reminder = TimerKind(rawValue: "reminder")
}

extension RecordKind {
    /// A person's reminder.
    static let reminder = RecordKind(rawValue: "reminder")
}

extension ActivityVerb {
    /// A person was told of a task.
    static let reminded = ActivityVerb(rawValue: "reminded")
    /// A person put a reminder away.
    static let dismissed = ActivityVerb(rawValue: "dismissed")
}
