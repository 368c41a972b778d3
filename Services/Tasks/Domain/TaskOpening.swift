import Models

/// The making of a task (FEATURES.md, F1 to F4).
struct TaskOpening: Sendable {
    /// What was asked for.
    let request: CreateTask
    /// What the request names.
    let wanted: WantedNames

    /// Reads a request.
    init(_ request: CreateTask) {
        self.request = request
        wanted = WantedNames(
            subject: request.subject, assignee: request.assigneeID, team: request.teamID, kind: request.kind?.value,
            dueOn: request.dueOn)
    }

    /// The new task: open, at its first version.
    ///
    /// - Throws: ``TaskRefusals`` with everything that is not there, or does not go together.
    func task(found: FoundNames, at now: Timestamp) throws(TaskRefusals) -> TaskItem {
        var violations: [TaskRuleViolation] = []
        var names = ResolvedNames()
        do throws(TaskRefusals) { names = try wanted.resolved(by: found) } catch { violations = error.violations }
        if request.dueOn != nil, request.dueAt != nil { violations.append(.dueTwice) }
        if request.isRequired == true, request.subject?.kind != .ticket { violations.append(.requiredWithoutTicket) }
        guard violations.isEmpty else { throw TaskRefusals(violations: violations) }
        var task = TaskItem(
            id: ID<TaskItem>.make(at: now), title: request.title.value,
            kind: request.kind?.value ?? BuiltInKind.standard.rawValue, priority: request.priority ?? .medium, at: now)
        task.description = request.description?.value
        (task.subject, task.assignee, task.team) = (names.subject, names.assignee, names.team)
        task.dueOn = request.dueOn
        task.dueAt = request.dueAt ?? names.dayEnd
        task.estimateSeconds = request.estimateSeconds?.value
        task.isRequired = request.isRequired ?? false
        task.parentID = request.parentID
        return task
    }
}
