/// A rule's text taken apart, with the values of its parts as they are asked for.
struct RecurrenceParts {
    private var values: [RecurrencePart: String] = [:]

    /// Takes a text apart; names and values may be in small letters.
    ///
    /// - Throws: ``RecurrenceFault`` for a piece that is no part of a rule, or one that stands twice.
    init(_ text: String) throws(RecurrenceFault) {
        guard text.utf8.count <= RecurrenceRule.maximumLength else { throw .tooLong }
        for piece in text.split(separator: ";", omittingEmptySubsequences: false) {
            let sides = piece.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw .malformed(Self.shortened(piece))
            }
            guard let part = RecurrencePart(rawValue: sides[0].uppercased()) else {
                throw .unknown(Self.shortened(sides[0]))
            }
            guard values.updateValue(sides[1].uppercased(), forKey: part) == nil else { throw .repeated(part) }
        }
    }

    /// Whether the part stands in the text.
    func has(_ part: RecurrencePart) -> Bool { values[part] != nil }

    /// How often the rule comes round.
    ///
    /// - Throws: ``RecurrenceFault``.
    func frequency() throws(RecurrenceFault) -> RecurrenceRule.Frequency {
        guard let value = values[.frequency] else { throw .missingFrequency }
        if ["HOURLY", "MINUTELY", "SECONDLY"].contains(value) { throw .moreThanDaily(.frequency) }
        guard let frequency = RecurrenceRule.Frequency(rawValue: value) else { throw invalid(.frequency, value) }
        return frequency
    }

    /// A number without a sign; `nil` without the part.
    ///
    /// - Throws: ``RecurrenceFault``.
    func number(_ part: RecurrencePart, in range: ClosedRange<Int64>) throws(RecurrenceFault) -> Int64? {
        guard let value = values[part] else { return nil }
        guard let number = Self.number(value[...]), range.contains(number) else { throw invalid(part, value) }
        return number
    }

    /// The numbers of a list in order, each once; with `signed` also those counted from the end.
    ///
    /// - Throws: ``RecurrenceFault``.
    func numbers(
        _ part: RecurrencePart, to most: Int64, signed: Bool = true
    ) throws(RecurrenceFault) -> [Int64] {
        var numbers: Set<Int64> = []
        for item in items(part) {
            let number = signed ? Self.signedNumber(item) : Self.number(item)
            guard let number, (1...most).contains(abs(number)) else { throw invalid(part, item) }
            numbers.insert(number)
        }
        return numbers.sorted()
    }

    /// The weekdays of BYDAY in order, each once.
    ///
    /// - Throws: ``RecurrenceFault``.
    func weekdays() throws(RecurrenceFault) -> [NumberedWeekday] {
        var days: Set<NumberedWeekday> = []
        for item in items(.weekdays) {
            guard let weekday = Weekday(rawValue: String(item.suffix(2))) else { throw invalid(.weekdays, item) }
            let place = item.dropLast(2)
            let ordinal = Self.signedNumber(place)
            guard place.isEmpty || ordinal.map({ (1...53).contains(abs($0)) }) == true else {
                throw invalid(.weekdays, item)
            }
            days.insert(NumberedWeekday(weekday: weekday, ordinal: ordinal))
        }
        return days.sorted()
    }

    /// The first day of the week; Monday without the part.
    ///
    /// - Throws: ``RecurrenceFault``.
    func weekStart() throws(RecurrenceFault) -> Weekday {
        guard let value = values[.weekStart] else { return .monday }
        guard let weekday = Weekday(rawValue: value) else { throw invalid(.weekStart, value) }
        return weekday
    }

    /// The last moment of UNTIL; `nil` without the part.
    ///
    /// - Throws: ``RecurrenceFault``.
    func until() throws(RecurrenceFault) -> RecurrenceRule.Until? {
        guard let value = values[.until] else { return nil }
        let isUTC = value.hasSuffix("Z")
        guard let time = CivilDateTime(compact: isUTC ? value.dropLast() : value[...]) else {
            throw invalid(.until, value)
        }
        guard value.contains("T") else {
            if isUTC { throw invalid(.until, value) }
            return .date(time)
        }
        return isUTC ? .utc(time.asUTC) : .local(time)
    }

    private func items(_ part: RecurrencePart) -> [Substring] {
        values[part]?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    }

    private func invalid(_ part: RecurrencePart, _ value: some StringProtocol) -> RecurrenceFault {
        .invalid(part, value: Self.shortened(value))
    }

    /// One to five digits.
    private static func number(_ text: Substring) -> Int64? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text)
    }

    private static func signedNumber(_ text: Substring) -> Int64? {
        switch text.first {
        case "-": number(text.dropFirst()).map { -$0 }
        case "+": number(text.dropFirst())
        default: number(text)
        }
    }

    /// What of somebody's text is repeated to them.
    private static func shortened(_ text: some StringProtocol) -> String { String(text.prefix(40)) }
}
