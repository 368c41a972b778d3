import FoundationEssentials

/// The `hex` form of `bytea`: `\x` and two digits a byte.
enum HexText {
    static func encode(_ data: Data) -> String {
        unsafe data.withUnsafeBytes { bytes in
            unsafe String(unsafeUninitializedCapacity: 2 + bytes.count * 2) { text in
                unsafe text[0] = UInt8(ascii: "\\")
                unsafe text[1] = UInt8(ascii: "x")
                // By index: the formatter does not know `for unsafe`.
                for index in 0..<bytes.count {
                    let byte = unsafe bytes[index]
                    unsafe text[2 + index * 2] = JSONEscape.hexDigit(byte >> 4)
                    unsafe text[3 + index * 2] = JSONEscape.hexDigit(byte & 15)
                }
                return 2 + bytes.count * 2
            }
        }
    }

    static func decode(_ text: String) -> Data? {
        let bytes = Array(text.utf8)
        guard bytes.count % 2 == 0, bytes.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]) else { return nil }
        var data = Data(capacity: bytes.count / 2)
        for index in stride(from: 2, to: bytes.count, by: 2) {
            guard let high = digit(bytes[index]), let low = digit(bytes[index + 1]) else { return nil }
            data.append(high << 4 | low)
        }
        return data
    }

    static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
