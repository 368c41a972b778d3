import Models

/// A member of an object, or a parameter.
struct ReferenceField: Sendable {
    let name: String
    let isRequired: Bool
    /// The schema as the document has it.
    let schema: JSONValue
    let shape: ReferenceShape
    /// What it means, and what its form is.
    let summary: String?

    init(name: String, isRequired: Bool, schema: JSONValue, summary: String? = nil) {
        self.name = name
        self.isRequired = isRequired
        self.schema = schema
        shape = ReferenceShape(schema)
        let texts = [summary, schema["description"]?.asText, shape.summary].compactMap { $0 }
        // The form of what may be null stands inside, under what the member means; it may say both.
        var said: [String] = []
        for text in texts where !said.contains(where: { $0.hasSuffix(text) }) {
            if let last = said.last, text.hasPrefix(last.hasSuffix(".") ? last.dropLast() : Substring(last)) {
                said.removeLast()
            }
            said.append(text)
        }
        self.summary = said.isEmpty ? nil : said.joined(separator: " ")
    }

    /// The bounds that its summary does not name already.
    var bounds: [String] {
        shape.bounds.filter { bound in
            let numbers = bound.split(separator: " ").filter { $0.allSatisfy(\.isNumber) }
            guard let most = numbers.last, let summary else { return true }
            return !summary.replacing(",", with: "").contains(most)
        }
    }
}

/// What a value looks like, in words.
struct ReferenceShape: Sendable {
    /// What stands before the linked name or the type: "array of ".
    private(set) var prefix = ""
    /// The type in words: "string", "UUID".
    private(set) var type = "any value"
    /// The name of the type in the document, when it has a page.
    private(set) var reference: String?
    private(set) var isNullable = false
    /// The words that it may be.
    private(set) var words: [String] = []
    /// Whether more words may come.
    private(set) var isOpen = false
    /// The least and the most of it.
    private(set) var bounds: [String] = []
    private(set) var pattern: String?
    /// What the form inside says of itself.
    private(set) var summary: String?

    init(_ schema: JSONValue) {
        if let target = schema["$ref"]?.asText {
            let name = String(target.split(separator: "/").last ?? "")
            (type, reference) = (name, name)
            return
        }
        if let choices = schema["anyOf"]?.asItems, let inner = choices.first(where: { $0["type"] != "null" }) {
            self = ReferenceShape(inner)
            isNullable = true
            return
        }
        summary = schema["description"]?.asText
        words = (schema["enum"]?.asItems ?? schema["examples"]?.asItems ?? []).compactMap(\.asText)
        isOpen = schema["enum"] == nil && !words.isEmpty
        switch schema["type"]?.asText {
        case "array": readArray(schema)
        case "integer": readInteger(schema)
        case "string": readString(schema)
        case let other?: type = other
        case nil: break
        }
    }

    private mutating func readArray(_ schema: JSONValue) {
        let element = ReferenceShape(schema["items"] ?? [:])
        (type, reference, words, isOpen) = (element.type, element.reference, element.words, element.isOpen)
        prefix = "array of \(element.prefix)"
        if let most = schema["maxItems"]?.asInteger { bounds.append("at most \(most) items") }
    }

    private mutating func readInteger(_ schema: JSONValue) {
        type = "integer"
        let (least, most) = (schema["minimum"]?.asInteger, schema["maximum"]?.asInteger)
        guard let least, let most, abs(most) < Schema.exactIntegers.upperBound else { return }
        bounds.append("\(least) to \(most)")
    }

    private mutating func readString(_ schema: JSONValue) {
        type = Self.formats[schema["format"]?.asText ?? ""] ?? "string"
        pattern = schema["pattern"]?.asText
        // What a format says of its length is no news.
        guard type == "string" || type == "password", words.isEmpty else { return }
        let (least, most) = (schema["minLength"]?.asInteger ?? 0, schema["maxLength"]?.asInteger ?? 0)
        guard most > 0, most < 1_048_576 else { return }
        bounds.append(least == most ? "\(most) characters" : "\(least) to \(most) characters")
    }

    private static let formats = [
        "uuid": "UUID", "date-time": "date-time", "date": "date", "email": "mail address", "password": "password",
        "uri": "URL",
    ]

    /// The whole type on one line, for tests and for search.
    var text: String { "\(prefix)\(type)\(isNullable ? " or null" : "")" }
}
