import Models

/// Whether a day is one that BYYEARDAY, BYWEEKNO and BYDAY of a rule name.
struct DayFilter: Sendable {
    private let yearDays: [Int64]
    private let weekNumbers: [Int64]
    private let weekStart: Weekday
    /// Bit `n` stands for the weekday `n` days after Monday.
    private let eachWeekday: UInt8
    private let numbered: [NumberedWeekday]
    /// Places are counted in the year, not in the month.
    private let countsInYear: Bool

    /// The filter of a rule, with the weekdays that hold for it.
    init(_ rule: RecurrenceRule, weekdays: [NumberedWeekday]) {
        yearDays = rule.yearDays
        weekNumbers = rule.weekNumbers
        weekStart = rule.weekStart
        eachWeekday = weekdays.filter { $0.ordinal == nil }.reduce(0) { $0 | 1 << UInt8($1.weekday.index) }
        numbered = weekdays.filter { $0.ordinal != nil }
        countsInYear = rule.frequency == .yearly && rule.months.isEmpty
    }

    /// Whether the rule names the day.
    func accepts(_ day: CalendarDay) -> Bool {
        acceptsWeekday(day) && acceptsYearDay(day) && acceptsWeek(day)
    }

    private func acceptsYearDay(_ day: CalendarDay) -> Bool {
        guard !yearDays.isEmpty else { return true }
        let ofYear = day.dayOfYear
        return yearDays.contains(ofYear) || yearDays.contains(ofYear - CalendarDay.days(inYear: day.year) - 1)
    }

    /// Weeks begin on WKST and belong to the year in which their fourth day lies.
    private func acceptsWeek(_ day: CalendarDay) -> Bool {
        guard !weekNumbers.isEmpty else { return true }
        var fourth = day.dayOfYear + 3 - Weekday(ofDay: day.number).days(after: weekStart)
        var length = CalendarDay.days(inYear: day.year)
        if fourth < 1 {
            length = CalendarDay.days(inYear: day.year - 1)
            fourth += length
        } else if fourth > length {
            fourth -= length
            length = CalendarDay.days(inYear: day.year + 1)
        }
        return weekNumbers.contains((fourth - 1) / 7 + 1) || weekNumbers.contains(-((length - fourth) / 7) - 1)
    }

    private func acceptsWeekday(_ day: CalendarDay) -> Bool {
        if eachWeekday == 0, numbered.isEmpty { return true }
        let weekday = Weekday(ofDay: day.number)
        if eachWeekday & 1 << UInt8(weekday.index) != 0 { return true }
        guard numbered.contains(where: { $0.weekday == weekday }) else { return false }
        let (fromStart, fromEnd) = places(of: day)
        return numbered.contains { $0.weekday == weekday && ($0.ordinal == fromStart || $0.ordinal == fromEnd) }
    }

    /// The how manieth of its weekday a day is, from the start and, negative, from the end of its month or year.
    private func places(of day: CalendarDay) -> (fromStart: Int64, fromEnd: Int64) {
        let (place, count) =
            countsInYear
            ? (day.dayOfYear, CalendarDay.days(inYear: day.year))
            : (day.day, CivilDate.days(inMonth: day.month, of: day.year))
        return ((place - 1) / 7 + 1, -((count - place) / 7) - 1)
    }
}
