import FoundationEssentials

/// The text form of `uuid`; Foundation's own goes through `printf` and `scanf`, which showed in the profile.
enum UUIDText {
    static func encode(_ value: UUID) -> String {
        let uuid = value.uuid
        let bytes = [
            uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5, uuid.6, uuid.7,
            uuid.8, uuid.9, uuid.10, uuid.11, uuid.12, uuid.13, uuid.14, uuid.15,
        ]
        return unsafe String(unsafeUninitializedCapacity: 36) { text in
            var index = 0
            for (place, byte) in bytes.enumerated() {
                if place == 4 || place == 6 || place == 8 || place == 10 {
                    unsafe text[index] = UInt8(ascii: "-")
                    index += 1
                }
                unsafe text[index] = JSONEscape.hexDigit(byte >> 4)
                unsafe text[index + 1] = JSONEscape.hexDigit(byte & 15)
                index += 2
            }
            return index
        }
    }

    static func decode(_ text: String) -> UUID? {
        guard text.utf8.count == 36 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        var high: UInt8?
        for byte in text.utf8 where byte != UInt8(ascii: "-") {
            guard let digit = HexText.digit(byte) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard bytes.count == 16 else { return nil }
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}
