/// Decodes Swift values from a parsed document, so that validation and decoding read the bytes once.
///
/// It holds no path: an error collects its path on the way out, so that only errors pay for one.
struct JSONTreeDecoder: Decoder {
    let value: JSONValue
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try type.init(from: self)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch("an object") }
        return KeyedDecodingContainer(JSONObjectContainer<Key>(members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch("an array") }
        return JSONArrayContainer(elements: elements)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    func mismatch(_ expected: String) -> DecodingError {
        DecodingError.typeMismatch(
            JSONValue.self, DecodingError.Context(codingPath: [], debugDescription: "not \(expected)"))
    }
}

extension JSONTreeDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value == .null }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .bool(let bool) = value else { throw mismatch("a boolean") }
        return bool
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .string(let string) = value else { throw mismatch("a string") }
        return string
    }

    func decode(_ type: Double.Type) throws -> Double {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: throw mismatch("a number")
        }
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }

    private func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Integer {
        guard case .integer(let integer) = value, let exact = Integer(exactly: integer) else {
            throw mismatch("an integer in range")
        }
        return exact
    }

    func decode(_ type: Int.Type) throws -> Int { try integer(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
}

/// The members of one object, looked up by their name on the wire: they are few.
private struct JSONObjectContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [JSONValue.Member]
    var codingPath: [any CodingKey] { [] }

    var allKeys: [Key] { members.compactMap { Key(stringValue: $0.name) } }

    func contains(_ key: Key) -> Bool { found(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try member(key).decodeNil() }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        let member = try member(key)
        return try Self.within(key) { try member.decode(type) }
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        let member = try member(key)
        return try Self.within(key) { try member.decode(type) }
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let member = try member(key)
        return try Self.within(key) { try member.decode(type) }
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let value = found(key) else { return nil }
        if case .null = value, !(type is any ClearableMember.Type) { return nil }
        return try Self.within(key) { try JSONTreeDecoder(value: value).decode(type) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try member(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try member(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { JSONTreeDecoder(value: .null) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try member(key) }

    private func found(_ key: Key) -> JSONValue? {
        let property = key.stringValue
        return members.first { WireName.matches($0.name, property) }?.value
    }

    private func member(_ key: Key) throws -> JSONTreeDecoder {
        guard let value = found(key) else {
            let name = WireName.of(key.stringValue)
            throw DecodingError.keyNotFound(
                key, DecodingError.Context(codingPath: [], debugDescription: "\(name) is missing"))
        }
        return JSONTreeDecoder(value: value)
    }

    /// Decodes a member; an error gets the member's key in front of its path.
    private static func within<Value>(_ key: Key, _ decode: () throws -> Value) throws -> Value {
        do {
            return try decode()
        } catch let error as DecodingError {
            throw error.within(key)
        }
    }
}

extension DecodingError {
    /// The same error, found in a member or an element of a larger value.
    fileprivate func within(_ key: any CodingKey) -> DecodingError {
        func longer(_ context: Context) -> Context {
            Context(
                codingPath: [key] + context.codingPath, debugDescription: context.debugDescription,
                underlyingError: context.underlyingError)
        }
        return switch self {
        case .typeMismatch(let type, let context): .typeMismatch(type, longer(context))
        case .valueNotFound(let type, let context): .valueNotFound(type, longer(context))
        case .keyNotFound(let missing, let context): .keyNotFound(missing, longer(context))
        case .dataCorrupted(let context): .dataCorrupted(longer(context))
        @unknown default: self
        }
    }
}

/// A member for which `null` is a value of its own.
protocol ClearableMember {}

extension Patch: ClearableMember {}

/// The elements of one array, in order.
private struct JSONArrayContainer: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    var currentIndex = 0

    init(elements: [JSONValue]) {
        self.elements = elements
    }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, elements[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let index = currentIndex
        let element = try next()
        do {
            return try element.decode(type)
        } catch let error as DecodingError {
            throw error.within(WireKey(intValue: index))
        }
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> JSONTreeDecoder {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                JSONValue.self, DecodingError.Context(codingPath: [], debugDescription: "the array ends"))
        }
        defer { currentIndex += 1 }
        return JSONTreeDecoder(value: elements[currentIndex])
    }
}
