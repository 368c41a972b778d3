/// Where a task stands.
package enum TaskStatus: String, WireWord {
    case open
    case inProgress = "in_progress"
    case completed
    case cancelled

    /// Whether nothing is left to do.
    package var isEnded: Bool { self == .completed || self == .cancelled }
}

/// What a task can be about: a record of any service.
package enum TaskSubjectKind: String, WireWord {
    case ticket
    case individual
    case organization
    case opportunity
    case equipment
    case article
}

/// When tasks of a list are due, by the days of the workspace's time zone.
package enum TaskDue: String, WireWord {
    /// Before now.
    case overdue
    /// Before the end of today, the overdue too.
    case today
    /// Before the end of the seventh day from today, the overdue too.
    case week
    /// At no time.
    case none
}

/// The orders of the list of tasks.
package enum TaskSort: String, WireWord {
    /// What is due first comes first, and what is due at no time last; a task that changes meanwhile may be missed.
    case due = "due_at"
    /// Newest first; complete while tasks are made.
    case newest = "-created_at"
    /// Oldest first; complete while tasks are made.
    case oldest = "created_at"
    /// Changed last first; a task that changes meanwhile may be missed.
    case changed = "-updated_at"
    /// Urgent first, and of the same priority the oldest first.
    case urgent = "-priority"
}
