import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Changing what a ticket says", .scratchDatabase(.tickets))
struct UpdateTests {
    @Test("the priority changes at any time, and the change is logged (A6)")
    func priority() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            for priority in Priority.allCases + [.medium] {
                _ = try await desk.patch(ticket.path, #"{"priority": "\#(priority.rawValue)"}"#)
            }
            let log = try await desk.all("\(ticket.path)/activity")
            let changes = log.compactMap { $0["changes"]?["priority"] }.map {
                "\($0["from"]?.text ?? "-") \($0["to"]?.text ?? "-")"
            }
            #expect(
                changes == [
                    "urgent medium", "high urgent", "medium high", "low medium", "medium low", "- medium",
                ])
            let other = try await desk.patch(ticket.path, #"{"priority": "critical"}"#)
            #expect(other.status == 422)
            #expect(other.pointers == ["/priority"])
        }
    }

    @Test("a patch touches its own fields; what it says already is no change (R-12)")
    func ownFields() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open(more: #", "brand": "Siemens", "serial_number": "S-1""#)
            let changed = try await desk.patch(
                ticket.path, #"{"brand": null, "category": "incident", "serial_number": "S-2"}"#)
            #expect(changed.status == 200)
            #expect(changed.header("ETag") == "\"2.0\"")
            #expect(changed.json["brand"] == nil || changed.json["brand"] == .null)
            #expect(changed.json["serial_number"]?.text == "S-2")
            #expect(changed.json["category"]?.text == "incident")
            #expect(changed.json["description"]?.text == "The printer is on fire")
            for same in [#"{"serial_number": "S-2"}"#, "{}", #"{"brand": null, "priority": "medium"}"#] {
                let answer = try await desk.patch(ticket.path, same)
                #expect(answer.status == 200)
                #expect(answer.header("ETag") == "\"2.0\"")
            }
            let entries = try await desk.all("\(ticket.path)/activity")
            #expect(entries.count == 2)
        }
    }

    @Test("null clears what can be cleared, and nothing else")
    func null() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let answer = try await desk.patch(
                ticket.path, #"{"description": null, "category": null, "priority": null, "owner": null}"#)
            #expect(answer.status == 422)
            #expect(Set(answer.pointers) == ["/description", "/category", "/priority", "/owner"])
        }
    }

    @Test("a memo or an external owner is replaced by a customer in one step, and history stays (B2)")
    func replacedOwner() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(owner: #"{"memo": "The man with the red car"}"#)
            _ = try await desk.post("\(ticket.path)/notes", #"{"text": "Called back"}"#)
            let steps = [
                (#"{"external_reference": "CRM-7"}"#, "external", "CRM-7"),
                (#"{"individual_id": "\#(company.individual)"}"#, "individual", Company.individualName),
                (#"{"organization_id": "\#(company.organization)"}"#, "organization", Company.organizationName),
            ]
            for (owner, kind, label) in steps {
                let answer = try await desk.patch(ticket.path, #"{"owner": \#(owner)}"#)
                #expect(answer.json["owner"]?["kind"]?.text == kind)
                #expect(answer.json["owner"]?["label"]?.text == label)
                let members = ["individual_id", "organization_id", "external_reference", "memo"]
                #expect(members.filter { (answer.json["owner"]?[$0] ?? .null) != .null }.count == 1)
            }
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["case_number"]?.text == ticket.number)
            #expect(shown.json["version"]?.whole == 5)
            let notes = try await desk.all("\(ticket.path)/notes")
            #expect(notes.count == 1)
            let log = try await desk.all("\(ticket.path)/activity")
            let kinds = log.compactMap { $0["changes"]?["owner_kind"]?["to"]?.text }
            #expect(kinds == ["organization", "individual", "external", "memo"])
            #expect(log[0]["changes"]?["individual_id"]?["from"]?.text == company.individual.description)
            let history = try await desk.all("/v1/tickets?organization=\(company.organization)")
            #expect(history.map { $0["id"]?.text } == [ticket.id])
        }
    }

    @Test("an owner who is not there, or several, changes nothing (B1, S-3)")
    func wrongOwner() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let ticket = try await desk.open()
            let before = try Rows.everything()
            let wrong = [
                (#"{"individual_id": "\#(other.individual)"}"#, ["/owner/individual_id"]),
                (#"{"organization_id": "\#(other.organization)"}"#, ["/owner/organization_id"]),
                ("{}", ["/owner"]), (#"{"memo": "M", "external_reference": "R"}"#, ["/owner"]),
            ]
            for (owner, pointers) in wrong {
                let answer = try await desk.patch(ticket.path, #"{"owner": \#(owner), "priority": "high"}"#)
                #expect(answer.status == 422, "\(owner)")
                #expect(answer.pointers == pointers)
                let both = try await desk.patch(ticket.path, #"{"owner": \#(owner), "category": "nonsense"}"#)
                #expect(Set(both.pointers) == Set(pointers + ["/category"]), "\(owner)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a closed ticket can still be read, found and corrected (A11)")
    func closed() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open("Xylophone out of tune")
            try await desk.move(ticket, to: .closed)
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["status"]?.text == "closed")
            let found = try await desk.all("/v1/tickets?q=xylophone")
            #expect(found.map { $0["id"]?.text } == [ticket.id])
            let corrected = try await desk.patch(ticket.path, #"{"category": "complaint"}"#)
            #expect(corrected.status == 200)
        }
    }
}
