import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Series over HTTP", .scratchDatabase(.tasks))
struct SeriesRouteTests {
    @Test("a rule that is none is refused at /rule, in the words of what is wrong with it")
    func badRules() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            for (rule, words) in [
                ("daily", "\"daily\" is not a part such as FREQ=DAILY"), ("INTERVAL=2", "FREQ is missing"),
                ("FREQ=HOURLY", "FREQ: a task comes round once a day at the most"),
                ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "COUNT and UNTIL exclude each other"),
                ("FREQ=DAILY;BYHOUR=9,10", "BYHOUR: a task comes round once a day at the most"),
                ("FREQ=DAILY;COUNT=3", "has no occurrence from now on"),
            ] {
                let answer = try await desk.post(
                    "/v1/tasks/series", #"{"rule": "\#(rule)", "start": "2025-01-01T09:00:00", "title": "T"}"#,
                    as: desk.company.manager)
                #expect(answer.status == 422 && answer.pointers == ["/rule"], "\(rule) \(answer.text)")
                let detail = answer.json["errors"]?.items.first?["detail"]?.text ?? ""
                #expect(detail.contains(words), "\(detail)")
            }
            let zone = try await desk.post(
                "/v1/tasks/series",
                #"{"rule": "FREQ=DAILY", "start": "2026-02-01T09:00:00", "title": "T", "zone": "Mars/Olympus"}"#,
                as: desk.company.manager)
            #expect(zone.status == 422 && zone.pointers == ["/zone"], "\(zone.text)")
            let start = try await desk.post(
                "/v1/tasks/series", #"{"rule": "FREQ=DAILY", "start": "2026-02-30T09:00:00", "title": "T"}"#,
                as: desk.company.manager)
            #expect(start.status == 422 && start.pointers == ["/start"], "\(start.text)")
            let ticketless = try await desk.post(
                "/v1/tasks/series",
                #"{"rule": "FREQ=DAILY", "start": "2026-02-01T09:00:00", "title": "T", "is_required": true}"#,
                as: desk.company.manager)
            #expect(ticketless.pointers == ["/is_required"], "\(ticketless.text)")
            #expect(try Rows.count("tasks.series") == 0 && Rows.count("core.timer", where: "kind = 'series'") == 0)
        }
    }

    @Test("a series is made by those who administer tasks, read by all of the workspace, and by no other (S-1, S-2)")
    func permissions() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-02-01T09:00:00")
            let body = #"{"rule": "FREQ=DAILY", "start": "2026-02-01T09:00:00", "title": "T"}"#
            for person in [desk.company.agent, desk.company.viewer, desk.company.billing] {
                #expect(try await desk.get(series.path, as: person).status == 200)
                #expect(try await desk.post("/v1/tasks/series", body, as: person).status == 403)
                #expect(try await desk.patch(series.path, "{}", as: person).status == 403)
                #expect(try await desk.post("\(series.path)/end", as: person).status == 403)
            }
            let other = try desk.other()
            for path in [series.path, "\(series.path)/occurrences", "\(series.path)/activity"] {
                #expect(try await other.get(path).status == 404, "\(path)")
            }
            #expect(try await other.post("\(series.path)/end", as: other.company.manager).status == 404)
            #expect(try await other.all("/v1/tasks/series").isEmpty)
            #expect(try await desk.all("/v1/tasks/series").count == 1)
        }
    }

    @Test("a paused series makes nothing, and goes on from now without making up for what has passed")
    func pause() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-01-16T09:00:00")
            #expect(try Rows.count("core.timer", where: "kind = 'series'") == 1)
            let paused = try await desk.change(series, #"{"is_paused": true}"#)
            #expect(paused.json["next_at"] == .null && paused.json["ended_at"] == .null, "\(paused.text)")
            #expect(try Rows.count("core.timer", where: "kind = 'series'") == 0)
            try await desk.turn(series, at: "2026-01-16T08:00:00Z")
            #expect(try desk.due(series) == [])
            desk.clock.advance(by: .seconds(10 * 86_400))
            let back = try await desk.change(series, #"{"is_paused": false}"#)
            #expect(back.json["next_at"]?.text == "2026-01-26T08:00:00Z", "\(back.text)")
            #expect(back.json["skipped_count"]?.whole == 0)
            #expect(try Rows.count("core.timer", where: "kind = 'series'") == 1)
        }
    }

    @Test("an occurrence to come is left out, once, and only if there is one")
    func skip() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY;COUNT=4", from: "2026-01-16T09:00:00")
            func skip(_ time: String) async throws -> TestAnswer {
                try await desk.post(
                    "\(series.path)/skip", #"{"occurrence": "\#(time)"}"#, as: desk.company.manager)
            }
            for _ in 1...2 { #expect(try await skip("2026-01-18T09:00:00").status == 200) }
            #expect(
                try await desk.occurrences(series)
                    == ["2026-01-16T09:00:00", "2026-01-17T09:00:00", "2026-01-19T09:00:00"])
            let first = try await skip("2026-01-16T09:00:00")
            #expect(first.json["next_at"]?.text == "2026-01-17T08:00:00Z")
            #expect(first.json["skipped_count"]?.whole == 2)
            for time in ["2026-01-16T10:00:00", "2026-01-15T09:00:00", "2026-01-20T09:00:00"] {
                let answer = try await skip(time)
                #expect(answer.status == 422 && answer.pointers == ["/occurrence"], "\(time)")
            }
            for now in ["2026-01-17T08:00:00Z", "2026-01-19T08:00:00Z"] { try await desk.turn(series, at: now) }
            #expect(try desk.due(series) == ["2026-01-17T08:00:00Z", "2026-01-19T08:00:00Z"])
            #expect(try await desk.get(series.path).json["ended_at"] != .null)
        }
    }

    @Test("a changed rule counts from now, and makes no second task for a time that has one")
    func changed() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series(
                "FREQ=DAILY", from: "2026-01-16T09:00:00", more: #", "made_before_seconds": 86400"#)
            try await desk.turn(series, at: "2026-01-15T12:00:00Z")
            #expect(try desk.due(series) == ["2026-01-16T08:00:00Z"])
            let changed = try await desk.change(series, #"{"rule": "FREQ=DAILY;INTERVAL=2"}"#)
            #expect(changed.json["next_occurrence"]?.text == "2026-01-18T09:00:00", "\(changed.text)")
            let same = try await desk.change(series, #"{"rule": "freq=daily", "title": "Lock the hall"}"#)
            #expect(same.json["next_occurrence"]?.text == "2026-01-17T09:00:00")
            #expect(same.json["rule"]?.text == "FREQ=DAILY")
            let bad = try await desk.change(series, #"{"rule": "FREQ=NEVER"}"#)
            #expect(bad.pointers == ["/rule"], "\(bad.text)")
            let stale = try await desk.patch(
                series.path, #"{"title": "X"}"#, as: desk.company.manager, ["If-Match": "\"1\""])
            #expect(stale.status == 412)
            let ended = try await desk.post("\(series.path)/end", as: desk.company.manager)
            #expect(ended.json["ended_at"] != .null && ended.json["next_at"] == .null)
            #expect(try Rows.count("core.timer", where: "kind = 'series'") == 0)
            #expect(try await desk.occurrences(series) == [])
        }
    }

    @Test("a workspace in any zone that identity takes makes series by its clock, in summer as well")
    func workspaceZones() async throws {
        try await Desk.run(clock: TestClock(.instant("2026-07-01T00:00:00Z"))) { desk in
            for (zone, known, at) in [
                ("Singapore", "Singapore", "2026-07-02T01:00:00Z"), ("Japan", "Japan", "2026-07-02T00:00:00Z"),
                ("GMT", "GMT", "2026-07-02T09:00:00Z"), ("CET", "Europe/Brussels", "2026-07-02T07:00:00Z"),
                ("EST5EDT", "America/New_York", "2026-07-02T13:00:00Z"),
            ] {
                try Rows.run("UPDATE identity.workspace SET time_zone = '\(zone)'")
                let series = try await desk.series("FREQ=DAILY", from: "2026-07-02T09:00:00")
                #expect(series.answer.json["zone"]?.text == known)
                #expect(series.answer.json["next_at"]?.text == at, "\(zone)")
                let same = try await desk.change(series, #"{"zone": "\#(zone)"}"#)
                #expect(same.text == series.answer.text)
                try await desk.turn(series, at: at)
                #expect(try desk.due(series) == [at])
            }
            try Rows.run("UPDATE identity.workspace SET time_zone = 'localtime'")
            let body = #"{"rule": "FREQ=DAILY", "start": "2026-07-02T09:00:00", "title": "T"}"#
            let answer = try await desk.post("/v1/tasks/series", body, as: desk.company.manager)
            #expect(answer.status == 422 && answer.pointers == ["/zone"], "\(answer.text)")
            #expect(answer.text.contains("is required"), "\(answer.text)")
        }
    }

    @Test("the activity of a series says which fields changed, of texts the versions; no change is no version (R-12)")
    func activity() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-01-16T09:00:00")
            let bodies = [
                #"{"title": "Lock the hall"}"#, #"{"description": "All doors"}"#, #"{"estimate_seconds": 600}"#,
                #"{"made_before_seconds": 3600}"#, #"{"estimate_seconds": null, "description": null}"#,
            ]
            for (place, body) in bodies.enumerated() {
                let answer = try await desk.change(series, body)
                #expect(answer.json["version"]?.whole == Int64(place) + 2, "\(answer.text)")
                for same in [body, "{}"] {
                    let again = try await desk.change(series, same)
                    #expect(again.status == 200 && again.text == answer.text, "\(again.text)")
                }
            }
            let changes = try Rows.of(
                """
                SELECT changes FROM core.activity
                WHERE subject_id = '\(series.id)' AND verb = 'updated'
                ORDER BY version
                """)
            #expect(
                changes == [
                    #"{"title": {"to": 2, "from": 1}}"#, #"{"description": {"to": 3, "from": 2}}"#,
                    #"{"estimate_seconds": {"to": 600, "from": null}}"#,
                    #"{"made_before_seconds": {"to": 3600, "from": 0}}"#,
                    #"{"description": {"to": 6, "from": 5}, "estimate_seconds": {"to": null, "from": 600}}"#,
                ])
        }
    }

    @Test("the occurrences to come are read while every connection of writes is taken")
    func readingLane() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY;COUNT=3", from: "2026-01-16T09:00:00")
            let (database, scope) = (desk.service.database, Scope.workspace(desk.company.id))
            try await database.transaction(in: scope) { first in
                _ = try await first.query("SELECT 1 AS one")
                try await database.transaction(in: scope) { second in
                    _ = try await second.query("SELECT 1 AS one")
                    try await database.transaction(in: scope) { third in
                        _ = try await third.query("SELECT 1 AS one")
                        #expect(try await desk.occurrences(series).count == 3)
                    }
                }
            }
        }
    }
}
