package import FoundationEssentials

extension Date: PostgresEncodable, PostgresDecodable {
    /// `timestamptz`.
    package static var postgresType: PostgresType { .timestamptz }
    /// The instant in UTC with six decimals, rounded to the microsecond that PostgreSQL keeps.
    package var postgresText: String { TimestampText.encode(self) ?? "infinity" }
    /// Years 1 to 9999; an instant outside is refused before it is sent.
    package var postgresParameter: PostgresParameter {
        guard let text = TimestampText.encode(self) else {
            return PostgresParameter(type: .timestamptz, value: .invalid("an instant outside of the years 1 to 9999"))
        }
        return PostgresParameter(type: .timestamptz, text: text)
    }

    /// Reads a `timestamptz`, or a `date` as its midnight in UTC.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .timestamptz || type == .date else { throw .wrongType(expected: "Date", actual: type) }
        guard let value = TimestampText.decode(postgresText) else {
            throw .malformed(expected: "Date", actual: type)
        }
        self = value
    }
}

/// The ISO text form of `timestamptz` in a session whose time zone is UTC.
enum TimestampText {
    /// 2001-01-01, the reference date of `Date`, in days since 1970-01-01.
    private static let referenceDay: Int64 = 11_323
    private static let dayMicroseconds: Int64 = 86_400_000_000

    static func encode(_ date: Date) -> String? {
        let seconds = date.timeIntervalSinceReferenceDate
        guard abs(seconds) < 400_000_000_000 else { return nil }
        let total = Int64((seconds * 1_000_000).rounded())
        let day = total.flooredDivision(by: dayMicroseconds)
        let rest = total - day * dayMicroseconds
        let (year, month, dayOfMonth) = civil(fromDay: day + referenceDay)
        guard (1...9999).contains(year) else { return nil }
        let second = rest / 1_000_000
        var text: [UInt8] = []
        text.reserveCapacity(27)
        append(year, width: 4, to: &text, separator: "-")
        append(month, width: 2, to: &text, separator: "-")
        append(dayOfMonth, width: 2, to: &text, separator: "T")
        append(second / 3600, width: 2, to: &text, separator: ":")
        append(second / 60 % 60, width: 2, to: &text, separator: ":")
        append(second % 60, width: 2, to: &text, separator: ".")
        append(rest % 1_000_000, width: 6, to: &text, separator: "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads `2026-01-15 10:20:30.123456+00`, or a date alone.
    static func decode(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
            bytes.count > 9, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let midnight = (days(year: year, month: month, day: day) - referenceDay) * dayMicroseconds
        if bytes.count == 10 { return date(microseconds: midnight) }
        guard bytes.count >= 22, bytes.suffix(3).elementsEqual("+00".utf8), bytes[10] == UInt8(ascii: " "),
            let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2)
        else { return nil }
        let fraction = bytes[19..<(bytes.count - 3)]
        guard let microsecond = microseconds(fraction) else { return nil }
        let time = ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond
        return date(microseconds: midnight + time)
    }

    private static func date(microseconds: Int64) -> Date {
        Date(timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000)
    }

    private static func microseconds(_ fraction: ArraySlice<UInt8>) -> Int64? {
        guard let point = fraction.first else { return 0 }
        let digits = Array(fraction.dropFirst())
        guard point == UInt8(ascii: "."), (1...6).contains(digits.count), let value = number(digits, 0, digits.count)
        else { return nil }
        return (0..<(6 - digits.count)).reduce(value) { value, _ in value * 10 }
    }

    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[start..<(start + count)] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func append(_ number: Int64, width: Int, to text: inout [UInt8], separator: Unicode.Scalar) {
        var divisor: Int64 = (1..<width).reduce(1) { value, _ in value * 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
        text.append(UInt8(ascii: separator))
    }

    /// Days since 1970-01-01 to year, month, day in the proleptic Gregorian calendar; after Howard Hinnant's
    /// "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    private static func civil(fromDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The inverse, `days_from_civil`.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredDivision(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
