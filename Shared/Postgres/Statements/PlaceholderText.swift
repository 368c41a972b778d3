/// Renumbers the placeholders of a fragment that is spliced behind others.
enum PlaceholderText {
    /// `$n` becomes `$(n + offset)` outside of quotes, comments and dollar-quoted text.
    static func shift(_ text: String, by offset: Int) -> String {
        guard offset > 0 else { return text }
        let bytes = Array(text.utf8)
        var shifted: [UInt8] = []
        shifted.reserveCapacity(bytes.count + 8)
        var index = 0
        // What lies before it is copied.
        var copied = 0
        while index < bytes.count {
            guard mayBegin(bytes[index]) else {
                index += 1
                continue
            }
            let end = opaqueEnd(bytes, from: index)
            if end > index {
                index = end
            } else if let (number, next) = placeholder(bytes, at: index) {
                shifted.append(contentsOf: bytes[copied...index])
                shifted.append(contentsOf: String(number + offset).utf8)
                index = next
                copied = next
            } else {
                index += 1
            }
        }
        shifted.append(contentsOf: bytes[copied...])
        return String(decoding: shifted, as: UTF8.self)
    }

    /// Whether a byte can begin a placeholder, a quoted or a commented stretch; hardly any of a statement's do.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "$"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "/"): true
        default: false
        }
    }

    private static func placeholder(_ bytes: [UInt8], at index: Int) -> (number: Int, next: Int)? {
        guard bytes[index] == UInt8(ascii: "$") else { return nil }
        var next = index + 1
        var number = 0
        while next < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[next]), number < 100_000 {
            number = number * 10 + Int(bytes[next] - UInt8(ascii: "0"))
            next += 1
        }
        return next > index + 1 ? (number, next) : nil
    }

    /// The end of a quoted or commented stretch that starts at `index`, or `index` if none starts there.
    private static func opaqueEnd(_ bytes: [UInt8], from index: Int) -> Int {
        let byte = bytes[index]
        let following = index + 1 < bytes.count ? bytes[index + 1] : 0
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            return (bytes[(index + 1)...].firstIndex(of: byte) ?? bytes.count - 1) + 1
        }
        if byte == UInt8(ascii: "-"), following == byte {
            return (bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count - 1) + 1
        }
        if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") {
            return find("*/", in: bytes, from: index + 2)
        }
        if byte == UInt8(ascii: "$"), following == byte {
            return find("$$", in: bytes, from: index + 2)
        }
        return index
    }

    private static func find(_ mark: String, in bytes: [UInt8], from start: Int) -> Int {
        let mark = Array(mark.utf8)
        var index = start
        while index + 1 < bytes.count {
            if bytes[index] == mark[0], bytes[index + 1] == mark[1] { return index + 2 }
            index += 1
        }
        return bytes.count
    }
}
