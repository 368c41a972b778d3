/// Writes Swift values as JSON straight into bytes, members in the order of their declaration.
///
/// Optional members that are `nil` are written as `null`, as rows are written; in a ``MergePatch`` they are left out,
/// where `null` would clear them.
///
/// It holds no path: what cannot be written is a number, which the error shows.
struct WireEncoder: Encoder {
    let output: WireOutput
    /// What is written, which decides how `nil` is.
    let type: Any.Type
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let output = WireOutput()
        try output.write(value)
        return output.bytes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(
            WireObject<Key>(
                output: output, level: output.open("{"), leavesOutNil: self.type is any MergePatch.Type))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        WireArray(output: output, level: output.open("["))
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        WireValue(output: output)
    }
}

/// The bytes written so far, and which objects and arrays are still open.
///
/// A container is closed when its value is done, or when one that holds it goes on.
final class WireOutput {
    private(set) var bytes: [UInt8] = []
    private var open: [(closing: UInt8, hasMembers: Bool)] = []

    init() {
        bytes.reserveCapacity(512)
    }

    /// Opens an object or array; its level is the number of those open.
    func open(_ opening: Character) -> Int {
        bytes.append(UInt8(ascii: opening == "{" ? "{" : "["))
        open.append((UInt8(ascii: opening == "{" ? "}" : "]"), false))
        return open.count
    }

    /// Goes on at a level: closes what is open above it, and separates members.
    func next(at level: Int) {
        close(to: level)
        if open[level - 1].hasMembers { bytes.append(UInt8(ascii: ",")) }
        open[level - 1].hasMembers = true
    }

    func name(_ key: any CodingKey, at level: Int) {
        next(at: level)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: WireNameBytes(key.stringValue))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    func write<Value: Encodable>(_ value: Value) throws {
        let level = open.count
        try value.encode(to: WireEncoder(output: self, type: Value.self))
        close(to: level)
    }

    func write(literal text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    func write(_ text: String) {
        JSONWriter.append(text, to: &bytes)
    }

    func write(_ document: JSONValue) {
        JSONWriter.append(document, to: &bytes)
    }

    func write(_ number: Double) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, EncodingError.Context(codingPath: [], debugDescription: "JSON has no such number"))
        }
        write(literal: "\(number)")
    }

    private func close(to level: Int) {
        while open.count > level, let last = open.popLast() { bytes.append(last.closing) }
    }
}

/// One value alone.
private struct WireValue: SingleValueEncodingContainer {
    let output: WireOutput
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { output.write(literal: "null") }
    func encode(_ value: Bool) { output.write(literal: value ? "true" : "false") }
    func encode(_ value: String) { output.write(value) }
    func encode(_ value: Double) throws { try output.write(value) }
    func encode(_ value: Float) throws { try output.write(Double(value)) }
    func encode(_ value: Int) { output.write(literal: String(value)) }
    func encode(_ value: Int8) { output.write(literal: String(value)) }
    func encode(_ value: Int16) { output.write(literal: String(value)) }
    func encode(_ value: Int32) { output.write(literal: String(value)) }
    func encode(_ value: Int64) { output.write(literal: String(value)) }
    func encode(_ value: UInt) { output.write(literal: String(value)) }
    func encode(_ value: UInt8) { output.write(literal: String(value)) }
    func encode(_ value: UInt16) { output.write(literal: String(value)) }
    func encode(_ value: UInt32) { output.write(literal: String(value)) }
    func encode(_ value: UInt64) { output.write(literal: String(value)) }
    func encode(_ value: some Encodable) throws { try output.write(value) }
}

/// The members of one object.
private struct WireObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: WireOutput
    let level: Int
    var codingPath: [any CodingKey] { [] }
    let leavesOutNil: Bool

    func encodeNil(forKey key: Key) {
        output.name(key, at: level)
        output.write(literal: "null")
    }

    func encode(_ value: String, forKey key: Key) {
        output.name(key, at: level)
        output.write(value)
    }

    func encode(_ value: Int, forKey key: Key) {
        output.name(key, at: level)
        output.write(literal: String(value))
    }

    func encode(_ value: some Encodable, forKey key: Key) throws {
        output.name(key, at: level)
        try output.write(value)
    }

    // The standard library has a requirement for each of these types, whose own form writes nothing for `nil`.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try optional(value, key) }
    func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws { try optional(value, key) }

    private func optional(_ value: (some Encodable)?, _ key: Key) throws {
        if let value {
            try encode(value, forKey: key)
        } else if !leavesOutNil {
            encodeNil(forKey: key)
        }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        output.name(key, at: level)
        return nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        output.name(key, at: level)
        return nested(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { WireEncoder(output: output, type: Key.self) }

    func superEncoder(forKey key: Key) -> any Encoder {
        output.name(key, at: level)
        return nested(key)
    }

    private func nested(_ key: Key) -> WireEncoder {
        WireEncoder(output: output, type: Key.self)
    }
}

/// The elements of one array.
private struct WireArray: UnkeyedEncodingContainer {
    let output: WireOutput
    let level: Int
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0

    init(output: WireOutput, level: Int) {
        self.output = output
        self.level = level
    }

    mutating func encodeNil() {
        next()
        output.write(literal: "null")
    }

    mutating func encode(_ value: some Encodable) throws {
        next()
        try output.write(value)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        superEncoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder {
        next()
        return WireEncoder(output: output, type: JSONValue.self)
    }

    private mutating func next() {
        count += 1
        output.next(at: level)
    }
}
