import FoundationEssentials

/// The canonical text of a UUID (RFC 9562, section 4), read and written by hand: the system's reader and writer go
/// through format strings, and every request reads and writes several.
enum UUIDText {
    /// The UUID of 36 characters, in either case; `nil` for anything else.
    static func uuid(_ text: String) -> UUID? {
        var text = text
        return text.withUTF8 { characters -> UUID? in
            guard characters.count == 36 else { return nil }
            var bytes: (UInt64, UInt64) = (0, 0)
            var digits = 0
            for (index, character) in characters.enumerated() {
                if index == 8 || index == 13 || index == 18 || index == 23 {
                    guard character == UInt8(ascii: "-") else { return nil }
                    continue
                }
                guard let digit = value(character) else { return nil }
                if digits < 16 { bytes.0 = bytes.0 << 4 | digit } else { bytes.1 = bytes.1 << 4 | digit }
                digits += 1
            }
            return withUnsafeBytes(of: (bytes.0.bigEndian, bytes.1.bigEndian)) { UUID(uuid: $0.load(as: uuid_t.self)) }
        }
    }

    /// The 36 characters, in lower case.
    static func text(_ uuid: UUID) -> String {
        let digits: StaticString = "0123456789abcdef"
        return withUnsafeBytes(of: uuid.uuid) { bytes in
            String(unsafeUninitializedCapacity: 36) { characters in
                var next = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        characters[next] = UInt8(ascii: "-")
                        next += 1
                    }
                    characters[next] = digits.utf8Start[Int(byte >> 4)]
                    characters[next + 1] = digits.utf8Start[Int(byte & 0xF)]
                    next += 2
                }
                return next
            }
        }
    }

    private static func value(_ character: UInt8) -> UInt64? {
        switch character {
        case 0x30...0x39: UInt64(character - 0x30)
        case 0x61...0x66: UInt64(character - 0x61 + 10)
        case 0x41...0x46: UInt64(character - 0x41 + 10)
        default: nil
        }
    }
}
