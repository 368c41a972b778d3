import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Series whose tasks are made before they are due", .scratchDatabase(.tasks))
struct SeriesLeadTests {
    /// A week, within which lie seven days.
    private let week = #", "made_before_seconds": 604800"#

    @Test("every occurrence within the lead has a task of its own, one a turn, and none is counted as missed (F2)")
    func everyOne() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-01-16T09:00:00", more: week)
            let turns = try await desk.turns(series, at: "2026-01-15T12:00:00Z")
            #expect(turns == 7)
            #expect(try desk.due(series) == (16...22).map { "2026-01-\($0)T08:00:00Z" })
            #expect(try await desk.counts(series) == "7 made, 0 skipped, next 2026-01-23T08:00:00Z")
            // The next one comes into the lead a day after the last.
            #expect(try await desk.turns(series, at: "2026-01-16T07:59:59Z") == 0)
            #expect(try await desk.turns(series, at: "2026-01-16T08:00:00Z") == 1)
            #expect(try desk.due(series).last == "2026-01-23T08:00:00Z")
        }
    }

    @Test("after days without a worker what was due is missed but for the latest, and what is to come is made (F2)")
    func withoutWorker() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series(
                "FREQ=DAILY", from: "2026-01-16T09:00:00", more: #", "made_before_seconds": 172800"#)
            _ = try await desk.turns(series, at: "2026-01-20T12:00:00Z")
            // Due by then were the 16th to the 20th; within the lead lie the 21st and the 22nd.
            #expect(try desk.due(series) == (20...22).map { "2026-01-\($0)T08:00:00Z" })
            #expect(try await desk.counts(series) == "3 made, 4 skipped, next 2026-01-23T08:00:00Z")
        }
    }

    @Test("a lead that is raised, and a pause that ends, make all that lies within the lead (F2)")
    func raised() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-01-16T09:00:00")
            #expect(try await desk.turns(series, at: "2026-01-15T12:00:00Z") == 0)
            #expect(try await desk.change(series, #"{"made_before_seconds": 172800}"#).status == 200)
            _ = try await desk.turns(series, at: "2026-01-15T12:00:00Z")
            #expect(try desk.due(series) == ["2026-01-16T08:00:00Z", "2026-01-17T08:00:00Z"])
            #expect(try await desk.change(series, #"{"is_paused": true}"#).status == 200)
            desk.clock.advance(by: .seconds(5 * 86_400))
            #expect(try await desk.change(series, #"{"is_paused": false}"#).status == 200)
            _ = try await desk.turns(series, at: "2026-01-20T12:00:00Z")
            #expect(try desk.due(series).suffix(2) == ["2026-01-21T08:00:00Z", "2026-01-22T08:00:00Z"])
            #expect(try await desk.counts(series) == "4 made, 0 skipped, next 2026-01-23T08:00:00Z")
        }
    }

    @Test("the worker makes what lies within the lead at once, turn after turn")
    func worker() async throws {
        try await Desk.run(zone: "UTC") { desk in
            let start = CivilDateTime(utc: desk.clock.now.adding(.seconds(3_600))).description
            let series = try await desk.series("FREQ=DAILY", from: start, more: week)
            try await running(desk.service.assembly.workers) {
                try await eventually("seven tasks are there") { try desk.due(series).count == 7 }
            }
            #expect(try Rows.count("tasks.series", where: "made_count = 7 AND skipped_count = 0") == 1)
        }
    }
}

extension ServiceDesk<TasksDefinition> {
    /// What a worker does of a series at an instant: turns until none is due; how many it were.
    fileprivate func turns(_ series: MadeSeries, at now: String) async throws -> Int {
        for count in 0..<20 {
            let made = try due(series).count
            guard case .again(let next) = try await turn(series, at: now) else { return count + 1 }
            if next > .instant(now) { return try due(series).count == made ? count : count + 1 }
        }
        Issue.record("the series has a turn after twenty at one instant")
        return 20
    }

    fileprivate func counts(_ series: MadeSeries) async throws -> String {
        let shown = try await get(series.path).json
        let (made, skipped) = (shown["made_count"]?.whole ?? -1, shown["skipped_count"]?.whole ?? -1)
        return "\(made) made, \(skipped) skipped, next \(shown["next_at"]?.text ?? "never")"
    }
}
