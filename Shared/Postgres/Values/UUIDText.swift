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
        var text = text
        let words: (UInt64, UInt64)? = text.withUTF8 { digits in
            guard digits.count == 36 else { return nil }
            var words: (UInt64, UInt64) = (0, 0)
            var count = 0
            // By index: the formatter does not know `for unsafe`.
            for index in 0..<36 {
                let byte = unsafe digits[index]
                if byte == UInt8(ascii: "-") { continue }
                guard let digit = HexText.digit(byte), count < 32 else { return nil }
                if count < 16 { words.0 = words.0 << 4 | UInt64(digit) } else { words.1 = words.1 << 4 | UInt64(digit) }
                count += 1
            }
            return count == 32 ? words : nil
        }
        guard let words else { return nil }
        func byte(_ word: UInt64, _ place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: word >> (56 - 8 * place)) }
        return UUID(
            uuid: (
                byte(words.0, 0), byte(words.0, 1), byte(words.0, 2), byte(words.0, 3), byte(words.0, 4),
                byte(words.0, 5), byte(words.0, 6), byte(words.0, 7), byte(words.1, 0), byte(words.1, 1),
                byte(words.1, 2), byte(words.1, 3), byte(words.1, 4), byte(words.1, 5), byte(words.1, 6),
                byte(words.1, 7)
            ))
    }
}
