import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Series of tasks", .scratchDatabase(.tasks))
struct SeriesTests {
    @Test("over a change of the clock tasks stay due at the same time of the clock on the wall (F2)")
    func daylightSaving() async throws {
        try await Desk.run(clock: TestClock(.instant("2026-03-27T12:00:00Z"))) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-03-01T09:00:00")
            #expect(series.answer.json["zone"]?.text == "Europe/Berlin")
            #expect(series.answer.json["next_at"]?.text == "2026-03-28T08:00:00Z")
            let early = try await desk.turn(series, at: "2026-03-28T07:59:59Z")
            #expect(try desk.due(series) == [])
            if case .done = early { Issue.record("the timer comes again") }
            for now in ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"] {
                try await desk.turn(series, at: now)
            }
            #expect(try desk.due(series) == ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"])
            let tokyo = try await desk.series(
                "FREQ=DAILY", from: "2026-10-24T02:30:00", more: #", "zone": "Asia/Tokyo""#)
            #expect(tokyo.answer.json["next_at"]?.text == "2026-10-23T17:30:00Z")
        }
    }

    @Test("a task of a series is its series', with the names as they are now")
    func task() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let (company, ticket) = (desk.company, try desk.ticket("The pump leaks"))
            let series = try await desk.series(
                "FREQ=WEEKLY;BYDAY=FR", from: "2026-01-16T10:00:00",
                more: """
                    , "assignee_id": "\(company.agent.id)", "team_id": "\(company.team)", "is_required": true,
                    "priority": "high", "estimate_seconds": 600, "made_before_seconds": 3600,
                    "subject": {"kind": "ticket", "id": "\(ticket)"}
                    """)
            try Rows.run("UPDATE identity.user SET name = 'Ada L.' WHERE id = '\(company.agent.id)'")
            try await desk.turn(series, at: "2026-01-16T07:59:59Z")
            #expect(try desk.due(series) == [])
            try await desk.turn(series, at: "2026-01-16T08:00:00Z")
            let task = try #require(try await desk.all("/v1/tasks?subject=\(ticket)").first)
            #expect(task["assignee"]?["name"]?.text == "Ada L.")
            #expect(task["due_at"]?.text == "2026-01-16T09:00:00Z" && task["priority"]?.text == "high")
            #expect(task["is_required"]?.flag == true && task["team"]?["name"]?.text == Company.teamName)
            let id = try #require(task["id"]?.text)
            let shown = try await desk.get("/v1/tasks/\(id)")
            #expect(shown.json["series_id"]?.text == series.id.description)
            let made = try #require(try await desk.all("/v1/tasks/\(id)/activity").first)
            #expect(made["actor"]?["service"]?.text == "tasks" && made["verb"]?.text == "created")
            let verbs = try await desk.all("\(series.path)/activity").map { $0["verb"]?.text }
            #expect(verbs == ["made", "created"])
        }
    }

    @Test("who has left is nobody's assignee, and a ticket that has ended gets no more tasks until it is reopened")
    func gone() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let ticket = try desk.ticket("The pump leaks")
            let series = try await desk.series(
                "FREQ=DAILY", from: "2026-01-16T10:00:00",
                more: """
                    , "assignee_id": "\(desk.company.agent.id)", "subject": {"kind": "ticket", "id": "\(ticket)"}
                    """)
            try Rows.run("UPDATE identity.user SET is_active = false WHERE id = '\(desk.company.agent.id)'")
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now() WHERE id = '\(ticket)'")
            try await desk.turn(series, at: "2026-01-16T09:00:00Z")
            #expect(try desk.due(series) == [])
            try Rows.run("UPDATE tickets.ticket SET status = 'open', completed_at = NULL WHERE id = '\(ticket)'")
            try await desk.turn(series, at: "2026-01-17T09:00:00Z")
            #expect(try desk.due(series) == ["2026-01-17T09:00:00Z"])
            let assigned = try Rows.count("tasks.task", where: "series_id IS NOT NULL AND assignee_id IS NOT NULL")
            #expect(assigned == 0)
            let shown = try await desk.get(series.path, as: desk.company.manager)
            #expect(shown.json["skipped_count"]?.whole == 1 && shown.json["made_count"]?.whole == 1)
        }
    }

    @Test("a kind that was retired since gives way to the one that every workspace has, until it is back")
    func retiredKind() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let manager = desk.company.manager
            _ = try await desk.post("/v1/tasks/kinds", #"{"word": "visit", "name": "Visit"}"#, as: manager)
            let series = try await desk.series(
                "FREQ=DAILY", from: "2026-01-16T09:00:00", more: #", "kind": "visit""#)
            for (isActive, now) in [
                (true, "2026-01-16T08:00:00Z"), (false, "2026-01-17T08:00:00Z"), (true, "2026-01-18T08:00:00Z"),
            ] {
                let patched = try await desk.patch(
                    "/v1/tasks/kinds/visit", #"{"is_active": \#(isActive)}"#, as: manager)
                #expect(patched.status == 200)
                try await desk.turn(series, at: now)
            }
            let kinds = try Rows.of("SELECT kind FROM tasks.task ORDER BY due_at")
            #expect(kinds == ["visit", "administrative", "visit"])
            #expect(try await desk.get(series.path).json["kind"]?.text == "visit")
        }
    }

    @Test("of occurrences that were missed the latest makes a task, and the others are counted")
    func missed() async throws {
        try await Desk.run(clock: TestClock(.instant("2026-01-05T00:00:00Z"))) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-01-05T09:00:00")
            try await desk.turn(series, at: "2026-01-20T12:00:00Z")
            #expect(try desk.due(series) == ["2026-01-20T08:00:00Z"])
            let shown = try await desk.get(series.path)
            #expect(shown.json["made_count"]?.whole == 1 && shown.json["skipped_count"]?.whole == 15)
            #expect(shown.json["next_at"]?.text == "2026-01-21T08:00:00Z")
            // More than are looked at in one turn: the rest follows in the next.
            for _ in 1...2 { try await desk.turn(series, at: "2030-01-20T12:00:00Z") }
            let later = try await desk.get(series.path)
            #expect(later.json["next_at"]?.text == "2030-01-21T08:00:00Z")
            #expect(later.json["ended_at"] == .null)
        }
    }

    @Test("a series ends with its COUNT, and with its UNTIL to the instant")
    func ends() async throws {
        try await Desk.run(clock: TestClock(.instant("2026-01-05T00:00:00Z"))) { desk in
            for rule in ["FREQ=DAILY;COUNT=2", "FREQ=DAILY;UNTIL=20260106T080000Z", "FREQ=DAILY;UNTIL=20260106"] {
                let series = try await desk.series(rule, from: "2026-01-05T09:00:00")
                try await desk.turn(series, at: "2026-01-05T08:00:00Z")
                let last = try await desk.turn(series, at: "2026-01-06T08:00:00Z")
                guard case .done = last else {
                    Issue.record("\(rule) comes again")
                    continue
                }
                try await desk.turn(series, at: "2026-01-07T08:00:00Z")
                #expect(try desk.due(series) == ["2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z"], "\(rule)")
                let shown = try await desk.get(series.path)
                #expect(shown.json["ended_at"]?.text == "2026-01-06T08:00:00Z" && shown.json["next_at"] == .null)
                let late = try await desk.change(series, #"{"is_paused": true}"#)
                #expect(late.status == 409)
            }
        }
    }

    @Test("workers make each task once, beside each other and after one that died before its commit (R-1)")
    func once() async throws {
        try await Desk.run(zone: "UTC") { desk in
            let start = CivilDateTime(utc: desk.clock.now.adding(.seconds(86_400))).description
            for _ in 1...4 {
                _ = try await desk.series("FREQ=DAILY", from: start, more: #", "made_before_seconds": 90000"#)
            }
            let victim = try await desk.series("FREQ=DAILY", from: start, more: #", "made_before_seconds": 90000"#)
            await #expect(throws: Crash.self) {
                try await desk.service.database.transaction(in: .workspace(desk.company.id)) { tx in
                    _ = try await SeriesWork.make(victim.id, in: desk.company.id, at: .now, tx)
                    throw Crash()
                }
            }
            #expect(try desk.due(victim) == [])
            let workers = desk.service.assembly.workers
            try await running(workers + workers) {
                try await eventually("every timer waits for the next day") {
                    try Rows.count("core.timer", where: "kind = 'series' AND lease_id IS NULL AND due_at > now()") == 5
                }
            }
            #expect(try Rows.count("tasks.task", where: "series_id IS NOT NULL") == 5)
            #expect(try Rows.count("tasks.series_occurrence") == 5)
            #expect(try Rows.count("tasks.series", where: "made_count = 1 AND skipped_count = 0") == 5)
        }
    }

    @Test("an occurrence that has a task cannot have another, whatever the series says (the key)")
    func key() async throws {
        try await Desk.run(clock: TestClock(.instant("2026-01-05T00:00:00Z"))) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-01-05T09:00:00")
            try await desk.turn(series, at: "2026-01-05T08:00:00Z")
            try Rows.run("UPDATE tasks.series SET next_occurrence = start, next_at = '2026-01-05T08:00:00Z'")
            await #expect(throws: (any Error).self) { try await desk.turn(series, at: "2026-01-05T08:00:00Z") }
            #expect(try desk.due(series).count == 1)
        }
    }
}

private struct Crash: Error {}
