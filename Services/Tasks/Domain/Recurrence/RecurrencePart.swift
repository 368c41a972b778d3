/// A part of a recurrence rule, by its name (RFC 5545, 3.3.10).
enum RecurrencePart: String, CaseIterable, Sendable {
    case frequency = "FREQ"
    case interval = "INTERVAL"
    case count = "COUNT"
    case until = "UNTIL"
    case months = "BYMONTH"
    case weekNumbers = "BYWEEKNO"
    case yearDays = "BYYEARDAY"
    case monthDays = "BYMONTHDAY"
    case weekdays = "BYDAY"
    case hours = "BYHOUR"
    case minutes = "BYMINUTE"
    case seconds = "BYSECOND"
    case positions = "BYSETPOS"
    case weekStart = "WKST"

    /// What its value may be.
    var range: String {
        switch self {
        case .frequency: "it is DAILY, WEEKLY, MONTHLY or YEARLY"
        case .interval: "it is a number from 1 to 1000"
        case .count: "it is a number from 1 to 10000"
        case .until: "it is a date as 20261231 or a time as 20261231T235959 or 20261231T235959Z"
        case .months: "it lists months from 1 to 12"
        case .weekNumbers: "it lists weeks from 1 to 53 or from -53 to -1"
        case .yearDays, .positions: "it lists numbers from 1 to 366 or from -366 to -1"
        case .monthDays: "it lists days from 1 to 31 or from -31 to -1"
        case .weekdays: "it lists weekdays as MO, 2TU or -1FR"
        case .hours, .minutes, .seconds: "it is not used"
        case .weekStart: "it is MO, TU, WE, TH, FR, SA or SU"
        }
    }
}
