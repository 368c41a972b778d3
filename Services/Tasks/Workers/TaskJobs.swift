import Models
import Postgres
import ServiceKit

/// Bulk changes of tasks: to a status, to a kind or priority.
struct TaskJobs: JobWork {
    typealias Order = CreateTaskJob
    typealias Record = TaskRow

    let database: Database

    var recordKind: RecordKind { .task }
    var table: SQL { "tasks.task" }
    var toldFields: [String] { ["status", "kind", "priority"] }
    var permission: Permission { .tasksWrite }
    var oversight: Permission { .tasksAssign }

    func kind(of order: CreateTaskJob, by asker: JobAsker) async throws -> String {
        let change = try TaskBulk(order.change)
        let place = "/change/\(change.word)"
        if case .status(let request) = change {
            try RuleProblems.translated(under: place, try TaskMove(request: request).check())
        }
        let found = try await NameStore(database: database).find(change.wanted, in: asker.workspace)
        _ = try RuleProblems.translated(under: place, try change.wanted.resolved(by: found))
        return change.word
    }

    func conditions(of order: CreateTaskJob, by asker: JobAsker) -> [SQL] {
        let query = TaskListQuery(order.filter)
        return TaskList(workspace: asker.workspace, query: query, caller: asker.person, now: asker.now).conditions
    }

    func decide(
        _ records: [TaskRow], _ order: CreateTaskJob, _ turn: JobTurn
    ) async throws -> [JobDecision] {
        let change = try TaskBulk(order.change)
        try await expectNames(of: change, turn)
        let steps = records.map { row in
            Result { () throws(TaskRuleViolation) in try change.applied(to: row.task, at: turn.asker.now) }
        }
        let after = zip(records, steps).map { row, step in (try? step.get())?.0 ?? row.task }
        var obstacles = try await JobObstacles(to: after, of: records, turn)
        var decisions: [JobDecision] = []
        for (row, step) in zip(records, steps).prefix(obstacles.reach) {
            do {
                guard let (after, verb) = try step.get() else {
                    decisions.append(.unchanged)
                    continue
                }
                let isForced = try obstacles.pass(row, after, byForce: change.isForced)
                var extra = isForced ? [TaskMove.forced] : []
                if change.reason != nil {
                    extra.append(.ids("comment_id", from: nil, to: ID<TaskComment>.make(at: turn.asker.now)))
                }
                decisions.append(.changed(JobChange(after: Self.values(of: after), verb: verb, extra: extra)))
            } catch let violation as TaskRuleViolation {
                decisions.append(.refused(RuleProblems.code(of: violation)))
            } catch let refusal as JobObstacle {
                decisions.append(.refused(refusal.code))
            }
        }
        try await obstacles.fold(ReminderStore(database: database))
        return decisions
    }

    /// Expects that what the whole job names is there still.
    ///
    /// - Throws: ``JobFailure``; ``PostgresError``.
    private func expectNames(of change: TaskBulk, _ turn: JobTurn) async throws {
        guard change.wanted.ownKind != nil else { return }
        let found = try await turn.transaction.first(
            "SELECT \(NameStore.columns(change.wanted, in: turn.asker.workspace))", as: NameRow.self)
        do throws(TaskRefusals) {
            _ = try change.wanted.resolved(by: found?.names ?? FoundNames())
        } catch {
            throw JobFailure("target_gone")
        }
    }

    /// A task becomes what it was, unless a ticket that has ended would come to wait for it.
    func restore(
        _ records: [TaskRow], to values: [JSONValue], _ turn: JobTurn
    ) async throws -> [JobDecision] {
        let after = zip(records, values).map { row, value in
            var after = row.task
            after.status = value["status"].flatMap(TaskStatus.init(json:)) ?? row.task.status
            return after
        }
        var obstacles = try await JobObstacles(to: after, of: records, turn)
        var decisions: [JobDecision] = []
        for index in 0..<obstacles.reach {
            do throws(JobObstacle) {
                try obstacles.restore(records[index], after[index])
                decisions.append(.changed(JobChange(after: values[index], verb: .restored)))
            } catch {
                decisions.append(.refused(error.code))
            }
        }
        try await obstacles.fold(ReminderStore(database: database))
        return decisions
    }

    func values(of record: TaskRow) -> JSONValue { Self.values(of: record.task) }

    /// What a job changes of a task: closed fields, and the times that follow from them.
    private static func values(of task: TaskItem) -> JSONValue {
        func time(_ instant: Timestamp?) -> JSONValue { instant.map { .string($0.description) } ?? .null }
        return [
            "status": .string(task.status.rawValue), "kind": .string(task.kind),
            "priority": .string(task.priority.rawValue), "status_changed_at": time(task.statusChangedAt),
            "started_at": time(task.startedAt), "ended_at": time(task.endedAt),
        ]
    }

    func update(_ turn: JobTurn) -> SQL {
        """
        UPDATE tasks.task AS t
        SET status = v.status, kind = v.kind, priority = v.priority, status_changed_at = v.status_changed_at,
            started_at = v.started_at, ended_at = v.ended_at, version = t.version + 1, updated_at = \(turn.asker.now)
        FROM decided AS d
        CROSS JOIN LATERAL jsonb_to_record(d.after) AS v (
            status text, kind text, priority text, status_changed_at timestamptz, started_at timestamptz,
            ended_at timestamptz)
        WHERE t.workspace_id = \(turn.asker.workspace) AND t.id = d.id
        RETURNING t.id, t.version
        """
    }

    /// The reason of a move becomes a comment of each task.
    func alongside(_ order: CreateTaskJob, _ turn: JobTurn) -> SQL {
        guard let reason = order.change.status?.reason else { return "alongside AS (SELECT 1 AS one)" }
        let author = ActivityItem.Actor(turn.context.actor)
        let mentions = (try? WireJSON.encode(CommentMentions())) ?? []
        return """
            alongside AS (
                INSERT INTO tasks.comment (
                    workspace_id, id, task_id, text, author_kind, author_id, author_service, mentions, created_at)
                SELECT \(turn.asker.workspace), (decided.extra -> 'comment_id' ->> 'to')::uuid, changed.id, \(reason),
                    \(author.kind), \(author.id), \(author.service), \(JSONText(utf8: mentions)),
                    \(turn.asker.now)
                FROM changed JOIN decided ON decided.id = changed.id
                RETURNING id
            )
            """
    }
}

extension TaskRow: JobRecord {
    var subject: ID<AnyRecord> { task.id.erased }
    var version: Int { task.version }
}
