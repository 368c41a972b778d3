import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Moving a ticket from status to status", .scratchDatabase(.tickets))
struct MoveTests {
    @Test("the way from open to closed leaves its times, and wait reasons do not outlive it (A9, A12)")
    func way() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let ticket = try await desk.open()
            clock.advance(by: .seconds(60))
            let parked = try await desk.move(
                ticket, to: .inProgress, more: #", "wait_reason": "parts", "wait_until": "2026-02-01T08:00:00+01:00""#)
            #expect(parked.json["wait_reason"]?.text == "parts")
            #expect(parked.json["wait_until"]?.text == "2026-02-01T07:00:00Z")
            #expect(parked.json["started_at"]?.text == "2026-01-15T12:01:00Z")
            clock.advance(by: .seconds(60))
            let completed = try await desk.move(ticket, to: .completed)
            #expect((completed.json["wait_reason"] ?? .null) == .null)
            #expect((completed.json["wait_until"] ?? .null) == .null)
            clock.advance(by: .seconds(60))
            let closed = try await desk.move(ticket, to: .closed)
            let shown = try await desk.get(ticket.path).json
            for json in [closed.json, shown] {
                #expect(json["started_at"]?.text == "2026-01-15T12:01:00Z")
                #expect(json["completed_at"]?.text == "2026-01-15T12:02:00Z")
                #expect(json["closed_at"]?.text == "2026-01-15T12:03:00Z")
                #expect(json["status_changed_at"]?.text == "2026-01-15T12:03:00Z")
                #expect(json["created_at"]?.text == "2026-01-15T12:00:00Z")
                #expect(json["version"]?.whole == 4)
            }
        }
    }

    @Test("closed to completed is 409 that says where one can go, and any other word is 422 (number 10)")
    func illegal() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed)
            let before = try Rows.everything()
            let answer = try await desk.post("\(ticket.path)/status", #"{"status": "completed"}"#)
            #expect(answer.status == 409)
            #expect(answer.code == "illegal_transition")
            #expect(answer.json["status"]?.whole == 409)
            #expect(answer.json["from"]?.text == "closed")
            #expect(answer.json["allowed"]?.items.compactMap(\.text) == ["open", "in_progress"])
            let word = try await desk.post("\(ticket.path)/status", #"{"status": "parked"}"#)
            #expect(word.status == 422)
            #expect(word.pointers == ["/status"])
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a reason to wait outside of in_progress, a time without one, or one that has passed is 422")
    func waits() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let ticket = try await desk.open()
            let wrong = [
                (#"{"status": "completed", "wait_reason": "parts"}"#, "/wait_reason"),
                (#"{"status": "in_progress", "wait_until": "2026-02-01T08:00:00Z"}"#, "/wait_until"),
                (
                    #"{"status": "in_progress", "wait_reason": "parts", "wait_until": "2026-01-15T12:00:00Z"}"#,
                    "/wait_until"
                ),
            ]
            for (body, pointer) in wrong {
                let answer = try await desk.post("\(ticket.path)/status", body)
                #expect(answer.status == 422, "\(body)")
                #expect(answer.pointers == [pointer], "\(body)")
            }
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["version"]?.whole == 1)
        }
    }

    @Test("a reopen needs a reason, counts, and keeps the reason as an internal note (number 10)")
    func reopen() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .completed)
            let refused = try await desk.post("\(ticket.path)/status", #"{"status": "open"}"#)
            #expect(refused.status == 422)
            #expect(refused.pointers == ["/reason"])
            let back = try await desk.move(ticket, to: .inProgress, more: #", "reason": "Smoke again""#)
            #expect(back.json["reopen_count"]?.whole == 1)
            #expect((back.json["completed_at"] ?? .null) == .null)
            let notes = try await desk.all("\(ticket.path)/notes")
            #expect(notes.map { $0["text"]?.text } == ["Smoke again"])
            #expect(notes.first?["kind"]?.text == "internal")
            #expect(notes.first?["author"]?["name"]?.text == desk.company.agent.name)
            let log = try await desk.all("\(ticket.path)/activity")
            #expect(log.map { $0["verb"]?.text } == ["reopened", "moved", "created"])
            #expect(log[0]["changes"]?["note_id"]?["to"]?.text == notes.first?["id"]?.text)
            let found = try await desk.all("/v1/tickets?q=smoke")
            #expect(found.count == 1)
        }
    }

    @Test("after the reopen window an agent is told so, and a manager may; the window is the workspace's (number 10)")
    func window() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed)
            let body = #"{"status": "open", "reason": "Again"}"#
            clock.advance(by: .seconds(14 * 86_400 + 1))
            let late = try await desk.post("\(ticket.path)/status", body)
            #expect(late.status == 403)
            #expect(late.code == "reopen_window_passed")
            let longer = try await desk.patch(
                "/v1/tickets/settings", #"{"reopen_window_days": 15}"#, as: desk.company.manager)
            #expect(longer.status == 200)
            let within = try await desk.post("\(ticket.path)/status", body)
            #expect(within.status == 200)
            try await desk.move(ticket, to: .closed)
            _ = try await desk.patch("/v1/tickets/settings", #"{"reopen_window_days": 0}"#, as: desk.company.manager)
            clock.advance(by: .seconds(1))
            let none = try await desk.post("\(ticket.path)/status", body)
            #expect(none.code == "reopen_window_passed")
            let manager = try await desk.post("\(ticket.path)/status", body, as: desk.company.manager)
            #expect(manager.status == 200)
            #expect(manager.json["reopen_count"]?.whole == 2)
        }
    }

    @Test("to where it stands a ticket moves without a change; to wait for something else is one (R-12)")
    func unchanged() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let same = try await desk.move(ticket, to: .open)
            #expect(same.header("ETag") == "\"1.0\"")
            try await desk.move(ticket, to: .inProgress, more: #", "wait_reason": "customer""#)
            let again = try await desk.move(ticket, to: .inProgress, more: #", "wait_reason": "customer""#)
            #expect(again.header("ETag") == "\"2.0\"")
            let otherwise = try await desk.move(ticket, to: .inProgress, more: #", "wait_reason": "third_party""#)
            #expect(otherwise.header("ETag") == "\"3.0\"")
            let log = try await desk.all("\(ticket.path)/activity")
            #expect(log.map { $0["verb"]?.text } == ["moved", "moved", "created"])
        }
    }
}
