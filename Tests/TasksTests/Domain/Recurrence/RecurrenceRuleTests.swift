import Testing

@testable import Tasks

@Suite("recurrence rules")
struct RecurrenceRuleTests {
    @Test(
        "a rule has one text, whatever way it was written",
        arguments: [
            ("FREQ=DAILY", "FREQ=DAILY"),
            ("freq=weekly;byday=fr,mo,mo;wkst=mo", "FREQ=WEEKLY;BYDAY=MO,FR"),
            ("INTERVAL=1;FREQ=DAILY;COUNT=010", "FREQ=DAILY;COUNT=10"),
            ("BYDAY=-1FR,+2TU,MO;INTERVAL=3;FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=3;BYDAY=MO,-1FR,2TU"),
            ("FREQ=YEARLY;BYMONTH=12,1;BYMONTHDAY=31,-31,+5", "FREQ=YEARLY;BYMONTHDAY=-31,5,31;BYMONTH=1,12"),
            ("FREQ=YEARLY;BYWEEKNO=53,-1;BYDAY=SU;WKST=SU", "FREQ=YEARLY;BYDAY=SU;BYWEEKNO=-1,53;WKST=SU"),
            ("FREQ=YEARLY;BYYEARDAY=366,-366,1", "FREQ=YEARLY;BYYEARDAY=-366,1,366"),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1,1", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1,1"),
            ("FREQ=YEARLY;BYDAY=53MO,-53SU", "FREQ=YEARLY;BYDAY=-53SU,53MO"),
            ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
            ("FREQ=DAILY;UNTIL=20240229T235959", "FREQ=DAILY;UNTIL=20240229T235959"),
            ("FREQ=DAILY;UNTIL=20261231t225959z", "FREQ=DAILY;UNTIL=20261231T225959Z"),
            ("FREQ=DAILY;INTERVAL=1000;BYMONTHDAY=13;BYDAY=FR", "FREQ=DAILY;INTERVAL=1000;BYDAY=FR;BYMONTHDAY=13"),
        ])
    func canonical(text: String, expected: String) throws {
        let rule = try RecurrenceRule(text)
        #expect(rule.description == expected)
        let again = try RecurrenceRule(rule.description)
        #expect(again == rule)
    }

    @Test(
        "what is no rule of a task is refused, and the part at fault is named",
        arguments: [
            ("", RecurrenceFault.malformed("")),
            ("DAILY", .malformed("DAILY")),
            ("FREQ=DAILY;", .malformed("")),
            ("FREQ=", .malformed("FREQ=")),
            ("FREQ=DAILY=2", .malformed("FREQ=DAILY=2")),
            ("RRULE:FREQ=DAILY", .unknown("RRULE:FREQ")),
            ("FREQ=DAILY;RSCALE=HEBREW", .unknown("RSCALE")),
            ("FREQ=DAILY;COUNT=1;COUNT=1", .repeated(.count)),
            ("INTERVAL=2", .missingFrequency),
            ("FREQ=FORTNIGHTLY", .invalid(.frequency, value: "FORTNIGHTLY")),
            ("FREQ=HOURLY", .moreThanDaily(.frequency)),
            ("FREQ=MINUTELY", .moreThanDaily(.frequency)),
            ("FREQ=SECONDLY", .moreThanDaily(.frequency)),
            ("FREQ=DAILY;BYHOUR=9", .moreThanDaily(.hours)),
            ("FREQ=DAILY;BYMINUTE=30", .moreThanDaily(.minutes)),
            ("FREQ=DAILY;BYSECOND=0", .moreThanDaily(.seconds)),
            ("FREQ=DAILY;INTERVAL=0", .invalid(.interval, value: "0")),
            ("FREQ=DAILY;INTERVAL=-1", .invalid(.interval, value: "-1")),
            ("FREQ=DAILY;INTERVAL=1001", .invalid(.interval, value: "1001")),
            ("FREQ=DAILY;INTERVAL=99999999999999999999", .invalid(.interval, value: "99999999999999999999")),
            ("FREQ=DAILY;INTERVAL=\u{662}", .invalid(.interval, value: "\u{662}")),
            ("FREQ=DAILY;COUNT=0", .invalid(.count, value: "0")),
            ("FREQ=DAILY;COUNT=10001", .invalid(.count, value: "10001")),
            ("FREQ=DAILY;COUNT=2.5", .invalid(.count, value: "2.5")),
            ("FREQ=DAILY;UNTIL=20260229", .invalid(.until, value: "20260229")),
            ("FREQ=DAILY;UNTIL=20261231Z", .invalid(.until, value: "20261231Z")),
            ("FREQ=DAILY;UNTIL=20261231T240000", .invalid(.until, value: "20261231T240000")),
            ("FREQ=DAILY;UNTIL=2026-12-31", .invalid(.until, value: "2026-12-31")),
            ("FREQ=DAILY;UNTIL=20261231T2359", .invalid(.until, value: "20261231T2359")),
            ("FREQ=DAILY;UNTIL=00000101", .invalid(.until, value: "00000101")),
            ("FREQ=DAILY;COUNT=2;UNTIL=20261231", .countAndUntil),
            ("FREQ=WEEKLY;WKST=8", .invalid(.weekStart, value: "8")),
            ("FREQ=YEARLY;BYMONTH=13", .invalid(.months, value: "13")),
            ("FREQ=YEARLY;BYMONTH=-1", .invalid(.months, value: "-1")),
            ("FREQ=YEARLY;BYMONTH=1,,2", .invalid(.months, value: "")),
            ("FREQ=MONTHLY;BYMONTHDAY=0", .invalid(.monthDays, value: "0")),
            ("FREQ=MONTHLY;BYMONTHDAY=-32", .invalid(.monthDays, value: "-32")),
            ("FREQ=WEEKLY;BYMONTHDAY=1", .misplaced(.monthDays, in: .weekly)),
            ("FREQ=YEARLY;BYYEARDAY=367", .invalid(.yearDays, value: "367")),
            ("FREQ=MONTHLY;BYYEARDAY=1", .misplaced(.yearDays, in: .monthly)),
            ("FREQ=DAILY;BYYEARDAY=1", .misplaced(.yearDays, in: .daily)),
            ("FREQ=YEARLY;BYWEEKNO=54", .invalid(.weekNumbers, value: "54")),
            ("FREQ=YEARLY;BYWEEKNO=0", .invalid(.weekNumbers, value: "0")),
            ("FREQ=MONTHLY;BYWEEKNO=1", .misplaced(.weekNumbers, in: .monthly)),
            ("FREQ=WEEKLY;BYDAY=MONDAY", .invalid(.weekdays, value: "MONDAY")),
            ("FREQ=MONTHLY;BYDAY=0MO", .invalid(.weekdays, value: "0MO")),
            ("FREQ=YEARLY;BYDAY=54MO", .invalid(.weekdays, value: "54MO")),
            ("FREQ=MONTHLY;BYDAY=--1MO", .invalid(.weekdays, value: "--1MO")),
            ("FREQ=WEEKLY;BYDAY=2MO", .placesOutsideMonth(.weekly)),
            ("FREQ=DAILY;BYDAY=MO,-1FR", .placesOutsideMonth(.daily)),
            ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", .placesInWeeks),
            ("FREQ=MONTHLY;BYSETPOS=1", .positionsOfNothing),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", .invalid(.positions, value: "0")),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-367", .invalid(.positions, value: "-367")),
        ])
    func faults(text: String, fault: RecurrenceFault) throws {
        #expect(throws: fault) { try RecurrenceRule(text) }
        #expect(!fault.message.isEmpty)
        let part = try #require(fault.part)
        #expect(part.isEmpty || text.contains(part) || fault == .missingFrequency)
    }

    @Test("a text of more than 1,000 bytes is refused before it is read")
    func length() {
        let text = "FREQ=YEARLY;BYYEARDAY=" + (1...366).map(String.init).joined(separator: ",")
        #expect(throws: RecurrenceFault.tooLong) { try RecurrenceRule(text) }
        #expect(RecurrenceFault.tooLong.part == nil)
    }

    @Test("what somebody wrote is repeated to them in part only")
    func shortened() {
        #expect(throws: RecurrenceFault.malformed(String(repeating: "x", count: 40))) {
            try RecurrenceRule(String(repeating: "x", count: 500))
        }
    }
}
