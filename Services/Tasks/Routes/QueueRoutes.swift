import Models
import Postgres
import ServiceKit

/// Who has a task: claiming, giving, giving back, delegating, taking back.
struct QueueRoutes: Sendable {
    let database: Database

    private var names: NameStore { NameStore(database: database) }

    /// Takes a task that nobody has.
    func claim(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<TaskItem> {
        let claimant = try await person(of: call, "claim")
        let queueing = try queueing(call.principal)
        return try await decide(call) { task, now in
            try queueing.claimed(task, by: claimant, at: now).map { TaskDecision(task: $0, verb: .claimed) }
        }
    }

    /// Gives a task to a person, a team, or takes it from them.
    func assign(_ call: Call<IDPath<TaskItem>, NoQuery, AssignTask>) async throws -> Answer<TaskItem> {
        let wanted = WantedNames(assignee: call.body.assigneeID.value, team: call.body.teamID.value)
        let found = try await names.find(wanted, in: try call.principal.workspace)
        let resolved = try RuleProblems.translated(try wanted.resolved(by: found))
        return try await give(
            call, to: call.body.assigneeID.named(resolved.assignee), call.body.teamID.named(resolved.team))
    }

    /// Gives a task back, so that it can be claimed again; its team keeps it.
    func unassign(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<TaskItem> {
        try await give(call, to: .null, .absent)
    }

    /// Hands a task on.
    func delegate(_ call: Call<IDPath<TaskItem>, NoQuery, DelegateTask>) async throws -> Answer<TaskItem> {
        let delegation = TaskDelegation(caller: try await person(of: call, "delegate"))
        let wanted = WantedNames(assignee: call.body.assigneeID)
        let context = try call.write
        let found = try await names.find(wanted, in: context.workspace)
        // Of a task that is not there nothing is said but that.
        if found.assigneeName == nil {
            try await TaskStore(database: database).expect(call.path.id, in: context.workspace)
        }
        let resolved = try RuleProblems.translated(try wanted.resolved(by: found))
        let note = call.body.note.map { CommentDraft($0.value, by: context) }
        return try await decide(call) { task, now in
            guard let person = resolved.assignee else { return nil }
            var decision = TaskDecision(task: try delegation.delegated(task, to: person, at: now), verb: .delegated)
            decision.comment = note
            return decision
        }
    }

    /// Takes a delegated task back.
    func recall(_ call: Call<IDPath<TaskItem>, NoQuery, NoBody>) async throws -> Answer<TaskItem> {
        let delegation = TaskDelegation(caller: try await person(of: call, "take back"))
        return try await decide(call) { task, now in
            TaskDecision(task: try delegation.recalled(task, at: now), verb: .recalled)
        }
    }

    // MARK: Steps

    private func give<Body>(
        _ call: Call<IDPath<TaskItem>, NoQuery, Body>, to person: Patch<NamedUser>, _ team: Patch<NamedTeam>
    ) async throws -> Answer<TaskItem> {
        let queueing = try queueing(call.principal)
        return try await decide(call) { task, now in
            try queueing.given(task, to: person, team, at: now).map { after in
                TaskDecision(task: after.given(since: task), verb: .giving(task, after))
            }
        }
    }

    private func decide<Body>(
        _ call: Call<IDPath<TaskItem>, NoQuery, Body>,
        _ rule: @escaping @Sendable (TaskItem, Timestamp) throws -> TaskDecision?
    ) async throws -> Answer<TaskItem> {
        let context = try call.write
        let answer = try await RuleProblems.translating {
            try await TaskChangeStore(database: database).change(
                call.path.id, expecting: call.ifMatch, context
            ) { task, _ in try rule(task, context.now) }
        }
        return .stored(answer)
    }

    private func queueing(_ principal: Principal) -> TaskQueueing {
        TaskQueueing(caller: principal.userID, mayTakeFromOthers: principal.permissions.contains(.tasksAssign))
    }

    /// The person who asks, by their name of today.
    private func person<Body>(
        of call: Call<IDPath<TaskItem>, NoQuery, Body>, _ verb: String
    ) async throws -> NamedUser {
        let wanted = WantedNames(assignee: try call.userID)
        let found = try await names.find(wanted, in: try call.principal.workspace)
        guard let person = try? wanted.resolved(by: found).assignee else {
            throw Problem(.forbidden, "Only somebody who works here can \(verb) a task.")
        }
        return person
    }
}
