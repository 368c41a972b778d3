extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    /// A whole number.
    package init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A boolean.
    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// An array.
    package init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// An object, its members in the order written.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
