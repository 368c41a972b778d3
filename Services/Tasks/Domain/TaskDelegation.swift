package import Models

/// Handing a task on so that it can be taken back (FEATURES.md, D6).
///
/// Whoever has a task may delegate it, and take it back for as long as nobody gave it to somebody else.
struct TaskDelegation: Sendable {
    /// The person who delegates or takes back, by their name of today.
    let caller: NamedUser

    /// The task in the hands of somebody else.
    ///
    /// - Throws: ``TaskRuleViolation`` when it has ended, when the caller has not got it, or names themselves.
    func delegated(
        _ task: TaskItem, to person: NamedUser, at now: Timestamp
    ) throws(TaskRuleViolation) -> TaskItem {
        guard !task.isOutOfQueues else { throw .isOver }
        guard task.assignee?.id == caller.id else { throw .delegatesAnothers }
        guard person.id != caller.id else { throw .delegatesToHolder }
        var after = task
        (after.assignee, after.delegatedBy) = (person, caller)
        return after.changed(at: now)
    }

    /// The task in the hands of the caller again.
    ///
    /// - Throws: ``TaskRuleViolation`` when it has ended, when nobody delegated it, or somebody else did.
    func recalled(_ task: TaskItem, at now: Timestamp) throws(TaskRuleViolation) -> TaskItem {
        guard !task.isOutOfQueues else { throw .isOver }
        guard let delegator = task.delegatedBy else { throw .isNotDelegated }
        guard delegator.id == caller.id else { throw .delegatedByAnother(delegator) }
        var after = task
        (after.assignee, after.delegatedBy) = (caller, nil)
        return after.changed(at: now)
    }
}

/// Who has a task, and who may decide so (FEATURES.md, F3); taking one from somebody else needs `tasks:assign`.
typealias TaskQueueing = Queueing<TaskItem, TaskRuleViolation>

extension TaskRuleViolation: QueueViolation {}

extension TaskItem: Queued {
    /// Whether it was completed or cancelled.
    package var isOutOfQueues: Bool { status.isEnded }

    /// The next version of the record.
    package func changed(at now: Timestamp) -> TaskItem {
        var after = self
        after.version += 1
        after.updatedAt = now
        return after
    }

    /// The same after somebody gave it away: who had delegated it cannot take it back from whom they did not choose.
    func given(since before: TaskItem) -> TaskItem {
        var after = self
        if after.assignee?.id != before.assignee?.id { after.delegatedBy = nil }
        return after
    }
}
