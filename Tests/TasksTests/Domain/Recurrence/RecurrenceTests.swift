import Models
import Testing

@testable import Tasks

@Suite("recurrences")
struct RecurrenceTests {
    private func recurrence(
        _ rule: String, _ start: String = "2026-01-05T09:00:00", except: [String] = []
    ) throws -> Recurrence {
        Recurrence(
            try RecurrenceRule(rule), from: try #require(CivilDateTime(start)),
            except: Set(try except.map { try #require(CivilDateTime($0)) }))
    }

    private func dates(_ recurrence: Recurrence, after: String? = nil, _ limit: Int = 20) throws -> [String] {
        let after = try after.map { try #require(CivilDateTime($0)) }
        return recurrence.occurrences(after: after, limit: limit).map(\.date)
    }

    @Test("occurrences are asked for after a time, which is not one of them")
    func after() throws {
        let daily = try recurrence("FREQ=DAILY")
        let early = try dates(daily, after: "2026-01-05T08:59:59", 1)
        #expect(early == ["2026-01-05"])
        let exact = try dates(daily, after: "2026-01-05T09:00:00", 2)
        #expect(exact == ["2026-01-06", "2026-01-07"])
        let before = try dates(daily, after: "1990-01-01T00:00:00", 1)
        #expect(before == ["2026-01-05"])
    }

    @Test(
        "the way to a late time is not walked, and what comes after it is what walking finds",
        arguments: [
            "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO,TH;WKST=SU",
            "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1FR",
            "FREQ=YEARLY;INTERVAL=3;BYDAY=20MO", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2",
        ])
    func jumps(rule: String) throws {
        let recurrence = try recurrence(rule)
        let all = recurrence.occurrences(limit: 300)
        for (place, time) in all.enumerated().dropLast(3) {
            let next = recurrence.occurrences(after: time, limit: 3)
            #expect(next == Array(all[(place + 1)..<(place + 4)]))
            #expect(recurrence.next(after: time.adding(seconds: -1)) == time)
        }
    }

    @Test("exceptions are left out and count for COUNT all the same")
    func exceptions() throws {
        let some = try recurrence("FREQ=DAILY;COUNT=4", except: ["2026-01-06T09:00:00", "2026-01-07T10:00:00"])
        let found = try dates(some)
        #expect(found == ["2026-01-05", "2026-01-07", "2026-01-08"])
        let late = try dates(some, after: "2026-01-07T09:00:00")
        #expect(late == ["2026-01-08"])
    }

    @Test("a start that does not match the rule is no occurrence, as with python-dateutil")
    func unmatchedStart() throws {
        let found = try dates(try recurrence("FREQ=WEEKLY;BYDAY=TU;COUNT=2"))
        #expect(found == ["2026-01-06", "2026-01-13"])
    }

    @Test("UNTIL as a date includes its whole day, as a time that time")
    func until() throws {
        for (until, expected) in [
            ("20260107", 3), ("20260107T090000", 3), ("20260107T085959", 2), ("20260104", 0),
        ] {
            let count = try recurrence("FREQ=DAILY;UNTIL=\(until)").occurrences(limit: 10).count
            #expect(count == expected, "\(until)")
        }
    }

    @Test("UNTIL in UTC ends late enough for every zone, and the caller cuts at the instant")
    func untilUTC() throws {
        let recurrence = try recurrence("FREQ=DAILY;UNTIL=20260107T190000Z", "2026-01-05T09:00:00")
        // In Kiritimati, 14 hours east of Greenwich, 9 o'clock of the 8th is 19 o'clock of the 7th in UTC.
        let found = try dates(recurrence)
        #expect(found == ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"])
        #expect(recurrence.last == CivilDateTime("2026-01-08T10:00:00"))
    }

    @Test("weekdays with and without a place stand beside each other")
    func mixedWeekdays() throws {
        let found = try dates(try recurrence("FREQ=MONTHLY;BYDAY=TU,2MO;COUNT=6"))
        #expect(found == ["2026-01-06", "2026-01-12", "2026-01-13", "2026-01-20", "2026-01-27", "2026-02-03"])
    }

    @Test("a week counted from the end of the year before begins in this year (ISO 8601)")
    func weeksFromTheEnd() throws {
        // 2025-12-29 to 2026-01-04 is week 1 of 53 of 2026; 2026-12-28 to 2027-01-03 is the last.
        let first = try dates(try recurrence("FREQ=YEARLY;BYWEEKNO=-53;BYDAY=MO", "2025-01-01T00:00:00"), 1)
        #expect(first == ["2025-12-29"])
        let last = try dates(try recurrence("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR", "2026-12-01T00:00:00"), 2)
        #expect(last == ["2027-01-01", "2027-12-31"])
        let quirk = try dates(try recurrence("FREQ=YEARLY;BYWEEKNO=52;BYDAY=SA", "2049-12-01T00:00:00"), 1)
        #expect(quirk == ["2050-01-01"])
    }

    @Test(
        "a rule that never matches ends, within a bounded search",
        arguments: [
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=6MO", "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=6",
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
            "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=YEARLY;INTERVAL=1000;BYYEARDAY=1;BYWEEKNO=30",
        ])
    func never(rule: String) throws {
        let clock = ContinuousClock()
        let recurrence = try recurrence(rule)
        var found: [CivilDateTime] = []
        let time = clock.measure { found = recurrence.occurrences(limit: 1) }
        #expect(found == [])
        #expect(time < .seconds(10))
    }

    @Test("what comes round once in 40 years is found")
    func rare() throws {
        let found = try dates(try recurrence("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "2072-03-01T00:00:00"), 3)
        #expect(found == ["2112-02-29", "2140-02-29", "2168-02-29"])
        // Each tenth day: the next 29 February on one of them that is a Monday comes after 64,575 of them.
        let rarest = try dates(
            try recurrence("FREQ=DAILY;INTERVAL=10;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "7904-02-29T00:00:00"), 2)
        #expect(rarest == ["7904-02-29", "9672-02-29"])
        let leap = try dates(try recurrence("FREQ=YEARLY;INTERVAL=4", "1896-02-29T00:00:00"), 2)
        #expect(leap == ["1896-02-29", "1904-02-29"])
    }

    @Test("the end of the year 9999 is an end")
    func endOfTime() throws {
        for rule in ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"] {
            let count = try recurrence(rule, "9999-12-31T23:59:59").occurrences(limit: 5).count
            #expect(count == 1, "\(rule)")
        }
    }

    @Test("occurrences are computed as they are asked for")
    func lazily() throws {
        var sequence = RecurrenceSequence(try recurrence("FREQ=MONTHLY;COUNT=2"))
        #expect(sequence.next()?.description == "2026-01-05T09:00:00")
        #expect(sequence.next()?.description == "2026-02-05T09:00:00")
        #expect(sequence.next() == nil)
        #expect(sequence.next() == nil)
    }
}

@Suite("readings of a clock")
struct CivilDateTimeTests {
    @Test(
        "are read from PostgreSQL's and iCalendar's forms",
        arguments: [
            ("2026-03-29T02:30:00", "20260329T023000"), ("2026-03-29 02:30:00", "20260329T023000"),
            ("0001-01-01T00:00:00", "00010101T000000"), ("9999-12-31T23:59:59", "99991231T235959"),
        ])
    func forms(text: String, compact: String) throws {
        let time = try #require(CivilDateTime(text))
        #expect(time.compact == compact)
        #expect(CivilDateTime(compact: compact) == time)
        #expect(time.description == text.replacing(" ", with: "T"))
        #expect(CivilDateTime(compact: time.compactDate)?.date == time.date)
    }

    @Test(
        "other texts are none",
        arguments: [
            "", "2026-03-29", "2026-02-29T00:00:00", "2026-03-29T24:00:00", "2026-03-29T02:30:00Z",
            "2026-03-29T02:30:0x",
            "20260329", "2026-03-29T02:30:0\u{661}",
        ])
    func refused(text: String) {
        #expect(CivilDateTime(text) == nil)
    }

    @Test(
        "other compact texts are none",
        arguments: ["", "2026032", "20260229", "20260329X023000", "20260329T0230", "20260329T236000", "2026032\u{669}"])
    func refusedCompact(text: String) {
        #expect(CivilDateTime(compact: text) == nil)
    }

    @Test("stay within the years 1 to 9999")
    func limits() {
        #expect(CivilDateTime(day: CivilDateTime.days.lowerBound)?.date == "0001-01-01")
        #expect(CivilDateTime(day: CivilDateTime.days.upperBound)?.date == "9999-12-31")
        #expect(CivilDateTime(day: CivilDateTime.days.upperBound + 1) == nil)
        #expect(CivilDateTime(day: 0, secondOfDay: 86_400) == nil)
    }
}
