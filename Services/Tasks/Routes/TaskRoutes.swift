import Models
import Postgres
import ServiceKit

/// Tasks: making, reading, changing what they say, moving them.
struct TaskRoutes: Sendable {
    let database: Database

    private var store: TaskStore { TaskStore(database: database) }
    private var names: NameStore { NameStore(database: database) }

    /// One page of tasks.
    func list(_ call: Call<NoPath, TaskListQuery, NoBody>) async throws -> Answer<Page<TaskSummary>> {
        let principal = try call.principal
        let list = TaskList(workspace: principal.workspace, query: call.query, caller: principal.userID, now: call.now)
        return try await TaskListStore(database: database).page(of: list)
    }

    /// One page of the caller's day.
    func day(_ call: Call<NoPath, PageQuery, NoBody>) async throws -> Answer<Page<TaskSummary>> {
        let day = TaskDay(workspace: try call.principal.workspace, person: try call.userID, now: call.now)
        let limit = call.query.limit ?? .standard
        let cursor = try PageReading.keys(call.query.cursor, binding: day.binding, count: TaskDay.keys.count)
        let rows = try await database.query(
            .scan, in: .workspace(day.workspace), try day.page(after: cursor, limit: limit.value))
        return try .page(rows, limit: limit, binding: day.binding, keys: TaskDay.keys)
    }

    /// One task.
    func show(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<TaskItem> {
        try .row(try await store.show(call.path.id, in: try call.principal.workspace), "task")
    }

    /// Makes a task.
    func create(_ call: Call<NoPath, NoQuery, CreateTask>) async throws -> Answer<TaskItem> {
        let context = try call.write
        let opening = TaskOpening(call.body)
        let found = try await names.find(opening.wanted, in: context.workspace)
        let task = try RuleProblems.translated(try opening.task(found: found, at: call.now))
        let answer = try StoredAnswer(
            status: 201, task, location: "/v1/tasks/\(task.id)", version: 1, labelRevision: 0)
        try await store.add(task, answer: answer, context)
        return .stored(answer)
    }

    /// Changes what a task says.
    func update(_ call: Call<IDPath<TaskItem>, NoQuery, UpdateTask>) async throws -> Answer<TaskItem> {
        let context = try call.write
        let wanted = TaskEdit.wanted(of: call.body)
        let found = try await names.find(wanted, in: context.workspace)
        let answer = try await RuleProblems.translating {
            let edit = TaskEdit(patch: call.body, names: try wanted.resolved(by: found))
            return try await TaskChangeStore(database: database).change(
                call.path.id, expecting: call.ifMatch, context
            ) { task, _ in
                try edit.applied(to: task, at: context.now).map { TaskDecision(task: $0, verb: .updated) }
            }
        }
        return .stored(answer)
    }

    /// Brings a task to a status.
    func move(_ call: Call<IDPath<TaskItem>, NoQuery, MoveTask>) async throws -> Answer<TaskItem> {
        let context = try call.write
        let move = TaskMove(request: call.body)
        let answer = try await RuleProblems.translating {
            try await TaskChangeStore(database: database).changeStatus(
                of: call.path.id, expecting: call.ifMatch, context
            ) { task, tx in
                guard let after = try move.applied(to: task, at: context.now) else { return nil }
                let isForced = try await MoveObstacles(tx, context).check(move, of: task)
                var decision = TaskDecision(task: after, verb: move.isReopening(task) ? .reopened : .moved)
                if isForced { decision.details = [TaskMove.forced] }
                decision.comment = call.body.reason.map { CommentDraft($0.value, by: context) }
                return decision
            }
        }
        return .stored(answer)
    }
}
