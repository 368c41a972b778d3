import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

extension ServiceDesk<TasksDefinition> {
    /// Makes a calendar link, the agent's if nobody is named; the path of its address.
    func calendar(of person: Staff? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let answer = try await post("/v1/tasks/calendar", as: person)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        let address = try #require(answer.json["address"]?.text, sourceLocation: sourceLocation)
        let start = try #require(address.firstRange(of: "/v1/"), sourceLocation: sourceLocation).lowerBound
        return String(address[start...])
    }

    /// Reads a calendar as programs do, which cannot sign in.
    func subscribe(_ path: String, _ headers: [String: String] = [:]) async throws -> TestAnswer {
        try await service.send(.get, path, as: nil, bytes: nil, headers)
    }
}

@Suite("Calendars over HTTP", .scratchDatabase(.tasks))
struct CalendarFeedTests {
    @Test("a calendar shows its person's tasks with a due time, and icalendar reads it (RFC 5545)")
    func shown() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let mine = #", "assignee_id": "\#(desk.company.agent.id)""#
            func make(_ title: String, due: String) async throws -> MadeTask {
                try await desk.make(title, more: mine + due, as: desk.company.manager)
            }
            let call = try await make("Call, \u{1F527} now", due: #", "due_at": "2026-01-16T08:30:00Z""#)
            _ = try await make("On a day", due: #", "due_on": "2026-01-20""#)
            let done = try await make("Done", due: #", "due_at": "2026-01-10T08:30:00Z""#)
            try await desk.move(done, to: .completed, as: desk.company.manager)
            let old = try await make("Old", due: #", "due_at": "2025-12-01T08:30:00Z""#)
            try await desk.move(old, to: .completed, as: desk.company.manager)
            _ = try await make("At no time", due: "")
            _ = try await desk.make("Nobody's", more: #", "due_at": "2026-01-16T08:30:00Z""#)
            let path = try await desk.calendar()
            let answer = try await desk.subscribe(path)
            #expect(answer.status == 200 && answer.header("Content-Type") == "text/calendar; charset=utf-8")
            #expect(answer.header("Cache-Control") == "no-store")
            let events = try ReadCalendar(answer.bytes).all("VEVENT")
            #expect(
                events.map { $0["SUMMARY"] as? String } == ["\u{2713} Done", "Call, \u{1F527} now", "On a day"])
            #expect(events.map { $0["DTSTART"] as? String }.suffix(2) == ["2026-01-16T08:30:00+00:00", "2026-01-20"])
            let todos = try ReadCalendar(try await desk.subscribe("\(path)?shape=todos").bytes).all("VTODO")
            #expect(todos.map { $0["STATUS"] as? String } == ["COMPLETED", "NEEDS-ACTION", "NEEDS-ACTION"])
            #expect(todos.dropFirst().first?["UID"] as? String == call.id)
            for odd in ["shape=x", "odd=1", "shape=todos&odd=1", "shape=todos&shape=events", "odd"] {
                let refused = try await desk.subscribe("\(path)?\(odd)")
                #expect(refused.status == 400 && refused.code == "invalid_parameter", "\(odd): \(refused.text)")
            }
        }
    }

    @Test("equal tasks are equal bytes under one tag, and who has them is told so")
    func tag() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let task = try await desk.make(
                more: #", "assignee_id": "\#(desk.company.agent.id)", "due_at": "2026-01-16T08:30:00Z""#)
            let path = try await desk.calendar()
            let first = try await desk.subscribe(path)
            desk.clock.advance(by: .seconds(3_600))
            let second = try await desk.subscribe(path)
            let tag = try #require(first.header("ETag"))
            #expect(first.bytes == second.bytes && second.header("ETag") == tag)
            for names in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let same = try await desk.subscribe(path, ["If-None-Match": names])
                #expect(same.status == 304 && same.bytes.isEmpty && same.header("ETag") == tag, "\(names)")
            }
            try await desk.move(task, to: .inProgress)
            let changed = try await desk.subscribe(path, ["If-None-Match": tag])
            #expect(changed.status == 200 && changed.header("ETag") != tag)
        }
    }

    @Test(
        "a link that is revoked, replaced, made up, another workspace's or of somebody who left is the same 404 (S-1)")
    func refused() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let other = try desk.other()
            let none = try await desk.subscribe("/v1/tasks/feeds/x")
            func isRefused(_ path: String) async throws -> Bool {
                let answer = try await desk.subscribe(path)
                return answer.status == 404 && answer.code == none.code
                    && answer.json["detail"] == none.json["detail"]
            }
            let replaced = try await desk.calendar()
            let path = try await desk.calendar()
            #expect(try await desk.subscribe(path).status == 200)
            #expect(try await desk.subscribe(String(path.dropLast(4))).status == 200)
            #expect(try await isRefused(replaced))
            let moved = path.replacing(desk.company.id.description, with: other.company.id.description)
            #expect(try await isRefused(moved))
            let last = path.dropLast(4).last == "A" ? "E" : "A"
            #expect(try await isRefused("\(path.dropLast(5))\(last).ics"))
            let colleagues = try await desk.calendar(of: desk.company.colleague)
            try Rows.run("UPDATE identity.user SET is_active = false WHERE id = '\(desk.company.colleague.id)'")
            #expect(try await isRefused(colleagues))
            #expect(try await desk.get("/v1/tasks/calendar").json["id"]?.text != nil)
            #expect(try await desk.send(.delete, "/v1/tasks/calendar").status == 204)
            #expect(try await isRefused(path))
            #expect(try await desk.get("/v1/tasks/calendar").status == 404)
            #expect(try await desk.send(.delete, "/v1/tasks/calendar").status == 404)
        }
    }

    @Test("the secret is shown once: neither the table nor a repeated request has it (S-18)")
    func secret() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let headers = ["Idempotency-Key": "one-calendar"]
            let made = try await desk.post("/v1/tasks/calendar", nil, as: nil, headers)
            let address = try #require(made.json["address"]?.text)
            let token = try #require(address.split(separator: "/").last).dropLast(4)
            #expect(made.status == 201 && token.utf8.count == 4 + 36 + 1 + 43)
            let again = try await desk.post("/v1/tasks/calendar", nil, as: nil, headers)
            #expect(again.status == 409 && again.code == "already_issued")
            #expect(try await desk.subscribe("/v1/tasks/feeds/\(token)").status == 200)
            let rows = try Rows.everything()
            #expect(!rows.contains(token) && !rows.contains(token.suffix(43)))
            #expect(try await desk.service.send(.post, "/v1/tasks/calendar").status == 401)
        }
    }
}
