/// A day of the calendar without a time: `2026-01-15`, years 1 to 9999 (RFC 3339, `full-date`).
package struct CalendarDate: Hashable, Comparable, Sendable {
    /// Days from 1970-01-01, negative before.
    package let daysSince1970: Int64

    /// The days of the years 1 to 9999.
    package static let range: ClosedRange<Int64> = -719_162...2_932_896

    /// Takes days from 1970-01-01, kept within the years 1 to 9999.
    package init(daysSince1970: Int64) {
        self.daysSince1970 = min(max(daysSince1970, Self.range.lowerBound), Self.range.upperBound)
    }

    /// The day so many days later, or earlier when the number is negative.
    package func adding(days: Int64) -> CalendarDate { CalendarDate(daysSince1970: daysSince1970 + days) }

    /// Orders by time.
    package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSince1970 < right.daysSince1970
    }
}

extension CalendarDate: LosslessStringConvertible {
    /// Reads `YYYY-MM-DD`; `nil` for another form, or for a day that does not exist.
    package init?(_ description: String) {
        guard description.utf8.count == 10, let instant = Timestamp("\(description)T00:00:00Z") else { return nil }
        self.init(daysSince1970: instant.microseconds.flooredQuotient(by: 86_400_000_000))
    }

    /// `YYYY-MM-DD`.
    package var description: String {
        String(Timestamp(microseconds: daysSince1970 * 86_400_000_000).description.prefix(10))
    }
}

extension CalendarDate: Codable {
    /// Reads the day from a JSON string.
    ///
    /// - Throws: `DecodingError.dataCorrupted` when the string is no day.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let day = CalendarDate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a day of the calendar")
        }
        self = day
    }

    /// Writes the day as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension CalendarDate: SchemaDescribed {
    /// A string of the format `date`.
    package static var schema: Schema {
        .text(
            TextSchema(length: 10...10, format: "date") {
                CalendarDate($0) == nil ? "must be a day as in 2026-01-15" : nil
            })
    }

    /// The first day of 1970.
    package static var sample: CalendarDate { CalendarDate(daysSince1970: 0) }
}
