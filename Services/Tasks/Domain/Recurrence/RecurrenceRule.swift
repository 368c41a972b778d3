import Models

/// When a task comes round again: the value of an RRULE (RFC 5545, section 3.3.10).
///
/// A task comes round once a day at the most, at the time of day of its start: FREQ is DAILY, WEEKLY, MONTHLY or
/// YEARLY, and BYHOUR, BYMINUTE and BYSECOND are refused. All limits of the RFC hold for a rule that could be read.
struct RecurrenceRule: Hashable, Sendable {
    /// What the rule counts its interval in.
    enum Frequency: String, CaseIterable, Sendable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// The last moment at which a task may come round, itself included.
    enum Until: Hashable, Sendable {
        /// The whole of a day, given by its start.
        case date(CivilDateTime)
        /// By the clock on the wall.
        case local(CivilDateTime)
        /// An instant.
        case utc(Timestamp)
    }

    /// The most bytes of a rule's text.
    static let maximumLength = 1_000

    /// What the interval is counted in.
    let frequency: Frequency
    /// Every how many days, weeks, months or years, 1 to 1,000.
    let interval: Int64
    /// After how many occurrences it ends, those that are excepted included, 1 to 10,000; not with ``until``.
    var count: Int64?
    /// When it ends; not with ``count``.
    let until: Until?
    /// The first day of the week, for intervals of weeks and for numbers of weeks.
    let weekStart: Weekday
    /// BYMONTH, 1 to 12, in order.
    let months: [Int64]
    /// BYWEEKNO, -53 to 53, in order; with YEARLY only.
    let weekNumbers: [Int64]
    /// BYYEARDAY, -366 to 366, in order; with YEARLY only.
    let yearDays: [Int64]
    /// BYMONTHDAY, -31 to 31, in order; not with WEEKLY.
    let monthDays: [Int64]
    /// BYDAY, in order; numbered with MONTHLY and YEARLY only.
    let weekdays: [NumberedWeekday]
    /// BYSETPOS, -366 to 366, in order: which of a period's days are taken.
    let positions: [Int64]

    /// Reads the text of a rule, such as `FREQ=MONTHLY;BYDAY=-1FR`; parts in any order, letters of any size.
    ///
    /// - Throws: ``RecurrenceFault``, which names the part at fault.
    init(_ text: String) throws(RecurrenceFault) {
        let parts = try RecurrenceParts(text)
        for part in [RecurrencePart.hours, .minutes, .seconds] where parts.has(part) { throw .moreThanDaily(part) }
        frequency = try parts.frequency()
        interval = try parts.number(.interval, in: 1...1_000) ?? 1
        count = try parts.number(.count, in: 1...10_000)
        until = try parts.until()
        weekStart = try parts.weekStart()
        months = try parts.numbers(.months, to: 12, signed: false)
        weekNumbers = try parts.numbers(.weekNumbers, to: 53)
        yearDays = try parts.numbers(.yearDays, to: 366)
        monthDays = try parts.numbers(.monthDays, to: 31)
        weekdays = try parts.weekdays()
        positions = try parts.numbers(.positions, to: 366)
        try checkTogether()
    }

    /// What may not stand together (RFC 5545, the table of section 3.3.10 and the text around it).
    private func checkTogether() throws(RecurrenceFault) {
        if count != nil, until != nil { throw .countAndUntil }
        if !weekNumbers.isEmpty, frequency != .yearly { throw .misplaced(.weekNumbers, in: frequency) }
        if !yearDays.isEmpty, frequency != .yearly { throw .misplaced(.yearDays, in: frequency) }
        if !monthDays.isEmpty, frequency == .weekly { throw .misplaced(.monthDays, in: frequency) }
        if weekdays.contains(where: { $0.ordinal != nil }) {
            guard frequency == .monthly || frequency == .yearly else { throw .placesOutsideMonth(frequency) }
            guard weekNumbers.isEmpty else { throw .placesInWeeks }
        }
        let choices = [months, weekNumbers, yearDays, monthDays].contains { !$0.isEmpty } || !weekdays.isEmpty
        if !positions.isEmpty, !choices { throw .positionsOfNothing }
    }
}

extension RecurrenceRule: CustomStringConvertible {
    /// The rule's one text: parts in the order of the RFC's grammar, lists in order, without what goes without saying.
    var description: String { text(until: until.map(\.text)) }

    /// The rule's text with another value of UNTIL, which a calendar wants as an instant or as a date, or with none.
    func text(until: String?) -> String {
        var parts: [(RecurrencePart, String)] = [(.frequency, frequency.rawValue)]
        if let until { parts.append((.until, until)) }
        if let count { parts.append((.count, String(count))) }
        if interval != 1 { parts.append((.interval, String(interval))) }
        let lists: [(RecurrencePart, [String])] = [
            (.weekdays, weekdays.map(\.text)), (.monthDays, monthDays.map(String.init)),
            (.yearDays, yearDays.map(String.init)), (.weekNumbers, weekNumbers.map(String.init)),
            (.months, months.map(String.init)), (.positions, positions.map(String.init)),
        ]
        parts += lists.filter { !$1.isEmpty }.map { ($0, $1.joined(separator: ",")) }
        if weekStart != .monday { parts.append((.weekStart, weekStart.rawValue)) }
        return parts.map { "\($0.rawValue)=\($1)" }.joined(separator: ";")
    }
}

extension RecurrenceRule.Until {
    /// The value of UNTIL: `20261231`, `20261231T235959` or `20261231T235959Z`.
    var text: String {
        switch self {
        case .date(let day): day.compactDate
        case .local(let time): time.compact
        case .utc(let instant): CivilDateTime(utc: instant).compact + "Z"
        }
    }
}
