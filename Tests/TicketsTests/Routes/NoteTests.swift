import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Notes (D2, D3)", .scratchDatabase(.tickets))
struct NoteTests {
    @Test("each of the four kinds is kept with its author and time; internal without a word (D3)")
    func kinds() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let ticket = try await desk.open()
            for kind in TicketNoteKind.allCases {
                let answer = try await desk.post(
                    "\(ticket.path)/notes", #"{"kind": "\#(kind.rawValue)", "text": " About \#(kind.rawValue)\n"}"#)
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer.json["kind"]?.text == kind.rawValue)
                #expect(answer.json["text"]?.text == "About \(kind.rawValue)")
                #expect(answer.json["author"]?["id"]?.text == desk.company.agent.id.description)
                #expect(answer.json["created_at"]?.text == "2026-01-15T12:00:00Z")
                #expect(answer.header("Location") == "\(ticket.path)/notes")
            }
            let standard = try await desk.post("\(ticket.path)/notes", #"{"text": "N"}"#, as: desk.company.manager)
            #expect(standard.json["kind"]?.text == "internal")
            let notes = try await desk.all("\(ticket.path)/notes", limit: 2)
            #expect(notes.count == 5)
            #expect(Set(notes.compactMap { $0["id"]?.text }).count == 5)
            #expect(Set(notes.compactMap { $0["author"]?["name"]?.text }) == ["Ada", "Maria"])
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["version"]?.whole == 6)
        }
    }

    @Test("notes are listed newest first")
    func order() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let ticket = try await desk.open()
            for number in 1...5 {
                clock.advance(by: .seconds(1))
                _ = try await desk.post("\(ticket.path)/notes", #"{"text": "\#(number)"}"#)
            }
            let notes = try await desk.all("\(ticket.path)/notes", limit: 2)
            #expect(notes.compactMap { $0["text"]?.text } == ["5", "4", "3", "2", "1"])
        }
    }

    @Test("a note that is blank, too long or of an unknown kind is refused, and changes nothing")
    func refused() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let before = try Rows.everything()
            let wrong = [
                (#"{"text": " \n "}"#, ["/text"]), ("{}", ["/text"]),
                (#"{"kind": "secret", "text": ""}"#, ["/kind", "/text"]),
                (#"{"text": "\#(String(repeating: "x", count: 20_001))"}"#, ["/text"]),
                (#"{"text": "a\u0000b"}"#, ["/text"]),
            ]
            for (body, pointers) in wrong {
                let answer = try await desk.post("\(ticket.path)/notes", body)
                #expect(answer.status == 422, "\(body.prefix(60))")
                #expect(Set(answer.pointers) == Set(pointers), "\(body.prefix(60))")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a closed ticket takes notes, a missing one none")
    func closed() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed)
            let late = try await desk.post("\(ticket.path)/notes", #"{"text": "For the bill", "kind": "invoice"}"#)
            #expect(late.status == 201)
            let missing = try await desk.post("/v1/tickets/260101999/notes", #"{"text": "N"}"#)
            #expect(missing.status == 404)
            for list in ["notes", "activity", "assignments"] {
                let answer = try await desk.get("/v1/tickets/260101999/\(list)")
                #expect(answer.status == 404)
            }
        }
    }

    @Test("text of a note is found by a search (K3)")
    func searched() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            _ = try await desk.post("\(ticket.path)/notes", #"{"text": "Replaced the capacitor"}"#)
            let found = try await desk.all("/v1/tickets?q=capacitor")
            #expect(found.map { $0["id"]?.text } == [ticket.id])
        }
    }
}
