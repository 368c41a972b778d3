/// Why a text is not a recurrence rule of a task.
enum RecurrenceFault: Error, Hashable, Sendable {
    /// The text is longer than ``RecurrenceRule/maximumLength``.
    case tooLong
    /// A piece between semicolons is not `NAME=VALUE`.
    case malformed(String)
    /// RFC 5545 has no part of this name.
    case unknown(String)
    /// The part stands twice.
    case repeated(RecurrencePart)
    /// FREQ is missing.
    case missingFrequency
    /// The part asks for more than one occurrence a day.
    case moreThanDaily(RecurrencePart)
    /// The part has a value that is none of its kind or out of its range.
    case invalid(RecurrencePart, value: String)
    /// COUNT and UNTIL stand together.
    case countAndUntil
    /// The part may not stand with this frequency.
    case misplaced(RecurrencePart, in: RecurrenceRule.Frequency)
    /// BYDAY has places (`2TU`), which a day or week has not.
    case placesOutsideMonth(RecurrenceRule.Frequency)
    /// BYDAY has places beside BYWEEKNO.
    case placesInWeeks
    /// BYSETPOS has no other part to choose from.
    case positionsOfNothing

    /// The name of the part that is at fault, as the text has it; `nil` when it is the whole.
    var part: String? {
        switch self {
        case .tooLong: nil
        case .malformed(let piece): piece
        case .unknown(let name): name
        case .repeated(let part), .moreThanDaily(let part), .invalid(let part, _), .misplaced(let part, _):
            part.rawValue
        case .missingFrequency: RecurrencePart.frequency.rawValue
        case .countAndUntil: RecurrencePart.until.rawValue
        case .placesOutsideMonth, .placesInWeeks: RecurrencePart.weekdays.rawValue
        case .positionsOfNothing: RecurrencePart.positions.rawValue
        }
    }

    /// What is wrong, in words for the person who wrote the rule.
    var message: String {
        switch self {
        case .tooLong: "the rule is longer than \(RecurrenceRule.maximumLength) characters"
        case .malformed(let piece): "\"\(piece)\" is not a part such as FREQ=DAILY"
        case .unknown(let name): "there is no part \(name)"
        case .repeated(let part): "\(part.rawValue) stands twice"
        case .missingFrequency: "FREQ is missing"
        case .moreThanDaily(let part): "\(part.rawValue): a task comes round once a day at the most"
        case .invalid(let part, let value): "\(part.rawValue) cannot be \"\(value)\": \(part.range)"
        case .countAndUntil: "COUNT and UNTIL exclude each other"
        case .misplaced(let part, let frequency):
            "\(part.rawValue) cannot stand with FREQ=\(frequency.rawValue)"
        case .placesOutsideMonth(let frequency):
            "BYDAY cannot number weekdays with FREQ=\(frequency.rawValue)"
        case .placesInWeeks: "BYDAY cannot number weekdays beside BYWEEKNO"
        case .positionsOfNothing: "BYSETPOS needs another part that begins with BY"
        }
    }
}
