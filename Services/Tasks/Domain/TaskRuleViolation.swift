import Models

/// Why a rule of tasks refuses something.
enum TaskRuleViolation: Error, Equatable {
    /// Both a day and an instant are named at which it is due.
    case dueTwice
    /// There is no such record.
    case unknownSubject(TaskSubjectKind)
    /// There is no such kind, or it is retired.
    case unknownKind
    /// There is no such person, or they do not work here any more.
    case unknownAssignee
    /// There is no such team, or it was dissolved.
    case unknownTeam
    /// Only a ticket can wait for a task.
    case requiredWithoutTicket
    /// There is no way from one status to the other.
    case illegalTransition(from: TaskStatus, to: TaskStatus)
    /// A task is reopened with a reason.
    case reopenNeedsReason
    /// A task is moved by force with a reason.
    case forceNeedsReason
    /// There is no such project.
    case unknownProject
    /// Only an active project takes tasks.
    case projectIsNotActive
    /// The project has no such milestone.
    case unknownMilestone
    /// A place is one on a project's board.
    case placeWithoutProject
    /// The task behind which it is to stand is not on the board, or is itself.
    case unknownNeighbour
    /// The progress of a task with a checklist is derived from it.
    case progressOfChecklist
    /// Somebody else has the task.
    case alreadyClaimed(by: NamedUser)
    /// The task belongs to somebody from whom the caller may not take it.
    case belongsToAnother(NamedUser)
    /// A task that has ended is given to nobody.
    case isOver
    /// Only who has a task can delegate it.
    case delegatesAnothers
    /// Nobody delegates to themselves.
    case delegatesToHolder
    /// Nobody delegated the task.
    case isNotDelegated
    /// Only who delegated a task can take it back.
    case delegatedByAnother(NamedUser)
}

/// Several rules refuse a request, each for a member of its own.
struct TaskRefusals: Error, Equatable {
    let violations: [TaskRuleViolation]
}
