/// A day of the week, by its two letters in iCalendar (RFC 5545, 3.3.10).
enum Weekday: String, CaseIterable, Comparable, Sendable {
    case monday = "MO"
    case tuesday = "TU"
    case wednesday = "WE"
    case thursday = "TH"
    case friday = "FR"
    case saturday = "SA"
    case sunday = "SU"

    /// The weekday of a day, counted from 1970-01-01, a Thursday.
    init(ofDay day: Int64) {
        let index = Int(((day + 3) % 7 + 7) % 7)
        self = Self.allCases[index]
    }

    /// How many days it comes after Monday, 0 to 6.
    var index: Int64 {
        switch self {
        case .monday: 0
        case .tuesday: 1
        case .wednesday: 2
        case .thursday: 3
        case .friday: 4
        case .saturday: 5
        case .sunday: 6
        }
    }

    /// How many days it comes after another weekday, 0 to 6.
    func days(after other: Weekday) -> Int64 { (index - other.index + 7) % 7 }

    /// Orders from Monday to Sunday.
    static func < (left: Weekday, right: Weekday) -> Bool { left.index < right.index }
}
