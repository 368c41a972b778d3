/// The one rule between names in Swift and names on the wire: `apiKeyID` is `api_key_id`.
package enum WireName {
    /// The wire's name of a property.
    package static func of(_ property: String) -> String {
        String(decoding: Array(WireNameBytes(property)), as: UTF8.self)
    }

    /// Whether a name on the wire is that of a property, without making the name.
    static func matches(_ name: String, _ property: String) -> Bool {
        var bytes = WireNameBytes(property)
        for byte in name.utf8 where byte != bytes.next() { return false }
        return bytes.next() == nil
    }
}

/// The bytes of a property's name on the wire, one by one.
struct WireNameBytes: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View
    private var previous: UInt8?
    /// The letter after an underscore.
    private var following: UInt8?

    init(_ property: String) {
        rest = Substring(property).utf8
    }

    mutating func next() -> UInt8? {
        if let letter = following {
            following = nil
            return letter
        }
        guard let byte = rest.popFirst() else { return nil }
        defer { previous = byte }
        guard Self.isUpper(byte) else { return byte }
        let letter = byte | 0x20
        guard let previous, !Self.isUpper(previous) || rest.first.map(Self.isLower) == true else { return letter }
        following = letter
        return UInt8(ascii: "_")
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
