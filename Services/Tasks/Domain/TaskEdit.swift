import Models

/// A change of what a task says.
struct TaskEdit: Sendable {
    /// What was asked for.
    let patch: UpdateTask
    /// What the patch names.
    let names: ResolvedNames

    /// What a patch names.
    static func wanted(of patch: UpdateTask) -> WantedNames {
        WantedNames(subject: patch.subject.value, kind: patch.kind?.value, dueOn: patch.dueOn.value)
    }

    /// The task after the change; `nil` when it says the same already.
    ///
    /// - Throws: ``TaskRefusals`` with everything that does not go together.
    func applied(to task: TaskItem, at now: Timestamp) throws(TaskRefusals) -> TaskItem? {
        var after = task
        if let title = patch.title?.value { after.title = title }
        if patch.description.isPresent { after.description = patch.description.value?.value }
        if let kind = patch.kind?.value { after.kind = kind }
        if let priority = patch.priority { after.priority = priority }
        if patch.subject.isPresent { after.subject = names.subject }
        if patch.dueOn.isPresent { (after.dueOn, after.dueAt) = (patch.dueOn.value, names.dayEnd) }
        // An instant that is cleared beside a day takes nothing from the day.
        if patch.dueAt.value != nil || (patch.dueAt.isPresent && !patch.dueOn.isPresent) {
            (after.dueOn, after.dueAt) = (nil, patch.dueAt.value)
        }
        if patch.estimateSeconds.isPresent { after.estimateSeconds = patch.estimateSeconds.value?.value }
        if let isRequired = patch.isRequired { after.isRequired = isRequired }
        var violations: [TaskRuleViolation] = []
        if patch.dueOn.value != nil, patch.dueAt.value != nil { violations.append(.dueTwice) }
        if after.isRequired, after.subject?.kind != .ticket { violations.append(.requiredWithoutTicket) }
        if let percent = patch.progressPercent?.value {
            if task.progress.total > 0 { violations.append(.progressOfChecklist) }
            after.progress = TaskProgress(percent: percent, done: 0, total: 0)
        }
        guard violations.isEmpty else { throw TaskRefusals(violations: violations) }
        return TaskDifference.of(task, after) == .object([]) ? nil : after.changed(at: now)
    }
}

extension TaskProgress {
    /// The figures after entries of the checklist came, went, were done or undone.
    ///
    /// While there are entries, the percent is the part that is done, rounded down. When the last one goes it stays
    /// where it was, and can be set again.
    func counting(done: Int, total: Int) -> TaskProgress {
        let (done, total) = (self.done + done, self.total + total)
        return TaskProgress(percent: total == 0 ? percent : done * 100 / total, done: done, total: total)
    }
}
