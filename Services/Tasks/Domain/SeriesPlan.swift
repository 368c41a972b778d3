import Models

/// The rule of a series with its start and what is left out of it: which occurrences come when.
struct SeriesPlan: Sendable {
    /// The rule.
    let rule: RecurrenceRule
    private let recurrence: Recurrence

    /// The most occurrences that somebody can leave out and that are still to come.
    static let exceptionLimit = 500
    /// Occurrences of later years are none: the database's time ends there.
    private static let end = CivilDateTime(day: CivilDateTime.days.upperBound - 366)

    /// Reads a rule.
    ///
    /// - Throws: ``SeriesViolation`` for a text that is no rule, or a start that no clock shows.
    init(rule text: String, start: String, except exceptions: Set<CivilDateTime> = []) throws(SeriesViolation) {
        do throws(RecurrenceFault) { rule = try RecurrenceRule(text) } catch { throw .rule(error) }
        guard let start = CivilDateTime(start) else { throw .neverComes }
        recurrence = Recurrence(rule, from: start, except: exceptions)
    }

    /// The rule of a series.
    ///
    /// - Throws: ``SeriesViolation``.
    init(_ series: TaskSeries, except exceptions: Set<CivilDateTime>) throws(SeriesViolation) {
        try self.init(rule: series.rule, start: series.start, except: exceptions)
    }

    /// The occurrences in order after a time, itself not included; UNTIL in UTC is left to ``isOver(at:)``.
    func occurrences(after time: CivilDateTime, limit: Int) -> [CivilDateTime] {
        recurrence.occurrences(after: time, limit: limit).filter { time in Self.end.map { time < $0 } ?? true }
    }

    /// The rule from one of the occurrences on: COUNT without those before it, which were left out or not.
    func rest(from time: CivilDateTime) -> RecurrenceRule {
        var rest = rule
        if let count = rule.count {
            let all = RecurrenceSequence(Recurrence(rule, from: recurrence.start))
            rest.count = count - Int64(all.prefix { $0 < time }.count)
        }
        return rest
    }

    /// The last reading of the clock that UNTIL allows; `nil` when the rule has none, or an instant.
    var lastReading: CivilDateTime? {
        if case .utc = rule.until { nil } else { recurrence.last }
    }

    /// Whether an instant lies after the rule's UNTIL in UTC.
    func isOver(at instant: Timestamp) -> Bool {
        if case .utc(let end) = rule.until { instant > end } else { false }
    }
}

/// One occurrence of a series, by the clock on the wall and as an instant.
struct PlannedOccurrence: Hashable, Sendable {
    let time: CivilDateTime
    let at: Timestamp
}

/// Why a rule of series refuses something.
enum SeriesViolation: Error, Hashable {
    /// The text is no rule.
    case rule(RecurrenceFault)
    /// There is no such time zone.
    case unknownZone
    /// No zone was named, and the workspace's is none by whose clock series can go.
    case zoneNeeded
    /// The rule has no occurrence from now on.
    case neverComes
    /// The series has ended.
    case ended
    /// The time is no occurrence that is still to come.
    case noOccurrence
    /// Too many occurrences are left out.
    case tooManyExceptions
}
