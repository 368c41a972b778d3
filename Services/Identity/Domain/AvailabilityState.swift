import Models

/// What a person chose about their work; what holds at an instant follows from it in `identity.agent_availability`.
struct AvailabilityState: Sendable, Equatable {
    var status = AgentStatus.online
    var holiday: Holiday?
    var ticketLimit: Int?

    /// What is to be changed; a person cannot set their own limit.
    struct Patch: Sendable {
        var status: AgentStatus?
        var holiday: Models.Patch<PlanHoliday> = .absent
        var ticketLimit: Models.Patch<TicketLimit> = .absent

        init(_ own: UpdateOwnAvailability) {
            (status, holiday) = (own.status, own.holiday)
        }

        init(_ update: UpdateAvailability) {
            (status, holiday, ticketLimit) = (update.status, update.holiday, update.ticketLimit)
        }
    }

    /// The state after a patch.
    func applying(_ patch: Patch, at now: Timestamp) -> AvailabilityState {
        var after = self
        if let status = patch.status { after.status = status }
        switch patch.holiday {
        case .absent: break
        case .null: after.holiday = nil
        case .set(let plan):
            after.holiday = Holiday(from: plan.from ?? now, until: plan.until, substituteID: plan.substituteID)
        }
        switch patch.ticketLimit {
        case .absent: break
        case .null: after.ticketLimit = nil
        case .set(let limit): after.ticketLimit = limit.value
        }
        return after
    }
}

/// Why a holiday is not taken as it was planned.
enum HolidayFault: Error, Hashable {
    /// It would end before it begins.
    case endsBeforeItBegins
    /// It would be over already.
    case isOver
    /// The person would stand in for themselves.
    case ownSubstitute
    /// The substitute is no active member of staff.
    case unknownSubstitute
    /// At some time each of several people would stand in for the next, and none would be there.
    case circle
    /// More people than ``SubstituteWalk/limit`` would stand in for each other in a row.
    case longChain
}

/// Everything that is wrong with a planned holiday.
struct HolidayRefusals: Error {
    let faults: [HolidayFault]
}

extension Holiday {
    /// What is wrong with the holiday of a person by itself.
    func faults(of person: ID<User>, at now: Timestamp) -> [HolidayFault] {
        var faults: [HolidayFault] = []
        if let until {
            if until <= from { faults.append(.endsBeforeItBegins) } else if until <= now { faults.append(.isOver) }
        }
        if substituteID == person { faults.append(.ownSubstitute) }
        return faults
    }
}

/// Follows a person's substitutes through the time of a new holiday, to see whether they come back to the person.
///
/// Two people may stand in for each other at different times: it is a circle only if there is an instant at which all
/// of them are on holiday. As each has one holiday, the instants at which a chain has gone so far are an interval.
struct SubstituteWalk: Sendable {
    /// The most people who stand in for each other in a row; `identity.agent_availability` follows as many.
    static let limit = 16

    /// Whose holiday is asked for next; `nil` at the end of the chain.
    private(set) var next: ID<User>?
    private let person: ID<User>
    private var from: Timestamp
    private var until: Timestamp?
    private var hops = 1

    /// Starts at the new holiday of a person.
    init(of person: ID<User>, on holiday: Holiday) {
        self.person = person
        next = holiday.substituteID
        (from, until) = (holiday.from, holiday.until)
    }

    /// Goes on to the substitute of the one who was asked for.
    mutating func follow(_ holiday: Holiday?) throws(HolidayFault) {
        next = nil
        guard let holiday, let substitute = holiday.substituteID else { return }
        from = max(from, holiday.from)
        until = [until, holiday.until].compactMap(\.self).min()
        if let until, until <= from { return }
        if substitute == person { throw .circle }
        hops += 1
        if hops > Self.limit { throw .longChain }
        next = substitute
    }
}
