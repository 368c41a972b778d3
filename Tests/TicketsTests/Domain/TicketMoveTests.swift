import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("The way between statuses (A7, A9, part 2 number 10)")
struct TicketMoveTests {
    private static let later = Timestamp.noon.adding(.seconds(3_600))

    private func move(
        to status: TicketStatus, wait: WaitReason? = nil, until: Timestamp? = nil, reason: String? = "Came back",
        mayReopenAnytime: Bool = false, days: Int = 14
    ) -> TicketMove {
        TicketMove(
            request: MoveTicket(
                status: status, waitReason: wait, waitUntil: until, reason: reason.flatMap { Text($0) }),
            mayReopenAnytime: mayReopenAnytime, reopenWindowDays: days)
    }

    /// What part 2 number 10 says: `.` stays, `m` moves, `r` reopens, `x` is refused.
    private static let table: [TicketStatus: String] = [
        .open: ".mmm", .inProgress: "m.mm", .completed: "rr.m", .closed: "rrx.",
    ]

    @Test("each of the sixteen steps is as the table says", arguments: TicketStatus.allCases)
    func table(from: TicketStatus) throws {
        for (to, word) in zip(TicketStatus.allCases, Self.table[from] ?? "") {
            let move = move(to: to)
            let ticket = Ticket.sample(status: from)
            guard word != "x" else {
                #expect(throws: TicketRuleViolation.illegalTransition(from: from, to: to)) {
                    try move.applied(to: ticket, at: Self.later)
                }
                continue
            }
            let after = try move.applied(to: ticket, at: Self.later)
            #expect((after == nil) == (word == "."), "\(from) \(to)")
            #expect(move.isReopening(ticket) == (word == "r"), "\(from) \(to)")
            guard let after else { continue }
            #expect(after.status == to)
            #expect(after.version == 2)
            #expect(after.updatedAt == Self.later)
            #expect(after.statusChangedAt == Self.later)
            #expect(after.reopenCount == (word == "r" ? 1 : 0))
            #expect(after.createdAt == .noon)
            #expect((after.closedAt != nil) == (to == .closed))
        }
    }

    @Test("an end alone is forced, and with a reason (F4)")
    func force() throws {
        func move(_ status: TicketStatus, reason: String?) -> TicketMove {
            TicketMove(
                request: MoveTicket(status: status, reason: reason.flatMap { Text($0) }, force: true),
                mayReopenAnytime: false, reopenWindowDays: 14)
        }
        for status in [TicketStatus.completed, .closed] {
            #expect(throws: TicketRuleViolation.forceNeedsReason) {
                try move(status, reason: nil).applied(to: .sample(), at: Self.later)
            }
            #expect(try move(status, reason: "R").applied(to: .sample(), at: Self.later)?.status == status)
        }
        #expect(throws: TicketRuleViolation.forcesNothing) {
            try move(.inProgress, reason: "R").applied(to: .sample(), at: Self.later)
        }
    }

    @Test("the times of start, completion and closing follow the status (A12)")
    func times() throws {
        let (one, two, three) = (Self.later, Self.later.adding(.seconds(60)), Self.later.adding(.seconds(120)))
        let parked = try #require(try move(to: .inProgress).applied(to: .sample(), at: one))
        #expect(parked.startedAt == one)
        let completed = try #require(try move(to: .completed).applied(to: parked, at: two))
        #expect(completed.startedAt == one)
        #expect(completed.completedAt == two)
        let closed = try #require(try move(to: .closed).applied(to: completed, at: three))
        #expect(closed.completedAt == two)
        #expect(closed.closedAt == three)
        let reopened = try #require(try move(to: .inProgress).applied(to: closed, at: three))
        #expect(reopened.startedAt == one)
        #expect(reopened.completedAt == nil)
        #expect(reopened.closedAt == nil)
        #expect(reopened.reopenCount == 1)
        let open = try #require(try move(to: .open).applied(to: reopened, at: three))
        #expect(open.reopenCount == 1)
    }

    @Test("a ticket waits for something only while it is parked", arguments: TicketStatus.allCases)
    func waitReasons(to: TicketStatus) throws {
        for reason in WaitReason.allCases {
            let move = move(to: to, wait: reason, until: Self.later.adding(.seconds(1)))
            let ticket = Ticket.sample(status: to == .open ? .inProgress : .open)
            guard to == .inProgress else {
                #expect(throws: TicketRuleViolation.waitsForNothing(.reasonOutsideProgress)) {
                    try move.applied(to: ticket, at: Self.later)
                }
                continue
            }
            let after = try #require(try move.applied(to: ticket, at: Self.later))
            #expect(after.waitReason == reason)
            #expect(after.waitUntil == Self.later.adding(.seconds(1)))
        }
    }

    @Test("a time to wait until needs a reason and lies in the future")
    func waitUntil() throws {
        #expect(throws: TicketRuleViolation.waitsForNothing(.timeWithoutReason)) {
            try move(to: .inProgress, until: Self.later.adding(.seconds(1))).applied(to: .sample(), at: Self.later)
        }
        for until in [Self.later, Self.later.adding(.seconds(-1))] {
            #expect(throws: TicketRuleViolation.waitIsOver) {
                try move(to: .inProgress, wait: .parts, until: until).applied(to: .sample(), at: Self.later)
            }
        }
    }

    @Test("leaving in_progress clears what the ticket waited for")
    func cleared() throws {
        let parked = Ticket.sample(status: .inProgress) {
            $0.waitReason = .customer
            $0.waitUntil = Self.later.adding(.seconds(1))
        }
        for status in [TicketStatus.open, .completed, .closed] {
            let after = try #require(try move(to: status).applied(to: parked, at: Self.later))
            #expect(after.waitReason == nil)
            #expect(after.waitUntil == nil)
        }
    }

    @Test("a parked ticket can wait for something else, which is a change; for the same is none")
    func waitingOtherwise() throws {
        let parked = Ticket.sample(status: .inProgress) { $0.waitReason = .customer }
        #expect(try move(to: .inProgress, wait: .customer).applied(to: parked, at: Self.later) == nil)
        let otherwise = try #require(try move(to: .inProgress, wait: .parts).applied(to: parked, at: Self.later))
        #expect(otherwise.waitReason == .parts)
        #expect(otherwise.version == 2)
        #expect(otherwise.statusChangedAt == .noon)
        let forNothing = try #require(try move(to: .inProgress).applied(to: parked, at: Self.later))
        #expect(forNothing.waitReason == nil)
    }

    @Test("a reopen needs a reason, for those too who may reopen at any time")
    func reasons() throws {
        for (from, may) in [(TicketStatus.completed, false), (.closed, false), (.closed, true)] {
            #expect(throws: TicketRuleViolation.reopenNeedsReason) {
                try move(to: .open, reason: nil, mayReopenAnytime: may).applied(
                    to: .sample(status: from), at: Self.later)
            }
        }
        #expect(try move(to: .closed, reason: nil).applied(to: .sample(status: .completed), at: Self.later) != nil)
    }

    @Test("the window to reopen includes its last microsecond and no more", arguments: [0, 1, 14, 365])
    func window(days: Int) throws {
        let closed = Ticket.sample(status: .closed)
        let end = Timestamp.noon.adding(.seconds(86_400 * days))
        #expect(try move(to: .open, days: days).applied(to: closed, at: end) != nil)
        let after = end.adding(.microseconds(1))
        #expect(throws: TicketRuleViolation.reopenWindowPassed(days: days)) {
            try move(to: .open, days: days).applied(to: closed, at: after)
        }
        #expect(throws: TicketRuleViolation.reopenWindowPassed(days: days)) {
            try move(to: .open, reason: nil, days: days).applied(to: closed, at: after)
        }
        #expect(try move(to: .open, mayReopenAnytime: true, days: days).applied(to: closed, at: after) != nil)
    }

    @Test("what is completed and not closed has no window")
    func completedHasNoWindow() throws {
        let years = Timestamp.noon.adding(.seconds(86_400 * 3_650))
        #expect(try move(to: .open, days: 0).applied(to: .sample(status: .completed), at: years) != nil)
    }
}
