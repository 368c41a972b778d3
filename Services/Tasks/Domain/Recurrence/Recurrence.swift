/// A rule with its start: the dates and times at which a task comes round, by the clock on the wall.
///
/// The start is an occurrence only if it matches the rule, as with python-dateutil; RFC 5545 asks that it does.
struct Recurrence: Hashable, Sendable {
    /// The rule.
    let rule: RecurrenceRule
    /// The first date, and the time of day of all.
    let start: CivilDateTime
    /// Occurrences that are left out (EXDATE); they count for COUNT.
    let exceptions: Set<CivilDateTime>

    /// How much is looked at for the next occurrence before the rule counts as ended: a period is one, and each day of
    /// it that is looked at.
    ///
    /// The calendar repeats itself after 146,097 days (400 years), and a rule after as many periods, whatever its
    /// interval; all of them cost less than this, so nothing that ever comes is missed.
    static let searchLimit = 300_000

    /// A rule that starts at a time; for a task that is due on a day, the start of that day.
    init(_ rule: RecurrenceRule, from start: CivilDateTime, except exceptions: Set<CivilDateTime> = []) {
        self.rule = rule
        self.start = start
        self.exceptions = exceptions
    }

    /// The occurrences in order, from the first after a time, itself not included; without one from the first of all.
    ///
    /// Without COUNT the way there is not walked. The end of the year 9999 is an end.
    ///
    /// An UNTIL in UTC is an instant, which the clock on the wall does not tell: here it ends 15 hours later than a
    /// clock in UTC says, which is late enough everywhere, and the caller leaves out what lies after it.
    ///
    /// - Parameters:
    ///   - time: The last known occurrence, for example.
    ///   - limit: The most occurrences.
    /// - Returns: Fewer than `limit` only at the end of the rule.
    func occurrences(after time: CivilDateTime? = nil, limit: Int) -> [CivilDateTime] {
        Array(RecurrenceSequence(self, after: time).prefix(limit))
    }

    /// The first occurrence after a time, itself not included; `nil` at the end of the rule.
    func next(after time: CivilDateTime? = nil) -> CivilDateTime? {
        occurrences(after: time, limit: 1).first
    }

    /// The last time that may be an occurrence, as far as the clock on the wall tells.
    var last: CivilDateTime? {
        switch rule.until {
        case .date(let day): day.endOfDay
        case .local(let time): time
        case .utc(let instant): CivilDateTime(utc: instant).adding(seconds: 15 * 3_600)
        case nil: nil
        }
    }
}
