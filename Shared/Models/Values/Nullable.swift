/// A member of a body that must be there and may be `null`, where leaving it out must not mean `null`.
package enum Nullable<Value: Codable & Sendable>: Sendable {
    case null
    case set(Value)

    /// The value; `nil` for `null`.
    package var value: Value? {
        if case .set(let value) = self { value } else { nil }
    }
}

extension Nullable: Codable {
    /// Reads `null` or a value.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .null : .set(try container.decode(Value.self))
    }

    /// Writes `null` or the value.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .set(let value) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension Nullable: SchemaDescribed {
    /// The value's schema, or `null`.
    package static var schema: Schema { .nullable(Schema.of(Value.self)) }
    /// `null`.
    package static var sample: Nullable { .null }
}
