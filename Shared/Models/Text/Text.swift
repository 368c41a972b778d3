/// What a text on the wire must be: its length, its form, and how it is normalised.
package protocol TextRule: Sendable {
    /// The least and the most Unicode scalars, after normalising.
    static var length: ClosedRange<Int> { get }
    /// One sentence for the API's reference.
    static var summary: String { get }
    /// The name of the format in JSON Schema, if it has one.
    static var format: String? { get }
    /// Whether the text is a secret, which no log and no example may show.
    static var isSecret: Bool { get }
    /// The form in which the text is kept.
    static func normalise(_ text: String) -> String
    /// What is wrong with a normalised text of the right length, as the end of "this field ..."; `nil` when nothing is.
    static func problem(in text: String) -> String?
}

extension TextRule {
    /// No format.
    package static var format: String? { nil }
    /// Not a secret.
    package static var isSecret: Bool { false }
    /// The text as it came.
    package static func normalise(_ text: String) -> String { text }
    /// Nothing is wrong.
    package static func problem(in text: String) -> String? { nil }
}

/// A text that follows a rule: one declaration gives the type in Swift, the validation and the schema in OpenAPI.
package struct Text<Rule: TextRule>: Hashable, Sendable {
    /// The normalised text.
    package let value: String

    /// Takes a text, normalised; `nil` when it breaks the rule.
    package init?(_ text: String) {
        let normalised = Rule.normalise(text)
        guard TextSchema.problem(in: normalised, of: Rule.self) == nil else { return nil }
        value = normalised
    }

    init(unchecked text: String) {
        value = Rule.normalise(text)
    }
}

extension Text: CustomStringConvertible {
    /// The text itself, or `<redacted>` when the rule calls it a secret.
    package var description: String { Rule.isSecret ? "<redacted>" : value }
}

extension Text: Codable {
    /// Reads the text from a JSON string.
    ///
    /// Requests were validated against the schema before; answers are trusted.
    package init(from decoder: any Decoder) throws {
        self.init(unchecked: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the text as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }
}

extension Text: SchemaDescribed {
    /// A string with the rule's bounds.
    package static var schema: Schema { .text(TextSchema(rule: Rule.self)) }
    /// An empty text, for reflection only.
    package static var sample: Text { Text(unchecked: "") }
}
