import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("My day, and what is due (D11, F3)", .scratchDatabase(.tasks))
struct DayTests {
    /// A noon in a zone, and the last full seconds of its day and of the seventh day from it.
    struct Place: Sendable, CustomTestStringConvertible {
        let zone: String
        let noon: String
        let dayEnd: String
        let weekEnd: String

        init(_ zone: String, _ noon: String, _ dayEnd: String, _ weekEnd: String) {
            (self.zone, self.noon, self.dayEnd, self.weekEnd) = (zone, noon, dayEnd, weekEnd)
        }

        var testDescription: String { "\(zone) \(noon)" }
    }

    /// Days on which clocks change and weeks in which they do, places where the day is another one than in UTC, and
    /// names with which the server means the hours of winter.
    private static let places = [
        Place("Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-29T21:59:59Z", "2026-04-04T21:59:59Z"),
        Place("Europe/Berlin", "2026-10-25T11:00:00Z", "2026-10-25T22:59:59Z", "2026-10-31T22:59:59Z"),
        Place("Europe/Berlin", "2026-03-24T11:00:00Z", "2026-03-24T22:59:59Z", "2026-03-30T21:59:59Z"),
        Place("Pacific/Kiritimati", "2026-01-14T22:00:00Z", "2026-01-15T09:59:59Z", "2026-01-21T09:59:59Z"),
        Place("America/St_Johns", "2026-01-15T15:30:00Z", "2026-01-16T03:29:59Z", "2026-01-22T03:29:59Z"),
        Place("CET", "2026-07-10T10:00:00Z", "2026-07-10T21:59:59Z", "2026-07-16T21:59:59Z"),
        Place("PST8PDT", "2026-03-04T20:00:00Z", "2026-03-05T07:59:59Z", "2026-03-11T06:59:59Z"),
    ]

    @Test(
        "what is due today and within the week ends with the workspace's days, where clocks change too (D11)",
        arguments: places)
    func ends(place: Place) async throws {
        let clock = TestClock(.instant(place.noon))
        try await Desk.run(zone: place.zone, clock: clock) { desk in
            let mine = #", "assignee_id": "\#(desk.company.agent.id)""#
            var ids: [String: String] = [:]
            let before = clock.now.adding(.seconds(-1))
            for (name, instant) in [
                ("overdue", before), ("today", Timestamp.instant(place.dayEnd)),
                ("tomorrow", Timestamp.instant(place.dayEnd).adding(.seconds(2))),
                ("week", Timestamp.instant(place.weekEnd)),
                ("later", Timestamp.instant(place.weekEnd).adding(.seconds(2))),
            ] {
                ids[name] = try await desk.make(name, more: #", "due_at": "\#(instant)"\#(mine)"#).id
            }
            ids["never"] = try await desk.make("never", more: mine).id
            let day = place.noon.prefix(10) == "2026-01-14" ? "2026-01-15" : String(place.noon.prefix(10))
            ids["by day"] = try await desk.make("by day", more: #", "due_on": "\#(day)"\#(mine)"#).id
            for (path, expected) in [
                ("/v1/tasks?due=overdue", ["overdue"]), ("/v1/tasks?due=today", ["overdue", "today", "by day"]),
                ("/v1/tasks?due=week", ["overdue", "today", "by day", "tomorrow", "week"]),
                ("/v1/tasks?due=none", ["never"]), ("/v1/tasks/day", ["overdue", "today", "by day"]),
            ] {
                let shown = try await desk.all(path).compactMap { $0["title"]?.text }
                #expect(shown == expected, "\(path)")
            }
        }
    }

    @Test("my day is what is mine and overdue, due today or in progress, page by page, what is due first comes first")
    func day() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let (ada, ben) = (desk.company.agent, desk.company.colleague)
            func make(_ title: String, due: String?, of person: Staff?, to status: TaskStatus? = nil) async throws {
                let assignee = person.map { #", "assignee_id": "\#($0.id)""# } ?? ""
                let task = try await desk.make(title, more: assignee + (due.map { #", "due_at": "\#($0)""# } ?? ""))
                if let status { try await desk.move(task, to: status) }
            }
            try await make("begun, never due", due: nil, of: ada, to: .inProgress)
            try await make("begun, due next month", due: "2026-02-15T10:00:00Z", of: ada, to: .inProgress)
            try await make("late", due: "2026-01-10T10:00:00Z", of: ada)
            try await make("late and begun", due: "2026-01-11T10:00:00Z", of: ada, to: .inProgress)
            try await make("this evening", due: "2026-01-15T18:00:00Z", of: ada)
            try await make("never due", due: nil, of: ada)
            try await make("next month", due: "2026-02-15T10:00:00Z", of: ada)
            try await make("done", due: "2026-01-10T10:00:00Z", of: ada, to: .completed)
            try await make("given up", due: "2026-01-10T10:00:00Z", of: ada, to: .cancelled)
            try await make("Ben's", due: "2026-01-10T10:00:00Z", of: ben)
            try await make("nobody's", due: "2026-01-10T10:00:00Z", of: nil)
            let expected = ["late", "late and begun", "this evening", "begun, due next month", "begun, never due"]
            for limit in [1, 2, 200] {
                let shown = try await desk.all("/v1/tasks/day", limit: limit).compactMap { $0["title"]?.text }
                #expect(shown == expected, "\(limit)")
            }
            let theirs = try await desk.all("/v1/tasks/day", as: ben).compactMap { $0["title"]?.text }
            #expect(theirs == ["Ben's"])
            let page = try await desk.get("/v1/tasks/day?limit=1")
            let cursor = try #require(page.json["next_cursor"]?.text)
            let stolen = try await desk.get("/v1/tasks/day?limit=1&cursor=\(cursor)", as: ben)
            #expect(stolen.status == 400 && stolen.code == "invalid_cursor")
            // The next day what was due this evening is overdue, and still there.
            clock.set(.instant("2026-01-16T09:00:00Z"))
            let next = try await desk.all("/v1/tasks/day").compactMap { $0["title"]?.text }
            #expect(next == expected)
            let overdue = try await desk.all("/v1/tasks?due=overdue&assignee=me").compactMap { $0["title"]?.text }
            #expect(overdue == ["late", "late and begun", "this evening"])
        }
    }

    @Test("a task is overdue from the instant on that it is due, one that is due on a day when the day has ended")
    func instant() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            _ = try await desk.make("at noon", more: #", "due_at": "2026-01-15T12:00:00Z""#)
            _ = try await desk.make("today", more: #", "due_on": "2026-01-15""#)
            for (instant, expected) in [
                ("2026-01-15T12:00:00Z", []), ("2026-01-15T12:00:01Z", ["at noon"]),
                ("2026-01-15T23:00:00Z", ["at noon"]), ("2026-01-15T23:00:01Z", ["at noon", "today"]),
            ] {
                clock.set(.instant(instant))
                let shown = try await desk.all("/v1/tasks?due=overdue").compactMap { $0["title"]?.text }
                #expect(shown == expected, "\(instant)")
            }
        }
    }
}
