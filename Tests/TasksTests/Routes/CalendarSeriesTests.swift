import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Series in calendars", .scratchDatabase(.tasks))
struct CalendarSeriesTests {
    private func assigned(_ desk: Desk, _ more: String = "") -> String {
        #", "assignee_id": "\#(desk.company.agent.id)"\#(more)"#
    }

    @Test("what is to come of a person's series is one event with its rule, in its own zone (RFC 5545)")
    func events() async throws {
        try await Desk.run(clock: TestClock(.instant("2026-03-26T12:00:00Z"))) { desk in
            let series = try await desk.series("FREQ=DAILY", from: "2026-03-01T09:00:00", more: assigned(desk))
            let skipped = try await desk.post(
                "\(series.path)/skip", #"{"occurrence": "2026-03-30T09:00:00"}"#, as: desk.company.manager)
            #expect(skipped.status == 200)
            let path = try await desk.calendar()
            let calendar = try ReadCalendar(try await desk.subscribe(path).bytes)
            let event = try #require(calendar.all("VEVENT").first)
            #expect(calendar.all("VEVENT").count == 1 && event["UID"] as? String == series.id.description)
            #expect(event["SUMMARY"] as? String == "Lock up" && event["RRULE"] as? String == "FREQ=DAILY")
            #expect(event["DTSTART"] as? String == "2026-03-27T09:00:00+01:00")
            // The reader takes the offset of the summer from the zone that the calendar describes.
            #expect(event["EXDATE"] as? [String] == ["2026-03-30T09:00:00+02:00"])
            #expect(calendar.all("VTIMEZONE").map { $0["TZID"] as? String } == ["Europe/Berlin"])
            let todos = try ReadCalendar(try await desk.subscribe("\(path)?shape=todos").bytes).all("VTODO")
            #expect(todos.map { $0["DUE"] as? String } == ["2026-03-27T09:00:00+01:00"])
            #expect(todos.map { $0["EXDATE"] as? [String] } == [["2026-03-30T00:00:00+02:00"]])
        }
    }

    @Test("an occurrence that has a task is shown as that task, and the rule goes on after it")
    func made() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series("FREQ=DAILY;COUNT=4", from: "2026-01-16T09:00:00", more: assigned(desk))
            try await desk.turn(series, at: "2026-01-16T08:00:00Z")
            let path = try await desk.calendar()
            let first = try await desk.subscribe(path)
            let events = try ReadCalendar(first.bytes).all("VEVENT")
            #expect(
                events.map { $0["DTSTART"] as? String } == ["2026-01-16T08:00:00+00:00", "2026-01-17T09:00:00+01:00"])
            #expect(events.map { $0["RRULE"] as? String } == [nil, "FREQ=DAILY;COUNT=3"])
            #expect(try await desk.subscribe(path).header("ETag") == first.header("ETag"))
            for day in 17...19 { try await desk.turn(series, at: "2026-01-\(day)T08:00:00Z") }
            let last = try ReadCalendar(try await desk.subscribe(path).bytes)
            #expect(last.all("VEVENT").count == 4 && last.all("VTIMEZONE").isEmpty)
            #expect(last.all("VEVENT").allSatisfy { $0["RRULE"] == nil })
        }
    }

    @Test(
        "the rule that a calendar shows has the occurrences that the series has, after the first was made as before",
        arguments: [
            "FREQ=DAILY;COUNT=9", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=7", "FREQ=MONTHLY",
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=5", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY",
            "FREQ=DAILY;UNTIL=20260220", "FREQ=DAILY;UNTIL=20260220T090000", "FREQ=DAILY;UNTIL=20260220T080000Z",
        ])
    func sameOccurrences(_ rule: String) async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let series = try await desk.series(rule, from: "2026-01-14T09:00:00", more: assigned(desk))
            for _ in 1...2 {
                let coming = try await desk.occurrences(series, limit: 20)
                let store = CalendarSeriesStore(database: desk.service.database, workspace: desk.company.id)
                let shown = try #require(try await store.coming(to: desk.company.agent.id).tasks.first?.recurrence)
                let again = Recurrence(shown.rule, from: shown.start, except: Set(shown.exceptions))
                let expanded = again.occurrences(limit: coming.count + 1).map(\.description)
                #expect(Array(expanded.prefix(coming.count)) == coming, "\(rule)")
                if coming.count < 20, shown.rule.count != nil { #expect(expanded == coming, "\(rule)") }
                if rule.contains("UNTIL") {
                    let last = try await desk.get("\(series.path)/occurrences").json["items"]?.items.last?["at"]?.text
                    #expect(last == "2026-02-20T08:00:00Z")
                    let until = shown.until ?? .instant("2026-02-20T08:00:00Z")
                    #expect(until >= .instant("2026-02-20T08:00:00Z") && until < .instant("2026-02-21T08:00:00Z"))
                }
                let next = try #require(try await desk.get(series.path).json["next_at"]?.text)
                try await desk.turn(series, at: next)
            }
        }
    }

    @Test("series of others, paused and ended ones, and those of a ticket that has ended are not shown (S-1)")
    func hidden() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let (start, other) = ("2026-01-16T09:00:00", try desk.other())
            let ticket = try desk.ticket("The pump leaks")
            let paused = try await desk.series("FREQ=DAILY", from: start, more: assigned(desk))
            let ended = try await desk.series("FREQ=DAILY", from: start, more: assigned(desk))
            _ = try await desk.series(
                "FREQ=DAILY", from: start,
                more: assigned(desk, #", "subject": {"kind": "ticket", "id": "\#(ticket)"}"#))
            _ = try await desk.series("FREQ=DAILY", from: start)
            _ = try await desk.series(
                "FREQ=DAILY", from: start, more: #", "assignee_id": "\#(desk.company.colleague.id)""#)
            _ = try await other.series("FREQ=DAILY", from: start, more: assigned(other))
            let path = try await desk.calendar()
            func shown() async throws -> Int {
                try ReadCalendar(try await desk.subscribe(path).bytes).all("VEVENT").count
            }
            #expect(try await shown() == 3)
            #expect(try await desk.change(paused, #"{"is_paused": true}"#).status == 200)
            #expect(try await shown() == 2)
            #expect(try await desk.post("\(ended.path)/end", as: desk.company.manager).status == 200)
            #expect(try await shown() == 1)
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now() WHERE id = '\(ticket)'")
            #expect(try await shown() == 0)
        }
    }
}
