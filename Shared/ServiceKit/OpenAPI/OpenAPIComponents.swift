import Models

/// The named schemas of a document, collected while its operations are written.
struct OpenAPIComponents {
    private(set) var schemas: [JSONValue.Member] = []

    /// A schema as JSON Schema 2020-12; objects become components and references to them.
    ///
    /// An answer's objects may gain members later, so only requests refuse unknown ones.
    mutating func json(_ schema: Schema, isAnswer: Bool = false) -> JSONValue {
        switch schema {
        case .boolean: return ["type": "boolean"]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .number: return ["type": "number"]
        case .text(let text): return Self.json(text)
        case .word(let words, let isOpen):
            return isOpen || isAnswer
                ? ["type": "string", "examples": .array(words.map(JSONValue.string))]
                : ["type": "string", "enum": .array(words.map(JSONValue.string))]
        case .array(let element, let limit):
            return [
                "type": "array", "items": json(element, isAnswer: isAnswer), "maxItems": .integer(Int64(limit)),
            ]
        case .object(let object): return reference(object, isAnswer: isAnswer)
        case .nullable(let inner): return ["anyOf": [json(inner, isAnswer: isAnswer), ["type": "null"]]]
        case .any: return [:]
        }
    }

    /// The problem detail of RFC 9457.
    mutating func problem() -> JSONValue {
        let field = ObjectSchema(
            name: "FieldError",
            members: ["pointer", "code", "detail"].map {
                ObjectSchema.Member(name: $0, schema: .text(TextSchema(length: 0...4_096)), isRequired: true)
            })
        let text = Schema.text(TextSchema(length: 0...4_096))
        let members = ["type", "title", "detail", "code", "request_id"].map {
            ObjectSchema.Member(name: $0, schema: text, isRequired: true)
        }
        let rest = [
            ObjectSchema.Member(name: "status", schema: .integer(400...599), isRequired: true),
            ObjectSchema.Member(name: "errors", schema: .array(.object(field), limit: 100), isRequired: true),
        ]
        return reference(ObjectSchema(name: "Problem", members: members + rest), isAnswer: true)
    }

    private mutating func reference(_ object: ObjectSchema, isAnswer: Bool) -> JSONValue {
        if !schemas.contains(where: { $0.name == object.name }) {
            schemas.append(JSONValue.Member(object.name, .null))
            let properties = object.members.map { member in
                let text = FieldTexts.all.text(of: member.name, in: object.name)
                return JSONValue.Member(member.name, json(member.schema, isAnswer: isAnswer).described(by: text))
            }
            var members: [JSONValue.Member] = [JSONValue.Member("type", "object")]
            if let text = FieldTexts.all.text(of: object.name) {
                members.append(JSONValue.Member("description", .string(text)))
            }
            members.append(JSONValue.Member("properties", .object(properties)))
            let required = object.members.filter(\.isRequired).map { JSONValue.string($0.name) }
            if !required.isEmpty { members.append(JSONValue.Member("required", .array(required))) }
            if !isAnswer { members.append(JSONValue.Member("additionalProperties", false)) }
            if let index = schemas.firstIndex(where: { $0.name == object.name }) {
                schemas[index] = JSONValue.Member(object.name, .object(members))
            }
        }
        return ["$ref": .string("#/components/schemas/\(object.name)")]
    }

    private static func json(_ text: TextSchema) -> JSONValue {
        var members: [JSONValue.Member] = [JSONValue.Member("type", "string")]
        if let format = text.format { members.append(JSONValue.Member("format", .string(format))) }
        if text.length.lowerBound > 0 {
            members.append(JSONValue.Member("minLength", .integer(Int64(text.length.lowerBound))))
        }
        members.append(JSONValue.Member("maxLength", .integer(Int64(text.length.upperBound))))
        if let pattern = text.pattern { members.append(JSONValue.Member("pattern", .string(pattern))) }
        if let summary = text.summary { members.append(JSONValue.Member("description", .string(summary))) }
        return .object(members)
    }
}
