import Models

/// How a task of a calendar comes round again.
struct CalendarRecurrence: Hashable, Sendable {
    /// The rule.
    let rule: RecurrenceRule
    /// When the task is due by the clock on the wall of the zone; of a day, its start.
    let start: CivilDateTime
    /// The zone by whose clock it comes round, such as `Europe/Berlin`; one of the calendar's zones.
    let zone: String
    /// The rule's UNTIL as an instant, which calendars want; `nil` when the rule has none, or is one already.
    var until: Timestamp?
    /// What is left out, by the clock on the wall.
    var exceptions: [CivilDateTime] = []
}
