import Models
import Postgres
import ServiceKit

/// Bulk changes of tasks: to a status, to a person or team, to a kind or priority.
struct TaskJobs: JobWork {
    typealias Order = CreateTaskJob
    typealias Record = TaskRow

    let database: Database

    var recordKind: RecordKind { .task }
    var table: SQL { "tasks.task" }
    var toldFields: [String] { ["status", "kind", "priority", "assignee_id", "team_id", "delegated_by_id"] }
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
        let rules = TaskBulkRules(change: change, names: try await names(of: change, turn), asker: turn.asker)
        let steps = records.map { row in
            Result { () throws(TaskRuleViolation) in try rules.applied(to: row.task) }
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

    /// What the whole job names, as it is called in this turn.
    ///
    /// - Throws: ``JobFailure`` when somebody or something that the change names is not there any more;
    ///   ``PostgresError``.
    private func names(of change: TaskBulk, _ turn: JobTurn) async throws -> ResolvedNames {
        guard !change.wanted.isNothing else { return ResolvedNames() }
        let found = try await turn.transaction.first(
            "SELECT \(NameStore.columns(change.wanted, in: turn.asker.workspace))", as: NameRow.self)
        do throws(TaskRefusals) {
            return try change.wanted.resolved(by: found?.names ?? FoundNames())
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

    /// What a job changes of a task: closed fields, ids, and the times that follow from them.
    private static func values(of task: TaskItem) -> JSONValue {
        func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
            value.map { .string($0.description) } ?? .null
        }
        return [
            "status": .string(task.status.rawValue), "kind": .string(task.kind),
            "priority": .string(task.priority.rawValue), "assignee_id": text(task.assignee?.id),
            "team_id": text(task.team?.id), "delegated_by_id": text(task.delegatedBy?.id),
            "status_changed_at": text(task.statusChangedAt), "started_at": text(task.startedAt),
            "ended_at": text(task.endedAt),
        ]
    }

    /// Names are copied where somebody else comes to have the task.
    func update(_ turn: JobTurn) -> SQL {
        let workspace = turn.asker.workspace
        return """
            UPDATE tasks.task AS t
            SET status = v.status, kind = v.kind, priority = v.priority, assignee_id = v.assignee_id,
                assignee_name = CASE WHEN v.assignee_id IS NOT DISTINCT FROM t.assignee_id THEN t.assignee_name ELSE (
                    SELECT p.name FROM identity.person AS p
                    WHERE p.workspace_id = \(workspace) AND p.id = v.assignee_id) END,
                team_id = v.team_id,
                team_name = CASE WHEN v.team_id IS NOT DISTINCT FROM t.team_id THEN t.team_name ELSE (
                    SELECT c.name FROM identity.team_card AS c
                    WHERE c.workspace_id = \(workspace) AND c.id = v.team_id) END,
                delegated_by_id = v.delegated_by_id,
                delegated_by_name = CASE
                    WHEN v.delegated_by_id IS NOT DISTINCT FROM t.delegated_by_id THEN t.delegated_by_name ELSE (
                        SELECT p.name FROM identity.person AS p
                        WHERE p.workspace_id = \(workspace) AND p.id = v.delegated_by_id) END,
                status_changed_at = v.status_changed_at, started_at = v.started_at, ended_at = v.ended_at,
                version = t.version + 1, updated_at = \(turn.asker.now)
            FROM decided AS d
            CROSS JOIN LATERAL jsonb_to_record(d.after) AS v (
                status text, kind text, priority text, assignee_id uuid, team_id uuid, delegated_by_id uuid,
                status_changed_at timestamptz, started_at timestamptz, ended_at timestamptz)
            WHERE t.workspace_id = \(workspace) AND t.id = d.id
            RETURNING t.id, t.version
            """
    }

    /// The reason of a move becomes a comment of each task; whoever comes to have tasks follows them.
    func alongside(_ order: CreateTaskJob, _ turn: JobTurn) -> SQL {
        if let person = order.change.assign?.assigneeID.value { return WatcherWriting.alongside(person, turn) }
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
