import Models
import Testing

@testable import Tasks

@Suite("a calendar of tasks")
struct CalendarTextTests {
    /// The lines between those of a kind of component, of the first one.
    private func lines(
        _ component: String, of tasks: [CalendarTask], as components: CalendarText.Components = .todos,
        zones: [CalendarZone] = []
    ) -> [String] {
        let bytes = CalendarText(name: "Ada's tasks", tasks: tasks, zones: zones, components: components).bytes
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        let start = lines.firstIndex(of: "BEGIN:\(component)") ?? lines.endIndex
        return Array(lines[start...].prefix { $0 != "END:\(component)" }.dropFirst())
    }

    @Test("a to-do says when it is due, in UTC, and where it stands")
    func todo() {
        let task = CalendarTask.sample {
            $0.details = "At once"
            $0.priority = 1
            $0.status = .completed
            $0.percentComplete = 100
            $0.completedAt = .read("2026-01-04T00:00:00Z")
            $0.sequence = 7
            $0.url = "https://casebook.example/tasks/1"
        }
        #expect(
            lines("VTODO", of: [task]) == [
                "UID:0190a1b2@casebook.example", "DTSTAMP:20260103T040506Z", "CREATED:20260102T030405Z",
                "LAST-MODIFIED:20260103T040506Z", "SEQUENCE:7", "SUMMARY:Call the customer", "DESCRIPTION:At once",
                "URL:https://casebook.example/tasks/1", "DUE:20260115T083000Z", "PRIORITY:1", "STATUS:COMPLETED",
                "PERCENT-COMPLETE:100", "COMPLETED:20260104T000000Z",
            ])
    }

    @Test("a task that is due on a day, or at no time, is so in the calendar")
    func days() {
        let onDay = lines("VTODO", of: [.sample { $0.due = .on(.read("2026-02-28T00:00:00")) }])
        #expect(onDay.contains("DUE;VALUE=DATE:20260228"))
        let never = lines("VTODO", of: [.sample { $0.due = nil }])
        #expect(never.allSatisfy { !$0.hasPrefix("DUE") && !$0.hasPrefix("DTSTART") && !$0.hasPrefix("PRIORITY") })
    }

    @Test("a to-do that comes round again starts with its due day, and its rule's ends and exceptions name starts")
    func recurringTodo() throws {
        let found = lines("VTODO", of: [try .weekly()], zones: [.berlin])
        #expect(found.contains("DTSTART;TZID=Europe/Berlin:20260115T000000"))
        #expect(found.contains("DUE;TZID=Europe/Berlin:20260115T093000"))
        #expect(found.contains("RRULE:FREQ=WEEKLY;UNTIL=20261231T132959Z;BYDAY=TH"))
        #expect(found.contains("EXDATE;TZID=Europe/Berlin:20260326T000000"))
    }

    @Test("a task that comes round on days has dates throughout")
    func recurringDays() throws {
        let task = try CalendarTask.weekly { $0.due = .on(.read("2026-01-15T00:00:00")) }
        let found = lines("VTODO", of: [task], zones: [.berlin])
        for line in [
            "DTSTART;VALUE=DATE:20260115", "DUE;VALUE=DATE:20260115", "RRULE:FREQ=WEEKLY;UNTIL=20261231;BYDAY=TH",
            "EXDATE;VALUE=DATE:20260326",
        ] {
            #expect(found.contains(line))
        }
        #expect(lines("VTIMEZONE", of: [task], zones: [.berlin]) == [])
    }

    @Test("an event lasts half an hour or the day, and keeps nobody busy; without a due time there is none")
    func events() throws {
        let timed = lines("VEVENT", of: [.sample()], as: .events)
        #expect(timed.contains("DTSTART:20260115T083000Z") && timed.contains("DURATION:PT30M"))
        #expect(timed.contains("TRANSP:TRANSPARENT") && timed.contains("STATUS:CONFIRMED"))
        let day = lines("VEVENT", of: [.sample { $0.due = .on(.read("2026-02-28T00:00:00")) }], as: .events)
        #expect(day.contains("DTSTART;VALUE=DATE:20260228") && day.contains("DTEND;VALUE=DATE:20260301"))
        #expect(lines("VEVENT", of: [.sample { $0.due = nil }], as: .events) == [])
        let weekly = lines("VEVENT", of: [try .weekly()], as: .events)
        #expect(weekly.contains("DTSTART;TZID=Europe/Berlin:20260115T093000"))
        #expect(weekly.contains("RRULE:FREQ=WEEKLY;UNTIL=20261231T225959Z;BYDAY=TH"))
        #expect(weekly.contains("EXDATE;TZID=Europe/Berlin:20260326T093000"))
    }

    @Test("an event shows what is completed or cancelled")
    func endedEvents() {
        let completed = lines("VEVENT", of: [.sample { $0.status = .completed }], as: .events)
        #expect(completed.contains("SUMMARY:\u{2713} Call the customer"))
        let cancelled = lines("VEVENT", of: [.sample { $0.status = .cancelled }], as: .events)
        #expect(cancelled.contains("STATUS:CANCELLED"))
    }

    @Test("a zone is described where a task stands in its time, with a part for each change")
    func zones() throws {
        let found = lines("VTIMEZONE", of: [try .weekly()], zones: [.berlin])
        #expect(
            found == [
                "TZID:Europe/Berlin",
                "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0100", "END:STANDARD",
                "BEGIN:DAYLIGHT", "DTSTART:20260329T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "END:DAYLIGHT",
                "BEGIN:STANDARD", "DTSTART:20261025T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD",
            ])
        #expect(lines("VTIMEZONE", of: [.sample()], zones: [.berlin]) == [])
    }

    @Test("the calendar has a name, and says how often to ask again")
    func head() {
        let found = lines("VCALENDAR", of: [])
        #expect(
            found == [
                "VERSION:2.0", "PRODID:-//Casebook//Tasks//EN", "CALSCALE:GREGORIAN", "NAME:Ada's tasks",
                "X-WR-CALNAME:Ada's tasks", "REFRESH-INTERVAL;VALUE=DURATION:PT60M", "X-PUBLISHED-TTL:PT60M",
            ])
    }

    @Test("the same tasks are the same bytes")
    func stable() throws {
        let calendar = CalendarText(name: "x", tasks: [.sample(), try .weekly()], zones: [.berlin])
        #expect(calendar.bytes == calendar.bytes)
    }
}
