/// Writes Swift values as JSON straight into bytes, members in the order of their declaration.
///
/// Optional members that are `nil` are written as `null`, as rows are written; in a ``MergePatch`` they are left out,
/// where `null` would clear them.
struct WireEncoder: Encoder {
    let output: WireOutput
    let codingPath: [any CodingKey]
    let leavesOutNil: Bool
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let output = WireOutput()
        try output.write(value, at: [])
        return output.bytes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(
            WireObject<Key>(
                output: output, level: output.open("{"), codingPath: codingPath, leavesOutNil: leavesOutNil))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        WireArray(output: output, level: output.open("["), codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        WireValue(output: output, codingPath: codingPath)
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
        JSONWriter.append(WireName.of(key.stringValue), to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }

    func write(_ value: some Encodable, at path: [any CodingKey]) throws {
        let level = open.count
        try value.encode(
            to: WireEncoder(output: self, codingPath: path, leavesOutNil: type(of: value) is any MergePatch.Type))
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

    func write(_ number: Double, at path: [any CodingKey]) throws {
        guard number.isFinite else {
            throw EncodingError.invalidValue(
                number, EncodingError.Context(codingPath: path, debugDescription: "JSON has no such number"))
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
    let codingPath: [any CodingKey]

    func encodeNil() { output.write(literal: "null") }
    func encode(_ value: Bool) { output.write(literal: value ? "true" : "false") }
    func encode(_ value: String) { output.write(value) }
    func encode(_ value: Double) throws { try output.write(value, at: codingPath) }
    func encode(_ value: Float) throws { try output.write(Double(value), at: codingPath) }
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
    func encode(_ value: some Encodable) throws { try output.write(value, at: codingPath) }
}

/// The members of one object.
private struct WireObject<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let output: WireOutput
    let level: Int
    let codingPath: [any CodingKey]
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
        try output.write(value, at: codingPath + [key])
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

    func superEncoder() -> any Encoder { WireEncoder(output: output, codingPath: codingPath, leavesOutNil: false) }

    func superEncoder(forKey key: Key) -> any Encoder {
        output.name(key, at: level)
        return nested(key)
    }

    private func nested(_ key: Key) -> WireEncoder {
        WireEncoder(output: output, codingPath: codingPath + [key], leavesOutNil: false)
    }
}

/// The elements of one array.
private struct WireArray: UnkeyedEncodingContainer {
    let output: WireOutput
    let level: Int
    let codingPath: [any CodingKey]
    private(set) var count = 0

    init(output: WireOutput, level: Int, codingPath: [any CodingKey]) {
        self.output = output
        self.level = level
        self.codingPath = codingPath
    }

    mutating func encodeNil() {
        next()
        output.write(literal: "null")
    }

    mutating func encode(_ value: some Encodable) throws {
        next()
        try output.write(value, at: codingPath)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        superEncoder().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { superEncoder().unkeyedContainer() }

    mutating func superEncoder() -> any Encoder {
        next()
        return WireEncoder(output: output, codingPath: codingPath, leavesOutNil: false)
    }

    private mutating func next() {
        count += 1
        output.next(at: level)
    }
}
