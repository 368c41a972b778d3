import Testing

@testable import Identity

@Suite("Places for work")
struct WorkSlotsTests {
    @Test("places are taken in order, then callers wait, then they are refused")
    func bounds() {
        var slots = WorkSlots<Int>(width: 1, waitingLimit: 1)
        let tickets = (0..<3).map { _ in slots.takeTicket() }
        #expect(word(slots.enter(tickets[0], 0)) == "work")
        #expect(word(slots.enter(tickets[1], 1)) == "wait")
        #expect(word(slots.enter(tickets[2], 2)) == "refused(2)")
        #expect(slots.leave(tickets[0]) == 1)
        #expect(slots.working == 1)
        #expect(slots.leave(tickets[1]) == nil)
        #expect(slots.working == 0)
    }

    @Test("of sixty who come at once two work, twenty wait and 38 are refused (S-12)")
    func standard() {
        var slots = WorkSlots<Int>(width: PasswordHasher.width, waitingLimit: PasswordHasher.waitingLimit)
        let words = (0..<60).map { word(slots.enter(slots.takeTicket(), $0)).prefix { $0 != "(" } }
        #expect(words.filter { $0 == "work" }.count == 2)
        #expect(words.filter { $0 == "wait" }.count == 20)
        #expect(words.filter { $0 == "refused" }.count == 38)
    }

    @Test("a caller who gives up before it comes is turned away and takes no place")
    func cancelledEarly() {
        var slots = WorkSlots<Int>(width: 1, waitingLimit: 1)
        let ticket = slots.takeTicket()
        #expect(slots.cancel(ticket) == nil)
        #expect(word(slots.enter(ticket, 7)) == "cancelled(7)")
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

    private func word(_ entry: WorkSlots<Int>.Entry) -> String {
        switch entry {
        case .work: "work"
        case .wait: "wait"
        case .refused(let waiter): "refused(\(waiter))"
        case .cancelled(let waiter): "cancelled(\(waiter))"
        }
    }
}
