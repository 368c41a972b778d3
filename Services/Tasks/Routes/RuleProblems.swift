import Models
import ServiceKit

/// What callers are told when a rule of tasks refuses something: the one place that translates.
enum RuleProblems {
    /// Runs what rules decide, and translates their refusals.
    static func translating<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let violation as TaskRuleViolation {
            throw problem(violation)
        } catch let refusals as TaskRefusals {
            throw Problem.invalidBody(refusals.violations.compactMap(fault))
        }
    }

    /// The same for what does not wait.
    static func translated<Value>(_ work: @autoclosure () throws -> Value) throws -> Value {
        try translated(under: "", try work())
    }

    /// The same for what lies deeper in the body: under `place`, a JSON pointer.
    static func translated<Value>(under place: String, _ work: @autoclosure () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch let violation as TaskRuleViolation {
            throw problem(violation, under: place)
        } catch let refusals as TaskRefusals {
            throw Problem.invalidBody(refusals.violations.compactMap(fault).map { $0.under(place) })
        }
    }

    /// What a caller would be told of a refusal, as a code.
    static func code(of violation: TaskRuleViolation) -> Problem.Code { problem(violation).code }

    private static func problem(_ violation: TaskRuleViolation, under place: String = "") -> Problem {
        switch violation {
        case .illegalTransition(let from, let to): illegal(from: from, to: to)
        case .alreadyClaimed(let winner): Problem.alreadyClaimed("task", by: winner)
        case .isOver:
            Problem(.illegalTransition, "A task that has ended is not given to anybody: reopen it first.")
        case .belongsToAnother(let holder):
            Problem(.forbidden, "\(holder.name) has this task; taking it away needs the permission tasks:assign.")
        case .delegatesAnothers:
            Problem(.forbidden, "Only the person who has a task can delegate it; others assign it.")
        case .delegatedByAnother(let delegator):
            Problem(.forbidden, "\(delegator.name) delegated this task, and nobody else can take it back.")
        case .isNotDelegated: Problem(.conflict, "Nobody has delegated this task.")
        case .projectIsNotActive:
            Problem(.conflict, "Only an active project takes tasks: bring it back first.")
        case .dueTwice, .unknownSubject, .unknownKind, .unknownAssignee, .unknownTeam, .requiredWithoutTicket,
            .reopenNeedsReason, .forceNeedsReason, .progressOfChecklist, .unknownProject, .unknownMilestone,
            .placeWithoutProject, .unknownNeighbour, .delegatesToHolder:
            Problem.invalidBody([fault(violation)].compactMap { $0?.under(place) })
        }
    }

    /// The wrong member of the body; `nil` for what is no member's fault.
    private static func fault(_ violation: TaskRuleViolation) -> FieldError? {
        switch violation {
        case .dueTwice: FieldError("/due_at", .notAllowed, "cannot be given together with due_on")
        case .unknownSubject(let kind): FieldError("/subject/id", .notFound, "is no \(kind.rawValue) here")
        case .unknownKind: FieldError("/kind", .notFound, "is no kind that tasks can have")
        case .unknownAssignee: FieldError("/assignee_id", .notFound, "is nobody who works here")
        case .unknownTeam: FieldError("/team_id", .notFound, "is no team here")
        case .requiredWithoutTicket:
            FieldError("/is_required", .notAllowed, "is for tasks about a ticket only")
        case .reopenNeedsReason: FieldError("/reason", .required, "is required to reopen a task")
        case .forceNeedsReason: FieldError("/reason", .required, "is required to move a task by force")
        case .progressOfChecklist:
            FieldError("/progress_percent", .notAllowed, "comes from the checklist, which this task has")
        case .unknownProject: FieldError("/project_id", .notFound, "is no project here")
        case .unknownMilestone: FieldError("/milestone_id", .notFound, "is no milestone of the task's project")
        case .placeWithoutProject: FieldError("/after", .notAllowed, "is for tasks of a project only")
        case .unknownNeighbour: FieldError("/after", .notFound, "is no other task of the project")
        case .delegatesToHolder: FieldError("/assignee_id", .notAllowed, "has the task already")
        case .illegalTransition, .alreadyClaimed, .belongsToAnother, .isOver, .delegatesAnothers, .isNotDelegated,
            .delegatedByAnother, .projectIsNotActive:
            nil
        }
    }

    private static func illegal(from: TaskStatus, to: TaskStatus) -> Problem {
        let ways = TaskMove.ways(from: from).map(\.rawValue)
        return Problem(
            .illegalTransition,
            "From \(from.rawValue) a task comes to \(ways.joined(separator: ", ")), not to \(to.rawValue).",
            members: [
                JSONValue.Member("from", .string(from.rawValue)),
                JSONValue.Member("allowed", .array(ways.map(JSONValue.string))),
            ])
    }
}
