extension JSONValue: SchemaDescribed {
    /// Any value.
    package static var schema: Schema { .any }
    /// Null.
    package static var sample: JSONValue { .null }

    /// Takes the document as it was parsed.
    ///
    /// - Throws: `DecodingError` from a decoder other than that of ``WireJSON``.
    package init(from decoder: any Decoder) throws {
        guard let tree = decoder as? JSONTreeDecoder else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "not read by WireJSON"))
        }
        self = tree.value
    }

    /// Writes the document; names of members stay as they are.
    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value): try value.encode(to: encoder)
        case .integer(let value): try value.encode(to: encoder)
        case .number(let value): try value.encode(to: encoder)
        case .string(let value): try value.encode(to: encoder)
        case .array(let values): try values.encode(to: encoder)
        case .object(let members):
            var container = encoder.container(keyedBy: WireKey.self)
            for member in members { try container.encode(member.value, forKey: WireKey(stringValue: member.name)) }
        }
    }
}
