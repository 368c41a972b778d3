import Models

/// Made-up values that stand for real ones in examples.
struct SampleValue {
    let document: ReferenceDocument

    /// A body that an operation takes: what is required, or the first member of a change.
    func body(_ schema: JSONValue) -> JSONValue { value(of: schema, named: "", isAnswer: false, depth: 0) }

    /// An answer with all its members.
    func answer(_ schema: JSONValue) -> JSONValue { value(of: schema, named: "", isAnswer: true, depth: 0) }

    /// A value for a parameter.
    func parameter(_ field: ReferenceField) -> String {
        // A ticket also goes by its case number, which is the shorter of the two.
        if field.name == "id", field.shape.type == "string" { return "260302001" }
        return switch text(of: field.name, field.shape) {
        case .string(let text): text == Self.anyText ? field.name.uppercased() : text
        case .integer(let number): "\(number)"
        case let other: String(decoding: JSONWriter.bytes(of: other), as: UTF8.self)
        }
    }

    private func value(of schema: JSONValue, named name: String, isAnswer: Bool, depth: Int) -> JSONValue {
        if let inner = schema["anyOf"]?.asItems.first(where: { $0["type"] != "null" }) {
            return value(of: inner, named: name, isAnswer: isAnswer, depth: depth)
        }
        if schema["type"] == "array" {
            guard depth < 5, let items = schema["items"] else { return [] }
            return [value(of: items, named: name, isAnswer: isAnswer, depth: depth + 1)]
        }
        let shape = ReferenceShape(schema)
        guard let reference = shape.reference else { return text(of: name, shape) }
        guard depth < 5, let type = document.schema(reference) else { return .null }
        return object(type, named: name, isAnswer: isAnswer, depth: depth)
    }

    private func object(_ type: ReferenceSchema, named name: String, isAnswer: Bool, depth: Int) -> JSONValue {
        var fields = type.fields.filter { isAnswer || $0.isRequired }
        if fields.isEmpty { fields = Array(type.fields.prefix(1)) }
        return .object(
            fields.map { field in
                // A value of another type than its own would be wrong; a name alone says enough.
                let nested = field.name == "name" && !name.isEmpty ? "\(name).name" : field.name
                return JSONValue.Member(
                    field.name, value(of: field.schema, named: nested, isAnswer: isAnswer, depth: depth + 1))
            })
    }

    private func text(of name: String, _ shape: ReferenceShape) -> JSONValue {
        if let known = Self.known[name] { return known }
        if let word = shape.words.first { return .string(word) }
        switch shape.type {
        case "UUID": return "01994b5e-7c21-7d3a-9f4e-2b6c8a1d5e70"
        case "date-time": return "2026-03-02T09:30:00.000000Z"
        case "date": return "2026-03-02"
        case "mail address": return "ada@example.com"
        case "password": return "correct horse battery staple"
        case "boolean": return true
        case "integer": return 1
        case "number": return .number(0.5)
        case "string": return .string(Self.text(shape))
        default: return .null
        }
    }

    private static func text(_ shape: ReferenceShape) -> String {
        // A path under a collection begins with the collection.
        if let pattern = shape.pattern, pattern.hasPrefix("^/") {
            return String(pattern.dropFirst().prefix { $0 != "(" })
        }
        // One or more words of a list: the first.
        if let pattern = shape.pattern, pattern.hasPrefix("^(") {
            let word = pattern.dropFirst(2).prefix { $0.isLetter || $0 == "_" }
            if pattern.dropFirst(2 + word.count).first == "|" { return String(word) }
        }
        return anyText
    }

    /// What stands for a text of which nothing is known.
    private static let anyText = "text"

    /// What a member of a name is most often.
    private static let known: [String: JSONValue] = [
        "name": "Ada Lovelace", "title": "The printer on floor 2 does not print", "case_number": "260302001",
        "description": "The printer on floor 2 does not print.", "text": "Called back; a new drum is ordered.",
        "workspace": "main", "slug": "main", "time_zone": "Europe/Berlin", "language": "en", "currency": "EUR",
        "phone": "+49 30 1234567", "code": "123456", "word": "hardware", "category": "hardware",
        "organization.name": "Example Ltd", "team.name": "First line", "domain": "example.com",
        "rule": "FREQ=WEEKLY;BYDAY=MO", "start": "2027-01-04T09:00:00", "occurrence": "2027-01-04T09:00:00",
        "next_cursor": "eyJrIjpbIjI2MDMwMjAwMSJdfQ", "detail": "Correct the fields listed under errors.",
    ]
}
