import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("What the activity says of a change (D1)")
struct TicketDifferenceTests {
    private func names(_ value: JSONValue) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.map(\.name)
    }

    @Test("a new ticket's closed fields come from nothing")
    func opening() {
        let changes = TicketDifference.of(nil, .sample(assignee: .ada))
        #expect(names(changes) == ["status", "priority", "category", "owner_kind", "assignee_id"])
        #expect(changes["status"]?["from"] == .null)
        #expect(changes["status"]?["to"] == .string("open"))
        #expect(changes["assignee_id"]?["to"] == .string(NamedUser.ada.id.description))
    }

    @Test("of a change it says what differs, and nothing of what does not")
    func change() {
        let before = Ticket.sample()
        #expect(names(TicketDifference.of(before, before)).isEmpty)
        var after = before
        after.priority = .urgent
        after.owner = .individual(.sample, label: "Grace")
        after.version = 2
        let changes = TicketDifference.of(before, after)
        #expect(Set(names(changes)) == ["priority", "owner_kind", "individual_id", "memo"])
        #expect(changes["priority"]?["from"] == .string("medium"))
        #expect(changes["priority"]?["to"] == .string("urgent"))
    }

    @Test("texts and personal data are told by the versions between which they changed, never by themselves")
    func texts() {
        let before = Ticket.sample { $0.owner = .memo("canary memo") }
        var after = before
        after.description = "canary description"
        after.title = "canary title"
        after.brand = "canary brand"
        after.serialNumber = "canary serial"
        after.owner = .external("canary reference")
        after.version = 2
        let changes = TicketDifference.of(before, after)
        #expect(
            Set(names(changes)) == [
                "description", "brand", "serial_number", "owner_kind", "external_reference", "memo",
            ])
        #expect(changes["description"]?["from"] == .integer(1))
        #expect(changes["description"]?["to"] == .integer(2))
        #expect(!String(decoding: JSONWriter.bytes(of: changes), as: UTF8.self).contains("canary"))
        let opened = JSONWriter.bytes(of: TicketDifference.of(nil, before))
        #expect(!String(decoding: opened, as: UTF8.self).contains("canary"))
    }

    @Test("a name that was refreshed is no change")
    func labels() {
        let before = Ticket.sample(assignee: .ada) { $0.owner = .individual(.sample, label: "Grace") }
        var after = before
        after.owner = .individual(.sample, label: "Grace Hopper")
        after.assignee = NamedUser(id: NamedUser.ada.id, name: "Ada Lovelace")
        #expect(names(TicketDifference.of(before, after)).isEmpty)
    }
}
