import Models

/// The way between statuses.
struct TaskMove: Sendable {
    /// What was asked for.
    let request: MoveTask

    /// The statuses that a task can come to from where it stands.
    static func ways(from status: TaskStatus) -> [TaskStatus] {
        switch status {
        case .open: [.inProgress, .completed, .cancelled]
        case .inProgress: [.open, .completed, .cancelled]
        case .completed, .cancelled: [.open, .inProgress]
        }
    }

    /// The task after the move; `nil` when it stands there already.
    ///
    /// - Throws: ``TaskRuleViolation`` when the move is not allowed.
    func applied(to task: TaskItem, at now: Timestamp) throws(TaskRuleViolation) -> TaskItem? {
        try check()
        guard request.status != task.status else { return nil }
        guard Self.ways(from: task.status).contains(request.status) else {
            throw .illegalTransition(from: task.status, to: request.status)
        }
        if isReopening(task), request.reason == nil { throw .reopenNeedsReason }
        var after = task
        after.status = request.status
        after.statusChangedAt = now
        after.endedAt = request.status.isEnded ? now : nil
        if request.status == .inProgress { after.startedAt = task.startedAt ?? now }
        return after.changed(at: now)
    }

    /// Whether the request itself makes sense, whatever the task.
    ///
    /// - Throws: ``TaskRuleViolation``.
    func check() throws(TaskRuleViolation) {
        if request.force == true, request.reason == nil { throw .forceNeedsReason }
    }

    /// Whether the move brings a task back that had ended.
    func isReopening(_ task: TaskItem) -> Bool {
        task.status.isEnded && !request.status.isEnded
    }

    /// What the activity says of a move that something would have held.
    static let forced = JSONValue.Member.change("forced", false, true)
}
