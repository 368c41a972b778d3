extension Schema {
    /// The schema of a wire type, read off its `Decodable` form: each member it asks for is a member of the object.
    package static func of(_ type: any Decodable.Type) -> Schema {
        if let described = type as? any SchemaDescribed.Type { return described.schema }
        if let primitive = primitive(type) { return primitive }
        let probe = SchemaProbe(isPatch: type is any MergePatch.Type)
        _ = try? type.init(from: probe)
        return probe.log.schema(named: name(of: type))
    }

    private static func primitive(_ type: any Decodable.Type) -> Schema? {
        switch type {
        case is Bool.Type: .boolean
        case is Int.Type, is Int64.Type: .integer(exactIntegers)
        case is Int32.Type: .integer(Int64(Int32.min)...Int64(Int32.max))
        case is Double.Type: .number
        case is String.Type: .text(TextSchema(length: 0...1_048_576))
        default: nil
        }
    }

    /// `Page<User>` becomes `UserPage`: a name that every generator of clients accepts.
    private static func name(of type: any Decodable.Type) -> String {
        let text = "\(type)"
        guard let open = text.firstIndex(of: "<") else { return text }
        return text[text.index(after: open)...].filter { $0.isLetter || $0.isNumber } + text[..<open]
    }
}

/// A decoder that reads nothing and notes what it is asked for.
private struct SchemaProbe: Decoder {
    final class Log {
        var members: [ObjectSchema.Member] = []
        var element: Schema?

        func schema(named name: String) -> Schema {
            if let element { return .array(element, limit: 1_000) }
            return .object(ObjectSchema(name: name, members: members))
        }
    }

    let log = Log()
    let isPatch: Bool
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(ProbedObject<Key>(log: log, isPatch: isPatch))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { ProbedArray(log: log) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw DecodingError.dataCorrupted(
            DecodingError.Context(codingPath: [], debugDescription: "a single value must be SchemaDescribed"))
    }

    static func sample<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let described = type as? any SchemaDescribed.Type, let sample = described.sample as? Value { return sample }
        let primitives: [Any] = [false, 0, Int64(0), Int32(0), 0.0, ""]
        if let primitive = primitives.lazy.compactMap({ $0 as? Value }).first { return primitive }
        return try type.init(from: SchemaProbe(isPatch: false))
    }
}

private struct ProbedObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let log: SchemaProbe.Log
    let isPatch: Bool
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) throws -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        note(key, Schema.of(type), isRequired: true)
        return try SchemaProbe.sample(type)
    }

    // The standard library has a requirement for each of these types, whose own form asks `decode`: it would note an
    // optional member as required.
    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { optional(type, key) }
    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { optional(type, key) }
    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { optional(type, key) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { optional(type, key) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { optional(type, key) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { optional(type, key) }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        optional(type, key)
    }

    private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) -> Value? {
        let schema = Schema.of(type)
        if case .nullable = schema {
            note(key, schema, isRequired: false)
        } else {
            note(key, isPatch ? schema : .nullable(schema), isRequired: false)
        }
        return nil
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        note(key, .any, isRequired: true)
        return KeyedDecodingContainer(ProbedObject<Nested>(log: SchemaProbe.Log(), isPatch: false))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        note(key, .any, isRequired: true)
        return ProbedArray(log: SchemaProbe.Log())
    }

    func superDecoder() throws -> any Decoder { SchemaProbe(isPatch: false) }
    func superDecoder(forKey key: Key) throws -> any Decoder { SchemaProbe(isPatch: false) }

    private func note(_ key: Key, _ schema: Schema, isRequired: Bool) {
        log.members.append(
            ObjectSchema.Member(name: WireName.of(key.stringValue), schema: schema, isRequired: isRequired))
    }
}

/// An array is asked for one element, whose type is noted, and then is at its end.
private struct ProbedArray: UnkeyedDecodingContainer {
    let log: SchemaProbe.Log
    var currentIndex = 0

    init(log: SchemaProbe.Log) {
        self.log = log
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    mutating func decodeNil() throws -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        log.element = Schema.of(type)
        return try SchemaProbe.sample(type)
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        KeyedDecodingContainer(ProbedObject<Nested>(log: SchemaProbe.Log(), isPatch: false))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        ProbedArray(log: SchemaProbe.Log())
    }
    mutating func superDecoder() throws -> any Decoder { SchemaProbe(isPatch: false) }
}
