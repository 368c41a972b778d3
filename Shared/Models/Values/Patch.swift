/// A member of a merge patch (RFC 7396) that can be cleared: absent leaves it, `null` clears it, a value sets it.
///
/// A member that cannot be cleared is a plain optional in a type marked ``MergePatch``.
package enum Patch<Value: Codable & Sendable>: Sendable {
    case absent
    case null
    case set(Value)

    /// Whether the request says anything about this member.
    package var isPresent: Bool {
        if case .absent = self { false } else { true }
    }

    /// The new value; `nil` when the member is absent or cleared.
    package var value: Value? {
        if case .set(let value) = self { value } else { nil }
    }

    /// The same with what was found in the place of the id that was named.
    package func named<Named>(_ found: Named?) -> Patch<Named> {
        switch self {
        case .absent: .absent
        case .null: .null
        case .set: found.map { .set($0) } ?? .absent
        }
    }
}

extension Patch: Equatable where Value: Equatable {}

extension Patch: Codable {
    /// Reads a member that is present: `null` or a value.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .null : .set(try container.decode(Value.self))
    }

    /// Writes `null` or the value; an absent member is left out by its container.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .set(let value) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension Patch: SchemaDescribed {
    /// The value's schema, or `null`.
    package static var schema: Schema { .nullable(Schema.of(Value.self)) }
    /// An absent member.
    package static var sample: Patch { .absent }
}

extension KeyedDecodingContainer {
    /// Reads a member of a merge patch; a key that is not there is ``Patch/absent``.
    package func decode<Value>(_ type: Patch<Value>.Type, forKey key: Key) throws -> Patch<Value> {
        try decodeIfPresent(type, forKey: key) ?? .absent
    }
}

extension KeyedEncodingContainer {
    /// Writes a member of a merge patch, and nothing at all when it is absent.
    package mutating func encode<Value>(_ patch: Patch<Value>, forKey key: Key) throws {
        if patch.isPresent { try encodeIfPresent(Optional(patch), forKey: key) }
    }
}

/// The body of a PATCH: its optional members may be absent, but not `null`, unless they are a ``Patch``.
package protocol MergePatch: Codable, Sendable {}
