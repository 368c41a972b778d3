/// A weekday of BYDAY: each one, or by its place in the month or year: `MO`, `2TU`, `-1FR`.
struct NumberedWeekday: Hashable, Comparable, Sendable {
    /// The weekday.
    let weekday: Weekday
    /// Its place counted from the start, or from the end when negative, -53 to 53 without 0; `nil` for each one.
    let ordinal: Int64?

    /// Orders each-ones first, then by place, then from Monday.
    static func < (left: NumberedWeekday, right: NumberedWeekday) -> Bool {
        (left.ordinal ?? .min, left.weekday) < (right.ordinal ?? .min, right.weekday)
    }

    /// `MO`, `2TU` or `-1FR`.
    var text: String { (ordinal.map(String.init) ?? "") + weekday.rawValue }
}
