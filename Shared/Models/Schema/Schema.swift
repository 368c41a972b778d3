/// What a value on the wire must look like: one description for validation and for OpenAPI (JSON Schema 2020-12).
package indirect enum Schema: Sendable {
    case boolean
    case integer(ClosedRange<Int64>)
    case number
    case text(TextSchema)
    /// One of the words known today; `isOpen` when an answer may carry a later one.
    case word([String], isOpen: Bool)
    case array(Schema, limit: Int)
    case object(ObjectSchema)
    case nullable(Schema)
    /// Any JSON value.
    case any

    /// Whole numbers that every JSON reader keeps exact: ±(2^53-1).
    package static let exactIntegers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991
}

/// What a text must be.
package struct TextSchema: Sendable {
    /// The least and the most Unicode scalars.
    package let length: ClosedRange<Int>
    /// The format's name in JSON Schema.
    package let format: String?
    /// A sentence for people.
    package let summary: String?
    /// A regular expression that every such text matches (ECMA-262), for the reference; the closure decides.
    package let pattern: String?
    /// What is wrong with a text as it came; `nil` when nothing is.
    package let problem: @Sendable (String) -> TextFault?

    /// Describes a text whose form is checked by a closure.
    package init(
        length: ClosedRange<Int>, format: String? = nil, summary: String? = nil, pattern: String? = nil,
        form: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.length = length
        self.format = format
        self.summary = summary
        self.pattern = pattern
        problem = { form($0).map { TextFault(.invalidFormat, $0) } }
    }

    init<Rule: TextRule>(rule: Rule.Type) {
        length = rule.length
        format = rule.format
        summary = rule.summary
        pattern = nil
        problem = { Self.problem(in: rule.normalise($0), of: rule) }
    }

    static func problem<Rule: TextRule>(in text: String, of rule: Rule.Type) -> TextFault? {
        let count = text.unicodeScalars.count
        if count < rule.length.lowerBound {
            let least = rule.length.lowerBound
            return TextFault(.tooShort, count == 0 ? "must not be blank" : "must have at least \(least) characters")
        }
        if count > rule.length.upperBound {
            return TextFault(.tooLong, "must have at most \(rule.length.upperBound) characters")
        }
        return rule.problem(in: text).map { TextFault(.invalidFormat, $0) }
    }
}

/// What is wrong with one text.
package struct TextFault: Sendable, Equatable {
    /// The kind of fault.
    package let code: FieldError.Code
    /// The end of a sentence that begins with the field.
    package let detail: String

    init(_ code: FieldError.Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}

/// The members of an object.
package struct ObjectSchema: Sendable {
    /// The Swift type's name, which is the component's name in OpenAPI.
    package let name: String
    /// The members in the order of their declaration.
    package let members: [Member]

    /// Describes an object.
    package init(name: String, members: [Member]) {
        self.name = name
        self.members = members
    }

    /// One member.
    package struct Member: Sendable {
        /// The name on the wire.
        package let name: String
        /// What its value must look like.
        package let schema: Schema
        /// Whether it must be there.
        package let isRequired: Bool

        /// Describes a member.
        package init(name: String, schema: Schema, isRequired: Bool) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }
}

/// A type that says itself what it looks like on the wire; all others are read off their `Decodable` form.
package protocol SchemaDescribed: Codable {
    /// What a value of the type must look like.
    static var schema: Schema { get }
    /// Any value, for reading the shape of the types that contain one.
    static var sample: Self { get }
}

/// A closed list of words in requests; answers may grow.
package protocol WireWord: RawRepresentable<String>, CaseIterable, SchemaDescribed, Hashable, Sendable {}

extension WireWord {
    /// One of the words.
    package static var schema: Schema { .word(allCases.map(\.rawValue), isOpen: false) }
    /// The first word.
    package static var sample: Self {
        guard let first = allCases.first else { preconditionFailure("a list of words has at least one word") }
        return first
    }
}
