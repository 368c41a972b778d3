/// JSON as it crosses a wire: names by ``WireName``, members in the order of their declaration.
///
/// What is absent is `null`, but in a ``MergePatch``.
package enum WireJSON {
    /// Writes a value.
    ///
    /// - Throws: `EncodingError` when a number is not finite.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        try WireEncoder.bytes(of: value)
    }

    /// Reads a value from bytes that a peer of ours wrote; unknown members are passed over.
    ///
    /// - Throws: ``JSONSyntaxError`` for bad JSON, `DecodingError` for another shape.
    package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try decode(type, from: try JSONParser.parse(bytes))
    }

    /// Reads a value from a document that was parsed, and validated where it came from outside.
    ///
    /// - Throws: `DecodingError` when the document has another shape.
    package static func decode<Value: Decodable>(_ type: Value.Type, from document: JSONValue) throws -> Value {
        try JSONTreeDecoder(value: document).decode(type)
    }
}

/// A coding key made from a name on the wire.
struct WireKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
