import Testing

@testable import Identity

@Suite("Places for work")
struct WorkSlotsTests {
    @Test("places are taken in order, then callers wait, then they are refused")
    func bounds() {
        var slots = WorkSlots<Int>(width: 1, waitingLimit: 1)
        let tickets = (0..<3).map { _ in slots.takeTicket() }
        guard case .work = slots.enter(tickets[0], 0) else { return Issue.record("the first works") }
        guard case .wait = slots.enter(tickets[1], 1) else { return Issue.record("the second waits") }
        guard case .refused(2) = slots.enter(tickets[2], 2) else { return Issue.record("the third is refused") }
        #expect(slots.leave(tickets[0]) == 1)
        #expect(slots.working == 1)
        #expect(slots.leave(tickets[1]) == nil)
        #expect(slots.working == 0)
    }

    @Test("a caller who gives up before it comes is turned away and takes no place")
    func cancelledEarly() {
        var slots = WorkSlots<Int>(width: 1, waitingLimit: 1)
        let ticket = slots.takeTicket()
        #expect(slots.cancel(ticket) == nil)
        guard case .cancelled(7) = slots.enter(ticket, 7) else { return Issue.record("is turned away") }
        #expect(slots.working == 0)
    }

    @Test("a caller who gives up while waiting gets its waiter back, once")
    func cancelledWhileWaiting() {
        var slots = WorkSlots<Int>(width: 1, waitingLimit: 2)
        let tickets = (0..<3).map { _ in slots.takeTicket() }
        for (index, ticket) in tickets.enumerated() { _ = slots.enter(ticket, index) }
        #expect(slots.cancel(tickets[1]) == 1)
        #expect(slots.cancel(tickets[1]) == nil)
        #expect(slots.waitingCount == 1)
        #expect(slots.leave(tickets[0]) == 2)
    }
}
