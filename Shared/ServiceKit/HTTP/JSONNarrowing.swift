import Models

/// Keeps some members of the records in an answer, on the answer's own bytes: what stays is copied, the rest is passed
/// over, and nothing is decoded.
///
/// It reads what our own writers wrote, and fails where they could not have written it.
struct JSONNarrowing {
    private let bytes: [UInt8]
    private let names: [[UInt8]]
    private var position = 0
    private var output: [UInt8] = []

    private init(_ bytes: [UInt8], _ names: [[UInt8]]) {
        self.bytes = bytes
        self.names = names
        output.reserveCapacity(bytes.count)
    }

    /// The answer with the named members of its record, or of each of its items.
    ///
    /// - Throws: ``Problem`` 500 when the bytes are no such answer.
    static func narrowed(_ bytes: [UInt8], to names: [String], isList: Bool) throws(Problem) -> [UInt8] {
        var narrowing = JSONNarrowing(bytes, names.map { Array($0.utf8) })
        if isList { try narrowing.list() } else { try narrowing.record() }
        guard narrowing.position == bytes.count else { throw narrowing.malformed }
        return narrowing.output
    }

    /// An object whose member `items` holds the records.
    private mutating func list() throws(Problem) {
        try copy("{")
        while true {
            let start = position
            let name = try string()
            try take(":")
            output.append(contentsOf: bytes[start..<position])
            if name.elementsEqual("items".utf8) { try items() } else { output.append(contentsOf: try value()) }
            guard peek == UInt8(ascii: ",") else { break }
            try copy(",")
        }
        try copy("}")
    }

    private mutating func items() throws(Problem) {
        try copy("[")
        while peek != UInt8(ascii: "]") {
            try record()
            if peek == UInt8(ascii: ",") { try copy(",") }
        }
        try copy("]")
    }

    private mutating func record() throws(Problem) {
        try copy("{")
        var isFirst = true
        while peek != UInt8(ascii: "}") {
            let start = position
            let name = try string()
            try take(":")
            _ = try value()
            if names.contains(where: { $0.elementsEqual(name) }) {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                output.append(contentsOf: bytes[start..<position])
                isFirst = false
            }
            if peek == UInt8(ascii: ",") { position += 1 }
        }
        try copy("}")
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }
    private var malformed: Problem { Problem(.internalError, "Report the request id if it happens again.") }

    private mutating func take(_ character: Unicode.Scalar) throws(Problem) {
        guard peek == UInt8(ascii: character) else { throw malformed }
        position += 1
    }

    private mutating func copy(_ character: Unicode.Scalar) throws(Problem) {
        try take(character)
        output.append(UInt8(ascii: character))
    }

    /// Passes over a string; what stands between its quotes.
    private mutating func string() throws(Problem) -> ArraySlice<UInt8> {
        try take("\"")
        let start = position
        while let byte = peek {
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return bytes[start..<position - 1] }
        }
        throw malformed
    }

    /// Passes over a value of any kind; its bytes.
    private mutating func value() throws(Problem) -> ArraySlice<UInt8> {
        let start = position
        var depth = 0
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return bytes[start..<position] }
                depth -= 1
                position += 1
            case UInt8(ascii: ",") where depth == 0: return bytes[start..<position]
            default: position += 1
            }
        }
        throw malformed
    }
}
