import Models
import ServiceKit

/// What callers are told when a rule of tickets refuses something: the one place that translates.
enum RuleProblems {
    /// Runs what rules decide, and translates their refusals.
    ///
    /// Wrong members of the body are named under `place`, a JSON pointer to what the rules decide about.
    static func translating<Value: Sendable>(
        under place: String = "", _ work: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await work()
        } catch let violation as TicketRuleViolation {
            throw problem(violation, under: place)
        } catch let refusals as TicketRefusals {
            throw Problem.invalidBody(refusals.violations.compactMap(fault).map { $0.under(place) })
        }
    }

    /// What a caller would be told of a refusal, as a code.
    static func code(of violation: TicketRuleViolation) -> Problem.Code { problem(violation, under: "").code }

    private static func problem(_ violation: TicketRuleViolation, under place: String) -> Problem {
        switch violation {
        case .alreadyClaimed(let winner): Problem.alreadyClaimed("ticket", by: winner)
        case .isClosed: Problem(.illegalTransition, "A closed ticket is not given to anybody: reopen it first.")
        case .belongsToAnother(let holder):
            Problem(.forbidden, "\(holder.name) has this ticket; taking it away needs the permission tickets:assign.")
        case .illegalTransition(let from, let to): illegal(from: from, to: to)
        case .reopenWindowPassed(let days):
            Problem(
                .reopenWindowPassed,
                "It was closed more than \(days) days ago: open a new ticket, or ask somebody with tickets:reopen.")
        case .requiredTasksOpen(let tasks): requiredTasksOpen(tasks)
        case .ownerIsNotOne, .unknownOwner, .unknownCategory, .unknownAssignee, .unknownTeam, .waitsForNothing,
            .waitIsOver, .reopenNeedsReason, .forcesNothing, .forceNeedsReason:
            Problem.invalidBody([fault(violation)].compactMap { $0?.under(place) })
        }
    }

    /// The wrong member of the body; `nil` for what is no member's fault.
    private static func fault(_ violation: TicketRuleViolation) -> FieldError? {
        switch violation {
        case .ownerIsNotOne:
            FieldError(
                "/owner", .notAllowed,
                "must name exactly one of individual_id, organization_id, external_reference, memo")
        case .unknownOwner(let kind):
            FieldError("/owner/\(kind.rawValue)_id", .notFound, "is no \(kind.rawValue) here")
        case .unknownCategory: FieldError("/category", .notFound, "is no category that tickets can have")
        case .unknownAssignee: FieldError("/assignee_id", .notFound, "is nobody who works here")
        case .unknownTeam: FieldError("/team_id", .notFound, "is no team here")
        case .waitsForNothing(.reasonOutsideProgress):
            FieldError("/wait_reason", .notAllowed, "is for tickets in progress only")
        case .waitsForNothing(.timeWithoutReason): FieldError("/wait_until", .notAllowed, "needs a wait_reason")
        case .waitIsOver: FieldError("/wait_until", .outOfRange, "must lie in the future")
        case .reopenNeedsReason: FieldError("/reason", .required, "is required to reopen a ticket")
        case .forcesNothing: FieldError("/force", .notAllowed, "is for completing or closing a ticket only")
        case .forceNeedsReason: FieldError("/reason", .required, "is required to force a ticket's end")
        case .alreadyClaimed, .isClosed, .belongsToAnother, .illegalTransition, .reopenWindowPassed,
            .requiredTasksOpen:
            nil
        }
    }

    private static func requiredTasksOpen(_ tasks: [OpenTask]) -> Problem {
        let isMore = tasks.count > OpenTask.limit
        let count = isMore ? "More than \(OpenTask.limit) required tasks are" : "Required tasks are"
        return Problem(
            .requiredTasksOpen, "\(count) open: finish them first, or send force with a reason.",
            members: [
                JSONValue.Member(
                    "tasks",
                    .array(
                        tasks.prefix(OpenTask.limit).map { task in
                            ["id": .string(task.id.description), "title": .string(task.title)]
                        }))
            ])
    }

    private static func illegal(from: TicketStatus, to: TicketStatus) -> Problem {
        let ways = TicketMove.ways(from: from).map(\.rawValue)
        return Problem(
            .illegalTransition,
            "From \(from.rawValue) a ticket comes to \(ways.joined(separator: ", ")), not to \(to.rawValue).",
            members: [
                JSONValue.Member("from", .string(from.rawValue)),
                JSONValue.Member("allowed", .array(ways.map(JSONValue.string))),
            ])
    }
}
