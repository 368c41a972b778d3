import Foundation
import Models
import Testing

@testable import Tasks

@Suite("calendars read by icalendar")
struct CalendarReadingTests {
    /// Texts that have broken writers of calendars.
    private static let texts = [
        "plain", "commas, semicolons; colons: and \\ backslashes", "two\nlines\n", "\"quotes\" and 'quotes'",
        "na\u{EF}ve caf\u{E9} \u{2713} \u{1F469}\u{200D}\u{1F527} \u{65E5}\u{672C}\u{8A9E}", "ends with a \\",
        "\\n is not a line end",
        String(repeating: "\u{1F600}", count: 100), String(repeating: "a b,", count: 100), "BEGIN:VTODO\nEND:VCALENDAR",
        "  blanks  around  ", "a\ttab",
    ]

    @Test("to-dos are read with every value that was written", arguments: texts)
    func todos(text: String) throws {
        let task = CalendarTask.sample {
            $0.details = text
            $0.priority = 5
            $0.status = .inProcess
            $0.percentComplete = 40
            $0.sequence = 3
            $0.url = "https://casebook.example/tasks/0190a1b2?from=calendar"
        }
        let read = try ReadCalendar(CalendarText(name: text, tasks: [task]))
        let head = try #require(read.all("VCALENDAR").first)
        // icalendar does not know that these are texts, and tells them as they were written.
        let name = ContentLines.escaped(text)
        #expect(head["NAME"] as? String == name && head["X-WR-CALNAME"] as? String == name)
        #expect(head["REFRESH-INTERVAL"] as? String == "1:00:00")
        let todo = try #require(read.all("VTODO").first)
        #expect(todo["UID"] as? String == task.uid)
        #expect(todo["SUMMARY"] as? String == task.summary)
        #expect(todo["DESCRIPTION"] as? String == text)
        #expect(todo["DUE"] as? String == "2026-01-15T08:30:00+00:00")
        #expect(todo["DTSTAMP"] as? String == "2026-01-03T04:05:06+00:00")
        #expect(todo["LAST-MODIFIED"] as? String == "2026-01-03T04:05:06+00:00")
        #expect(todo["CREATED"] as? String == "2026-01-02T03:04:05+00:00")
        #expect(todo["PRIORITY"] as? Int == 5 && todo["PERCENT-COMPLETE"] as? Int == 40)
        #expect(todo["SEQUENCE"] as? Int == 3)
        #expect(todo["STATUS"] as? String == "IN-PROCESS")
        #expect(todo["URL"] as? String == task.url)
    }

    @Test(
        "a task that comes round again is read in its zone, with its rule", arguments: CalendarText.Components.allCases)
    func recurring(components: CalendarText.Components) throws {
        let read = try ReadCalendar(
            CalendarText(name: "x", tasks: [try .weekly()], zones: [.berlin], components: components))
        let zone = try #require(read.all("VTIMEZONE").first)
        #expect(zone["TZID"] as? String == "Europe/Berlin")
        let isTodo = components == .todos
        let found = try #require(read.all(isTodo ? "VTODO" : "VEVENT").first)
        #expect(found["DTSTART"] as? String == (isTodo ? "2026-01-15T00:00:00+01:00" : "2026-01-15T09:30:00+01:00"))
        #expect(found["DUE"] as? String == (isTodo ? "2026-01-15T09:30:00+01:00" : nil))
        #expect(found["DURATION"] as? String == (isTodo ? nil : "0:30:00"))
        let until = isTodo ? "20261231T132959Z" : "20261231T225959Z"
        let rule = try #require(found["RRULE"] as? String)
        #expect(try RecurrenceRule(rule) == RecurrenceRule("FREQ=WEEKLY;UNTIL=\(until);BYDAY=TH"))
        let time = isTodo ? "T00:00:00" : "T09:30:00"
        #expect(found["EXDATE"] as? [String] == ["2026-03-26\(time)+01:00", "2026-04-02\(time)+02:00"])
    }

    @Test("days, and many tasks, are read as they are")
    func many() throws {
        let onDay = CalendarTask.sample { $0.due = .on(.read("2026-02-28T00:00:00")) }
        let tasks =
            [onDay, try .weekly { $0.due = .on(.read("2026-01-15T00:00:00")) }]
            + (0..<100).map { _ in CalendarTask.sample() }
        let todos = try ReadCalendar(CalendarText(name: "x", tasks: tasks)).all("VTODO")
        #expect(todos.count == 102)
        #expect(todos.first?["DUE"] as? String == "2026-02-28")
        #expect(todos.dropFirst().first?["EXDATE"] as? [String] == ["2026-03-26", "2026-04-02"])
        let events = try ReadCalendar(CalendarText(name: "x", tasks: tasks, components: .events)).all("VEVENT")
        #expect(events.count == 102)
        #expect(
            events.first?["DTSTART"] as? String == "2026-02-28" && events.first?["DTEND"] as? String == "2026-03-01")
    }
}
