import Models

/// A date and a time of day as a clock on a wall shows them, without a time zone, to the second.
///
/// Years 1 to 9999. Which instant it is in a time zone, `tasks.instant` of the database says (m0002_wall_clock.sql).
struct CivilDateTime: Hashable, Sendable {
    /// Days since 1970-01-01, negative before.
    let day: Int64
    /// Seconds since the start of the day, 0 to 86,399.
    let secondOfDay: Int64

    /// The days of the years 1 to 9999.
    static let days: ClosedRange<Int64> = -719_162...2_932_896

    /// A time of a day; `nil` outside of the years 1 to 9999 or of the day.
    init?(day: Int64, secondOfDay: Int64 = 0) {
        guard Self.days.contains(day), (0..<86_400).contains(secondOfDay) else { return nil }
        (self.day, self.secondOfDay) = (day, secondOfDay)
    }

    /// What a clock that shows UTC shows at an instant, without the fraction of its second.
    init(utc instant: Timestamp) {
        let seconds = instant.microseconds.flooredQuotient(by: 1_000_000)
        day = seconds.flooredQuotient(by: 86_400)
        secondOfDay = seconds - day * 86_400
    }

    /// Reads iCalendar's forms (RFC 5545, 3.3.4 and 3.3.5): `20260329`, the start of the day, or `20260329T023000`.
    init?(compact text: some StringProtocol) {
        let digits = Array(text)
        guard digits.count == 8 || digits.count == 15 else { return nil }
        let time = digits.count == 15 ? String(digits[9...]) : "000000"
        guard digits.count == 8 || digits[8] == "T" || digits[8] == "t" else { return nil }
        func pair(_ text: String, _ place: Int) -> Substring { text.dropFirst(place).prefix(2) }
        let date = "\(String(digits[..<4]))-\(String(digits[4..<6]))-\(String(digits[6..<8]))"
        self.init("\(date)T\(pair(time, 0)):\(pair(time, 2)):\(pair(time, 4))")
    }

    /// The clock's reading so many seconds later; the last second of the year 9999 at the most.
    func adding(seconds: Int64) -> CivilDateTime {
        CivilDateTime(utc: asUTC.adding(.seconds(seconds)))
    }

    /// The last second of the same day.
    var endOfDay: CivilDateTime { adding(seconds: 86_399 - secondOfDay) }

    /// The instant at which a clock that shows UTC reads so.
    var asUTC: Timestamp { Timestamp(microseconds: (day * 86_400 + secondOfDay) * 1_000_000) }

    /// `2026-03-29`.
    var date: String { String(description.prefix(10)) }

    /// iCalendar's form of the date, `20260329`.
    var compactDate: String { date.filter { $0 != "-" } }

    /// iCalendar's form, `20260329T023000`.
    var compact: String { description.filter { $0 != "-" && $0 != ":" } }
}

extension CivilDateTime: Comparable {
    /// Orders by date and time.
    static func < (left: CivilDateTime, right: CivilDateTime) -> Bool {
        (left.day, left.secondOfDay) < (right.day, right.secondOfDay)
    }
}

extension CivilDateTime: LosslessStringConvertible {
    /// Reads `2026-03-29T02:30:00`, or the same with a blank as PostgreSQL writes a `timestamp`.
    init?(_ description: String) {
        guard description.utf8.count == 19, let instant = Timestamp(description.replacing(" ", with: "T") + "Z") else {
            return nil
        }
        self.init(utc: instant)
    }

    /// `2026-03-29T02:30:00`, which PostgreSQL reads as a `timestamp`.
    var description: String { String(asUTC.description.dropLast()) }
}
