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
    ///
    /// - Throws: `EncodingError` from an encoder other than that of ``WireJSON``.
    package func encode(to encoder: any Encoder) throws {
        guard let wire = encoder as? WireEncoder else {
            throw EncodingError.invalidValue(
                self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "not written by WireJSON")
            )
        }
        wire.output.write(self)
    }
}
