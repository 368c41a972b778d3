import Models

/// Why a rule of tickets refuses something.
enum TicketRuleViolation: Error, Equatable {
    /// The owner is none or several of the four.
    case ownerIsNotOne
    /// There is no such individual or organization.
    case unknownOwner(TicketOwnerKind)
    /// There is no such category, or it is retired.
    case unknownCategory
    /// There is no such person, or they do not work here any more.
    case unknownAssignee
    /// There is no such team, or it was dissolved.
    case unknownTeam
    /// Somebody else has the ticket.
    case alreadyClaimed(by: NamedUser)
    /// A closed ticket is not given to anybody.
    case isClosed
    /// The ticket belongs to somebody from whom the caller may not take it.
    case belongsToAnother(NamedUser)
    /// There is no way from one status to the other.
    case illegalTransition(from: TicketStatus, to: TicketStatus)
    /// A reason to wait where nothing waits, or a time without a reason.
    case waitsForNothing(TicketMove.WaitFault)
    /// The time to wait until has passed.
    case waitIsOver
    /// A ticket is reopened with a reason.
    case reopenNeedsReason
    /// Tasks without which the ticket is not done are open; empty when the caller may not see which.
    case requiredTasksOpen([OpenTask])
    /// Only an end can be forced.
    case forcesNothing
    /// An end is forced with a reason.
    case forceNeedsReason
    /// The reopen window of so many days has passed.
    case reopenWindowPassed(days: Int)
}

/// A task without which its ticket is not done, and which is not done.
struct OpenTask: Hashable, Sendable {
    let id: ID<TaskItem>
    let title: String

    /// The most that a refusal names.
    static let limit = 10
}
