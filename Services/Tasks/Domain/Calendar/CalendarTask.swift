import Models

/// A task as a calendar shows it.
struct CalendarTask: Hashable, Sendable {
    /// When it is due.
    enum Due: Hashable, Sendable {
        /// At an instant.
        case at(Timestamp)
        /// On a day, which begins so.
        case on(CivilDateTime)
    }

    /// Where it stands (RFC 5545, 3.8.1.11).
    enum Status: String, CaseIterable, Sendable {
        case needsAction = "NEEDS-ACTION"
        case inProcess = "IN-PROCESS"
        case completed = "COMPLETED"
        case cancelled = "CANCELLED"
    }

    /// What identifies it everywhere and for ever, such as its id and the host's name.
    let uid: String
    /// Its title, on one line.
    let summary: String
    /// What is to be done; `nil` or of any length, over several lines.
    var details: String?
    /// When it is due; `nil` when no time is set.
    var due: Due?
    /// How it comes round again from ``due`` on; `nil` when it does not, and of no use without a due time.
    var recurrence: CalendarRecurrence?
    /// 1, the highest, to 9; 0 is none.
    var priority = 0
    /// Where it stands.
    var status = Status.needsAction
    /// How much is done, 0 to 100; `nil` when nobody counts.
    var percentComplete: Int?
    /// When it was made.
    let createdAt: Timestamp
    /// When it was changed last.
    let updatedAt: Timestamp
    /// When it was completed; `nil` before.
    var completedAt: Timestamp?
    /// How often it was changed, from 0.
    var sequence: Int64 = 0
    /// Where people look at it.
    var url: String?
}
