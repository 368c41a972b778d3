import Models

/// The days, weeks, months or years of a rule, one interval after the other from its start, and the days of each that
/// match.
///
/// As python-dateutil reads RFC 5545 where it leaves a choice: the week of the start begins at the start for BYSETPOS,
/// and BYWEEKNO without BYDAY means each day of the week.
struct RecurrencePeriods: Sendable {
    private let rule: RecurrenceRule
    private let start: Int64
    /// The first month, counted from the start of year 0.
    private let firstMonth: Int64
    private let months: [Int64]
    private let monthDays: [Int64]
    private let filter: DayFilter

    /// The periods of a rule that starts on a day.
    init(of rule: RecurrenceRule, from start: Int64) {
        self.rule = rule
        self.start = start
        let (year, month, day) = CivilDate.civil(daysSince1970: start)
        firstMonth = year * 12 + month - 1
        // What a rule does not say, its start says.
        let says =
            !rule.weekNumbers.isEmpty || !rule.yearDays.isEmpty || !rule.monthDays.isEmpty
            || !rule.weekdays.isEmpty
        let isYearlyByDate = !says && rule.frequency == .yearly
        months = rule.months.isEmpty && isYearlyByDate ? [month] : rule.months
        monthDays = !says && (isYearlyByDate || rule.frequency == .monthly) ? [day] : rule.monthDays
        let weekday = NumberedWeekday(weekday: Weekday(ofDay: start), ordinal: nil)
        filter = DayFilter(rule, weekdays: !says && rule.frequency == .weekly ? [weekday] : rule.weekdays)
    }

    /// The period that a day not before the start lies in, or the last one before it.
    func index(of day: Int64) -> Int64 {
        switch rule.frequency {
        case .daily: return (day - start) / rule.interval
        case .weekly: return (day - firstWeek) / (7 * rule.interval)
        case .monthly, .yearly:
            let (year, month, _) = CivilDate.civil(daysSince1970: day)
            return rule.frequency == .monthly
                ? (year * 12 + month - 1 - firstMonth) / rule.interval : (year - firstMonth / 12) / rule.interval
        }
    }

    /// The days of a period that match, in order, before BYSETPOS; `nil` for a period after the year 9999.
    ///
    /// `looked` is raised by how many days were looked at.
    func days(of index: Int64, looked: inout Int) -> [Int64]? {
        let step = index * rule.interval
        switch rule.frequency {
        case .daily: return days(in: start + step..<start + step + 1, &looked)
        case .weekly:
            let week = firstWeek + step * 7
            return days(in: max(week, start)..<week + 7, &looked)
        case .monthly:
            let (year, month) = ((firstMonth + step) / 12, (firstMonth + step) % 12 + 1)
            guard year <= 9_999 else { return nil }
            return months.isEmpty || months.contains(month) ? days(inMonth: month, of: year, &looked) : []
        case .yearly:
            let year = firstMonth / 12 + step
            guard year <= 9_999 else { return nil }
            return (months.isEmpty ? Array(1...12) : months).flatMap { days(inMonth: $0, of: year, &looked) }
        }
    }

    private var firstWeek: Int64 { start - Weekday(ofDay: start).days(after: rule.weekStart) }

    private func days(in range: Range<Int64>, _ looked: inout Int) -> [Int64]? {
        guard range.lowerBound <= CivilDateTime.days.upperBound else { return nil }
        looked += range.count
        return range.filter { number in
            let day = CalendarDay(number)
            return (months.isEmpty || months.contains(day.month))
                && (monthDays.isEmpty || monthDays.contains(day.day) || monthDays.contains(day.dayFromEnd))
                && filter.accepts(day)
        }
    }

    /// Only the days that BYMONTHDAY names are looked at, when it stands.
    private func days(inMonth month: Int64, of year: Int64, _ looked: inout Int) -> [Int64] {
        let length = CivilDate.days(inMonth: month, of: year)
        let named = Set(monthDays.map { $0 > 0 ? $0 : length + 1 + $0 }.filter { (1...length).contains($0) })
        let candidates = monthDays.isEmpty ? Array(1...length) : named.sorted()
        looked += candidates.count
        let first = CivilDate.daysSince1970(year: year, month: month, day: 1)
        return candidates.filter { filter.accepts(CalendarDay(first + $0 - 1, year: year, month: month, day: $0)) }
            .map { first + $0 - 1 }
    }
}
