/// The one rule between names in Swift and names on the wire: `apiKeyID` is `api_key_id`.
package enum WireName {
    /// The wire's name of a property.
    package static func of(_ property: String) -> String {
        guard property.utf8.contains(where: isUpper) else { return property }
        let bytes = Array(property.utf8)
        var name: [UInt8] = []
        name.reserveCapacity(bytes.count + 4)
        for (index, byte) in bytes.enumerated() {
            guard isUpper(byte) else {
                name.append(byte)
                continue
            }
            let afterLower = index > 0 && !isUpper(bytes[index - 1])
            let beforeLower = index > 0 && index + 1 < bytes.count && isLower(bytes[index + 1])
            if afterLower || beforeLower { name.append(UInt8(ascii: "_")) }
            name.append(byte | 0x20)
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
