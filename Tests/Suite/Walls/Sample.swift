import Foundation
import Models
import TestSupport

/// Values that a contract's schemas take, made up from the schemas themselves.
enum Sample {
    /// A member somewhere in a body.
    struct Place: Sendable {
        /// The names on the way to it; `0` stands for an element of an array.
        let path: [String]
        let schema: Schema

        /// The JSON pointer.
        var pointer: String { path.map { "/\($0)" }.joined() }
    }

    /// A value with required members only.
    static func value(_ schema: Schema) -> JSONValue {
        switch schema {
        case .boolean: false
        case .integer(let range): .integer(min(max(1, range.lowerBound), range.upperBound))
        case .number: 1
        case .text(let text): .string(self.text(text))
        case .word(let words, _): .string(words.first ?? "")
        case .array: []
        case .object(let object):
            // Exactly one of its members must be given, which no schema says.
            object.name == "OwnerChoice"
                ? ["memo": "somebody"]
                : .object(object.members.filter(\.isRequired).map(member))
        case .nullable: .null
        case .any: [:]
        }
    }

    /// A member with a value; a rule of recurrence is read by its grammar, which no schema says.
    static func member(_ member: ObjectSchema.Member) -> JSONValue.Member {
        JSONValue.Member(member.name, member.name == "rule" ? "FREQ=DAILY" : value(member.schema))
    }

    /// All members of a body, however deep.
    static func places(in schema: Schema, at path: [String] = []) -> [Place] {
        switch schema {
        case .object(let object):
            object.members.flatMap { member in
                let inner = path + [member.name]
                return [Place(path: inner, schema: member.schema)] + places(in: member.schema, at: inner)
            }
        case .nullable(let inner): places(in: inner, at: path)
        case .array(let element, _):
            [Place(path: path + ["0"], schema: element)] + places(in: element, at: path + ["0"])
        default: []
        }
    }

    /// A body with a value at a place, and beside it what is required.
    static func body(_ schema: Schema, with value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
        guard let name = path.first else { return value }
        switch schema {
        case .nullable(let inner): return body(inner, with: value, at: path)
        case .array(let element, _): return .array([body(element, with: value, at: path.dropFirst())])
        case .object(let object):
            let inner = object.members.first { $0.name == name }?.schema ?? .any
            let others = object.members.filter { $0.isRequired && $0.name != name }
            return .object(
                others.map(Self.member) + [
                    JSONValue.Member(name, body(inner, with: value, at: path.dropFirst()))
                ])
        default: return value
        }
    }

    /// The schema without `nullable`.
    static func bare(_ schema: Schema) -> Schema {
        if case .nullable(let inner) = schema { bare(inner) } else { schema }
    }

    /// Whether it is a text of a form, such as `uuid`.
    static func isText(_ schema: Schema, format: String? = nil) -> Bool {
        guard case .text(let text) = bare(schema) else { return false }
        return format == nil || text.format == format
    }

    private static func text(_ text: TextSchema) -> String {
        let number = UInt32.random(in: 0 ..< .max)
        let candidates = [
            "A name \(number)", "a-name-\(number)", "a_word_\(number)", "name\(number)@example.com", "Europe/Berlin",
            UUID().uuidString.lowercased(), "2030-01-01T00:00:00Z", "a long password \(number)", "123456", "de",
            "name\(number).example", "+4930123456", "2098-01-01T09:00:00",
        ]
        let fits = candidates.first { text.length.contains($0.unicodeScalars.count) && text.problem($0) == nil }
        return fits ?? "x"
    }
}
