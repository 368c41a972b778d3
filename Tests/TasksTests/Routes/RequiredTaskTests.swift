import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Tasks without which a ticket is not done (F4)", .scratchDatabase(.tasks))
struct RequiredTaskTests {
    private static func about(_ ticket: ID<Ticket>, isRequired: Bool = true) -> String {
        #", "subject": {"kind": "ticket", "id": "\#(ticket)"}, "is_required": \#(isRequired)"#
    }

    private static func expectEnded(_ answer: TestAnswer, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            answer.status == 409 && answer.code == "ticket_has_ended", "\(answer.text)", sourceLocation: sourceLocation)
    }

    @Test("a ticket that has ended gets no open required task: not made, not required, not moved there, not reopened")
    func ended() async throws {
        try await Desk.run { desk in
            let open = try desk.ticket()
            for status in ["completed", "closed"] {
                let ended = try desk.ticket(status: status)
                let made = try await desk.post("/v1/tasks", #"{"title": "T"\#(Self.about(ended))}"#)
                Self.expectEnded(made)
                #expect(made.json["ticket_status"]?.text == status)
                let optional = try await desk.make(more: Self.about(ended, isRequired: false))
                Self.expectEnded(try await desk.patch(optional.path, #"{"is_required": true}"#))
                let elsewhere = try await desk.make(more: Self.about(open))
                Self.expectEnded(
                    try await desk.patch(
                        elsewhere.path, #"{"subject": {"kind": "ticket", "id": "\#(ended)"}}"#))
            }
            let done = try await desk.make(more: Self.about(open))
            try await desk.move(done, to: .completed)
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now() WHERE id = '\(open)'")
            let before = try Rows.everything()
            Self.expectEnded(try await desk.post("\(done.path)/status", #"{"status": "open", "reason": "R"}"#))
            #expect(try Rows.everything() == before)
        }
    }

    @Test("an open ticket gets required tasks, and an ended one all others; what is there already goes on")
    func allowed() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let task = try await desk.make(more: Self.about(ticket))
            let done = try await desk.make(more: Self.about(ticket))
            try await desk.move(done, to: .cancelled)
            try await desk.move(done, to: .open, more: #", "reason": "R""#)
            // Completed by force, it keeps what was open; nothing new comes to wait for it.
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now()")
            #expect(try await desk.patch(task.path, #"{"title": "Another", "priority": "high"}"#).status == 200)
            try await desk.move(task, to: .inProgress)
            try await desk.move(task, to: .completed)
            let plain = try await desk.make(more: Self.about(ticket, isRequired: false))
            try await desk.move(plain, to: .completed)
            try await desk.move(plain, to: .open, more: #", "reason": "R""#)
            #expect(try await desk.patch(task.path, #"{"is_required": false}"#).status == 200)
            #expect(try await desk.patch(done.path, #"{"subject": null, "is_required": false}"#).status == 200)
        }
    }

    @Test("a repeat of a required task's making is answered as the first, also after its ticket has ended (R-1)")
    func repeated() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let body = #"{"title": "T"\#(Self.about(ticket))}"#
            let first = try await desk.post("/v1/tasks", body, ["Idempotency-Key": "k"])
            #expect(first.status == 201)
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now()")
            let second = try await desk.post("/v1/tasks", body, ["Idempotency-Key": "k"])
            #expect(second.status == 201 && second.text == first.text)
            #expect(try Rows.count("tasks.task") == 1)
        }
    }
}
