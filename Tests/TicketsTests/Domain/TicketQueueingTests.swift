import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Who has a ticket, and who decides so (C1-C4, C8)")
struct TicketQueueingTests {
    private static let team = NamedTeam(id: .make(at: .noon), name: "Support")
    private static let later = Timestamp.noon.adding(.seconds(60))

    private func queueing(of caller: NamedUser? = .ada, manager: Bool = false) -> TicketQueueing {
        TicketQueueing(caller: caller?.id, mayTakeFromOthers: manager)
    }

    @Test("a ticket that nobody has is claimed, unless it is closed (C2)", arguments: TicketStatus.allCases)
    func claim(status: TicketStatus) throws {
        let ticket = Ticket.sample(status: status)
        guard status != .closed else {
            #expect(throws: TicketRuleViolation.isClosed) {
                try queueing().claimed(ticket, by: .ada, at: Self.later)
            }
            return
        }
        let after = try #require(try queueing().claimed(ticket, by: .ada, at: Self.later))
        #expect(after.assignee == .ada)
        #expect(after.version == 2)
        #expect(after.updatedAt == Self.later)
        #expect(after.status == status)
    }

    @Test("claiming one's own changes nothing, and somebody else's names the winner (C2)", arguments: [false, true])
    func claimed(manager: Bool) throws {
        let ticket = Ticket.sample(assignee: .ben)
        #expect(try queueing(of: .ben, manager: manager).claimed(ticket, by: .ben, at: Self.later) == nil)
        #expect(throws: TicketRuleViolation.alreadyClaimed(by: .ben)) {
            try queueing(manager: manager).claimed(ticket, by: .ada, at: Self.later)
        }
    }

    /// Holder, whether the caller manages, and whether Ada may give the ticket to anybody.
    private static let table: [(holder: NamedUser?, manager: Bool, may: Bool)] = [
        (nil, false, true), (nil, true, true), (.ada, false, true), (.ada, true, true), (.ben, false, false),
        (.ben, true, true),
    ]

    @Test("one's own and nobody's tickets are handed on by anyone, another's by who may assign", arguments: table)
    func given(holder: NamedUser?, manager: Bool, may: Bool) throws {
        let ticket = Ticket.sample(assignee: holder)
        let other = NamedUser(id: .make(at: .noon), name: "Cleo")
        let gifts: [(Patch<NamedUser>, Patch<NamedTeam>)] = [
            (.set(other), .absent), (.absent, .set(Self.team)), (.set(other), .set(Self.team)),
            (.null, .set(Self.team)),
        ]
        for (person, team) in gifts {
            guard may else {
                #expect(throws: TicketRuleViolation.belongsToAnother(.ben)) {
                    try queueing(manager: manager).given(ticket, to: person, team, at: Self.later)
                }
                continue
            }
            let after = try #require(
                try queueing(manager: manager).given(ticket, to: person, team, at: Self.later))
            #expect(after.assignee == (person.isPresent ? person.value : holder))
            #expect(after.team == team.value)
            #expect(after.version == 2)
        }
    }

    @Test("a process that may not assign takes nothing from anybody")
    func process() throws {
        #expect(throws: TicketRuleViolation.belongsToAnother(.ben)) {
            try queueing(of: nil).given(.sample(assignee: .ben), to: .null, .absent, at: Self.later)
        }
    }

    @Test("giving to who has it already changes nothing, even in a closed or another's ticket")
    func unchanged() throws {
        let ticket = Ticket.sample(status: .closed, assignee: .ben) { $0.team = Self.team }
        let gifts: [(Patch<NamedUser>, Patch<NamedTeam>)] = [
            (.absent, .absent), (.set(.ben), .absent), (.absent, .set(Self.team)), (.set(.ben), .set(Self.team)),
        ]
        for (person, team) in gifts {
            #expect(try queueing().given(ticket, to: person, team, at: Self.later) == nil)
        }
        #expect(try queueing().given(.sample(), to: .null, .null, at: Self.later) == nil)
    }

    @Test("a closed ticket is given to nobody, by managers neither")
    func closed() throws {
        for manager in [false, true] {
            #expect(throws: TicketRuleViolation.isClosed) {
                try queueing(manager: manager).given(
                    .sample(status: .closed), to: .set(.ada), .absent, at: Self.later)
            }
        }
    }
}
