package import FoundationEssentials

/// An instant with a precision of one microsecond, the one PostgreSQL's `timestamptz` has.
///
/// On the wire it is RFC 3339 in UTC with `Z`; years 1 to 9999.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, negative before.
    package let microseconds: Int64

    /// The instants of the years 1 to 9999, which the schema's checks accept.
    package static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    /// Takes microseconds since 1970, kept within the years 1 to 9999.
    package init(microseconds: Int64) {
        self.microseconds = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// Takes a date, rounded to the microsecond.
    package init(date: Date) {
        self.init(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }

    /// The instant as Foundation's date, for calendars.
    package var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// The system clock's instant; taken once a request, by the service's clock.
    package static var now: Timestamp { Timestamp(date: Date()) }

    /// The instant a duration later, or earlier when it is negative.
    package func adding(_ duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// Orders by time.
    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

extension Timestamp: LosslessStringConvertible {
    /// Reads RFC 3339 (section 5.6): a date, `T`, a time with up to nine digits of fraction, `Z` or an offset.
    package init?(_ description: String) {
        var reader = TimestampReader(description)
        guard let microseconds = reader.read() else { return nil }
        self.init(microseconds: microseconds)
    }

    /// RFC 3339 in UTC: `2026-01-15T10:20:30Z`, with as many digits of fraction as are not zero, at most six.
    package var description: String {
        let days = microseconds.flooredQuotient(by: 86_400_000_000)
        let ofDay = microseconds - days * 86_400_000_000
        let (year, month, day) = CivilDate.civil(daysSince1970: days)
        let seconds = ofDay / 1_000_000
        var text: [UInt8] = []
        text.reserveCapacity(28)
        append(year, 4, then: "-", to: &text)
        append(month, 2, then: "-", to: &text)
        append(day, 2, then: "T", to: &text)
        append(seconds / 3_600, 2, then: ":", to: &text)
        append(seconds / 60 % 60, 2, then: ":", to: &text)
        append(seconds % 60, 2, to: &text)
        var fraction = ofDay % 1_000_000
        if fraction != 0 {
            var digits = 6
            while fraction % 10 == 0 { (fraction, digits) = (fraction / 10, digits - 1) }
            text.append(UInt8(ascii: "."))
            append(fraction, digits, to: &text)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends a number with leading zeros, and what follows it.
    private func append(_ value: Int64, _ width: Int, then end: Unicode.Scalar? = nil, to text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
        if let end { text.append(UInt8(ascii: end)) }
    }
}

extension Timestamp: Codable {
    /// Reads the instant from a JSON string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` when the string is not RFC 3339.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Timestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = instant
    }

    /// Writes the instant as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension Timestamp: SchemaDescribed {
    /// A string of the format `date-time`.
    package static var schema: Schema {
        .text(
            TextSchema(length: 20...35, format: "date-time") {
                Timestamp($0) == nil ? "must be a time as in 2026-01-15T10:20:30Z" : nil
            })
    }

    /// The start of 1970.
    package static var sample: Timestamp { Timestamp(microseconds: 0) }
}
