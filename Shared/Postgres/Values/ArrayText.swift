/// PostgreSQL's text form of one-dimensional arrays, see "Array Input and Output Syntax" in its manual.
enum ArrayText {
    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")

    static func encode(_ elements: [PostgresParameter]) -> String {
        var text: [UInt8] = [UInt8(ascii: "{")]
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(comma) }
            switch element.value {
            case .null, .invalid: text.append(contentsOf: "NULL".utf8)
            case .text(let value): appendQuoted(value.utf8, to: &text)
            case .bytes(let value): appendQuoted(value, to: &text)
            }
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    private static func appendQuoted(_ value: some Sequence<UInt8>, to text: inout [UInt8]) {
        text.append(quote)
        for byte in value {
            if byte == quote || byte == backslash { text.append(backslash) }
            text.append(byte)
        }
        text.append(quote)
    }

    /// The elements, `nil` for NULL; no elements at all if the text is no one-dimensional array.
    static func decode(_ text: String) -> [String?]? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") else { return nil }
        if bytes.count == 2 { return [] }
        var elements: [String?] = []
        var index = 1
        while index < bytes.count {
            guard let element = next(in: bytes, from: &index) else { return nil }
            elements.append(element)
            guard bytes[index] == comma || index == bytes.count - 1 else { return nil }
            index += 1
        }
        return elements
    }

    /// One element, leaving `index` on the comma or brace behind it; `nil` for malformed text.
    private static func next(in bytes: [UInt8], from index: inout Int) -> String?? {
        var element: [UInt8] = []
        if bytes[index] == quote {
            index += 1
            while index < bytes.count - 1, bytes[index] != quote {
                if bytes[index] == backslash { index += 1 }
                element.append(bytes[index])
                index += 1
            }
            guard index < bytes.count - 1 else { return nil }
            index += 1
            return .some(.some(String(decoding: element, as: UTF8.self)))
        }
        while index < bytes.count - 1, bytes[index] != comma {
            guard bytes[index] != UInt8(ascii: "{") else { return nil }
            element.append(bytes[index])
            index += 1
        }
        let value = String(decoding: element, as: UTF8.self)
        return .some(value == "NULL" ? nil : value)
    }
}
