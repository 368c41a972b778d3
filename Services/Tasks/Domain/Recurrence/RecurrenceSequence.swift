/// The occurrences one after the other, as they are asked for.
struct RecurrenceSequence: Sequence, IteratorProtocol {
    private let recurrence: Recurrence
    private let periods: RecurrencePeriods
    private let after: CivilDateTime?
    private let last: CivilDateTime?
    private var index: Int64 = 0
    /// Days of the period in hand, the next one last.
    private var days: [Int64] = []
    private var left: Int64
    private var searched = 0

    /// The occurrences after a time, or all.
    init(_ recurrence: Recurrence, after: CivilDateTime? = nil) {
        self.recurrence = recurrence
        self.after = after
        periods = RecurrencePeriods(of: recurrence.rule, from: recurrence.start.day)
        last = recurrence.last
        left = recurrence.rule.count ?? .max
        if let after, after > recurrence.start, recurrence.rule.count == nil { index = periods.index(of: after.day) }
    }

    /// The next occurrence; `nil` at the end.
    mutating func next() -> CivilDateTime? {
        while left > 0, let time = nextMatch() {
            if let last, time > last { break }
            left -= 1
            if let after, time <= after { continue }
            if !recurrence.exceptions.contains(time) { return time }
        }
        left = 0
        return nil
    }

    /// The next day that matches, excepted or not, at the start's time of day.
    private mutating func nextMatch() -> CivilDateTime? {
        while days.isEmpty {
            guard searched < Recurrence.searchLimit,
                let matching = periods.days(of: index, looked: &searched)
            else { return nil }
            days = chosen(of: matching).reversed()
            index += 1
            searched += 1
        }
        searched = 0
        return CivilDateTime(day: days.removeLast(), secondOfDay: recurrence.start.secondOfDay)
    }

    /// Of a period's days those that BYSETPOS takes, from the start on.
    private func chosen(of matching: [Int64]) -> [Int64] {
        let positions = recurrence.rule.positions
        let start = recurrence.start.day
        guard !positions.isEmpty else { return matching.filter { $0 >= start } }
        let count = Int64(matching.count)
        return matching.enumerated().filter { place, day in
            day >= start && (positions.contains(Int64(place) + 1) || positions.contains(Int64(place) - count))
        }.map(\.element)
    }
}
