import Models
import Testing

@Suite("Times")
struct TimestampTests {
    @Test(
        "a time is read and written as RFC 3339 in UTC",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("2026-01-15T10:20:30.5Z", 1_768_472_430_500_000, "2026-01-15T10:20:30.5Z"),
            ("2026-01-15T10:20:30.123456Z", 1_768_472_430_123_456, "2026-01-15T10:20:30.123456Z"),
            ("2026-01-15T10:20:30.123456789Z", 1_768_472_430_123_456, "2026-01-15T10:20:30.123456Z"),
            ("2026-01-15T12:20:30+02:00", 1_768_472_430_000_000, "2026-01-15T10:20:30Z"),
            ("2024-02-29T23:59:59-01:30", 1_709_256_599_000_000, "2024-03-01T01:29:59Z"),
            ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ])
    func readsAndWrites(text: String, microseconds: Int64, written: String) {
        let instant = Timestamp(text)
        #expect(instant?.microseconds == microseconds)
        #expect(instant?.description == written)
    }

    @Test(
        "what is no time is refused",
        arguments: [
            "", "2026-01-15", "2026-01-15T10:20:30", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
            "2026-01-15T24:00:00Z", "2026-01-15T10:60:00Z", "2026-01-15T10:20:60Z", "2026-01-15T10:20:30.Z",
            "2026-01-15T10:20:30.1234567890Z", "2026-01-15T10:20:30+24:00", "2026-01-15 10:20:30Z",
            "2026-01-15T10:20:30Zx", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "infinity",
        ])
    func refuses(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test("every day from year 1 to 9999 comes back as itself")
    func daysRoundTrip() {
        for day in stride(from: Timestamp.range.lowerBound, to: Timestamp.range.upperBound, by: 37 * 86_400_000_000) {
            let instant = Timestamp(microseconds: day)
            #expect(Timestamp(instant.description) == instant)
        }
    }

    @Test("a duration moves a time to the microsecond, and never out of the years that the database takes")
    func adds() {
        let start = Timestamp(microseconds: 1_000)
        #expect(start.adding(.milliseconds(-2)).microseconds == -1_000)
        #expect(start.adding(.seconds(90)).microseconds == 90_001_000)
        #expect(Timestamp(microseconds: .max).microseconds == Timestamp.range.upperBound)
    }
}
