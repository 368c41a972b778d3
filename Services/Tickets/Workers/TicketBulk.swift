import Models
import ServiceKit

/// The one change that a job makes of each ticket.
enum TicketBulk: Sendable {
    case status(MoveTicket)
    case assign(AssignTicket)
    case update(ClassifyTicket)

    /// Reads which of the three was asked for.
    ///
    /// - Throws: ``Problem`` 422 when it is none or several, or one that says nothing.
    init(_ change: TicketBulkChange) throws(Problem) {
        switch (change.status, change.assign, change.update) {
        case (let request?, nil, nil): self = .status(request)
        case (nil, let request?, nil):
            guard request.assigneeID.isPresent || request.teamID.isPresent else {
                throw Self.says("nothing: name assignee_id, team_id or both", at: "/change/assign")
            }
            self = .assign(request)
        case (nil, nil, let request?):
            guard request.category != nil || request.priority != nil else {
                throw Self.says("nothing: name category, priority or both", at: "/change/update")
            }
            self = .update(request)
        default:
            throw Problem.invalidBody([
                FieldError("/change", .notAllowed, "must name exactly one of status, assign, update")
            ])
        }
    }

    private static func says(_ text: String, at place: String) -> Problem {
        Problem.invalidBody([FieldError(place, .required, "says \(text)")])
    }

    /// The name of its member.
    var word: String {
        switch self {
        case .status: "status"
        case .assign: "assign"
        case .update: "update"
        }
    }

    /// What must be there for it.
    var wanted: WantedNames {
        switch self {
        case .status: WantedNames()
        case .assign(let request): WantedNames(assignee: request.assigneeID.value, team: request.teamID.value)
        case .update(let request): WantedNames(category: request.category?.value)
        }
    }
}

/// What becomes of each ticket in one turn of a job, by the rules of single requests.
struct TicketBulkRules: Sendable {
    let change: TicketBulk
    let names: ResolvedNames
    let reopenWindowDays: Int
    let asker: JobAsker
    /// The tickets that open required tasks stand against, under whose locks that was looked at.
    var held: Set<ID<Ticket>> = []

    /// How a ticket changes; `nil` when it is as it was to become.
    ///
    /// - Throws: ``TicketRuleViolation`` when a rule forbids it.
    func change(of ticket: Ticket) throws(TicketRuleViolation) -> JobChange? {
        switch change {
        case .status(let request):
            let move = TicketMove(
                request: request, mayReopenAnytime: asker.permissions.contains(.ticketsReopen),
                reopenWindowDays: reopenWindowDays)
            guard let after = try move.applied(to: ticket, at: asker.now) else { return nil }
            let isForced = held.contains(ticket.id)
            guard !isForced || request.force == true else { throw .requiredTasksOpen([]) }
            return JobChange(
                after: Self.values(of: after), verb: move.isReopening(ticket) ? .reopened : .moved,
                extra: (request.reason == nil ? [] : [note]) + (isForced ? [Self.forced] : []))
        case .assign(let request):
            let queueing = TicketQueueing(
                caller: asker.person, mayTakeFromOthers: asker.permissions.contains(.ticketsAssign))
            let after = try queueing.given(
                ticket, to: request.assigneeID.named(names.assignee), request.teamID.named(names.team), at: asker.now)
            return after.map { JobChange(after: Self.values(of: $0), verb: .giving(ticket, $0)) }
        case .update(let request):
            let edit = TicketEdit(patch: UpdateTicket(request), owner: nil)
            return edit.applied(to: ticket, at: asker.now).map {
                JobChange(after: Self.values(of: $0), verb: .updated)
            }
        }
    }

    /// That an end was forced, as the activity tells of it.
    private static let forced = JSONValue.Member("forced", ["from": false, "to": true])

    /// The note that the reason becomes, as the activity tells of it.
    private var note: JSONValue.Member {
        let id = ID<TicketNote>.make(at: asker.now).description
        return JSONValue.Member("note_id", ["from": .null, "to": .string(id)])
    }

    /// What a job changes of a ticket: closed fields, ids, and the times that follow from them.
    static func values(of ticket: Ticket) -> JSONValue {
        [
            "status": .string(ticket.status.rawValue),
            "wait_reason": .optional(ticket.waitReason?.rawValue),
            "wait_until": .optional(ticket.waitUntil?.description),
            "priority": .string(ticket.priority.rawValue),
            "category": .string(ticket.category),
            "assignee_id": .optional(ticket.assignee?.id.description),
            "team_id": .optional(ticket.team?.id.description),
            "reopen_count": .integer(Int64(ticket.reopenCount)),
            "status_changed_at": .string(ticket.statusChangedAt.description),
            "started_at": .optional(ticket.startedAt?.description),
            "completed_at": .optional(ticket.completedAt?.description),
            "closed_at": .optional(ticket.closedAt?.description),
        ]
    }
}

extension JSONValue {
    /// A string, or null.
    fileprivate static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
