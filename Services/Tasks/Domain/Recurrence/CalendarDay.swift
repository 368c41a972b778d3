import Models

/// A day with its date.
struct CalendarDay {
    /// Days since 1970-01-01.
    let number: Int64
    let year: Int64
    let month: Int64
    let day: Int64

    /// The date of a day.
    init(_ number: Int64) {
        self.number = number
        (year, month, day) = CivilDate.civil(daysSince1970: number)
    }

    /// A day whose date is known.
    init(_ number: Int64, year: Int64, month: Int64, day: Int64) {
        (self.number, self.year, self.month, self.day) = (number, year, month, day)
    }

    /// Its place in the month counted from the end, -1 for the last day.
    var dayFromEnd: Int64 { day - CivilDate.days(inMonth: month, of: year) - 1 }

    /// Its place in the year, 1 to 366.
    var dayOfYear: Int64 {
        let leap: Int64 = month > 2 && CivilDate.days(inMonth: 2, of: year) == 29 ? 1 : 0
        return Self.daysBefore[Int(month - 1)] + leap + day
    }

    /// How many days a year has.
    static func days(inYear year: Int64) -> Int64 { 337 + CivilDate.days(inMonth: 2, of: year) }

    /// The days of a common year before each of its months.
    private static let daysBefore: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
}
