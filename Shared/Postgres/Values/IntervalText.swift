/// The text form of `interval`: seconds on the way in, ISO 8601 (`IntervalStyle = iso_8601`) on the way out.
enum IntervalText {
    static func encode(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = attoseconds / 1_000_000_000_000
        let sign = seconds < 0 || microseconds < 0 ? "-" : ""
        let fraction = String(microseconds.magnitude)
        let zeros = String(repeating: "0", count: 6 - fraction.count)
        return "\(sign)\(seconds.magnitude).\(zeros)\(fraction) seconds"
    }

    /// Reads `P1DT2H3M4.5S`.
    ///
    /// Months and years have no fixed length and are refused.
    static func decode(_ text: String) -> Duration? {
        guard text.first == "P" else { return nil }
        var total: Int64 = 0
        var number = ""
        var inTime = false
        for character in text.dropFirst() {
            if character == "T" {
                inTime = true
            } else if let unit = microseconds(in: character, inTime: inTime) {
                guard let value = scaled(number, by: unit) else { return nil }
                let (sum, overflow) = total.addingReportingOverflow(value)
                if overflow { return nil }
                total = sum
                number = ""
            } else if character.isLetter {
                return nil
            } else {
                number.append(character)
            }
        }
        return number.isEmpty ? .microseconds(total) : nil
    }

    private static func microseconds(in unit: Character, inTime: Bool) -> Int64? {
        switch (unit, inTime) {
        case ("W", false): 604_800_000_000
        case ("D", false): 86_400_000_000
        case ("H", true): 3_600_000_000
        case ("M", true): 60_000_000
        case ("S", true): 1_000_000
        default: nil
        }
    }

    private static func scaled(_ number: String, by unit: Int64) -> Int64? {
        let negative = number.hasPrefix("-")
        let parts = (negative ? number.dropFirst() : Substring(number)).split(
            separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ Int64($0) }), parts.count <= 2 else { return nil }
        let (scaledWhole, overflow) = whole.multipliedReportingOverflow(by: unit)
        if overflow { return nil }
        var value = scaledWhole
        if parts.count == 2 {
            let digits = parts[1].prefix(6)
            guard unit == 1_000_000, let fraction = Int64(digits + String(repeating: "0", count: 6 - digits.count))
            else { return nil }
            value += fraction
        }
        return negative ? -value : value
    }
}
