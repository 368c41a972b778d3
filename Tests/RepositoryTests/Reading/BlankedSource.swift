/// Swift source with the same lines and columns, in which comments and the contents of string literals are blanks.
///
/// Not a parser: it knows comments (nested block comments too), literals with any number of `#`, multi-line literals,
/// and code inside interpolations, which stays.
struct BlankedSource {
    private let input: [UInt8]
    private var output: [UInt8] = []
    private var position = 0

    /// The blanked text of a source.
    static func text(of source: String) -> String {
        var reader = BlankedSource(input: Array(source.utf8))
        reader.readCode(untilParenthesis: false)
        return String(decoding: reader.output, as: UTF8.self)
    }

    private init(input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    private func starts(with text: StaticString) -> Bool { starts(with: text, at: position) }

    private func starts(with text: StaticString, at start: Int) -> Bool {
        guard start + text.utf8CodeUnitCount <= input.count else { return false }
        return text.withUTF8Buffer { bytes in
            bytes.indices.allSatisfy { input[start + $0] == bytes[$0] }
        }
    }

    /// Whether there are so many `#` from an index on.
    private func hasHashes(_ count: Int, at start: Int) -> Bool {
        start + count <= input.count && input[start..<(start + count)].allSatisfy { $0 == UInt8(ascii: "#") }
    }

    private var isNewline: Bool { input[position] == UInt8(ascii: "\n") }

    private mutating func keep(_ count: Int = 1) {
        for _ in 0..<count where position < input.count {
            output.append(input[position])
            position += 1
        }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < input.count {
            output.append(isNewline ? input[position] : UInt8(ascii: " "))
            position += 1
        }
    }

    /// Reads code to the end, or to the parenthesis that ends an interpolation.
    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while position < input.count {
            if starts(with: "//") {
                while position < input.count, !isNewline { blank() }
            } else if starts(with: "/*") {
                readBlockComment()
            } else if let delimiter = stringDelimiter() {
                readString(hashes: delimiter.hashes, isMultiline: delimiter.isMultiline)
            } else {
                if input[position] == UInt8(ascii: "(") { depth += 1 }
                if input[position] == UInt8(ascii: ")") {
                    if untilParenthesis, depth == 0 { return }
                    depth -= 1
                }
                keep()
            }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && position < input.count
    }

    private func stringDelimiter() -> (hashes: Int, isMultiline: Bool)? {
        var index = position
        while index < input.count, input[index] == UInt8(ascii: "#") { index += 1 }
        guard starts(with: "\"", at: index) else { return nil }
        return (index - position, starts(with: "\"\"\"", at: index))
    }

    private mutating func readString(hashes: Int, isMultiline: Bool) {
        let quotes: StaticString = isMultiline ? "\"\"\"" : "\""
        let count = quotes.utf8CodeUnitCount
        keep(hashes + count)
        while position < input.count {
            if starts(with: quotes), hasHashes(hashes, at: position + count) {
                keep(count + hashes)
                return
            }
            if starts(with: "\\"), hasHashes(hashes, at: position + 1) {
                let isInterpolation = starts(with: "(", at: position + 1 + hashes)
                blank(2 + hashes)
                if isInterpolation {
                    readCode(untilParenthesis: true)
                    blank()
                }
            } else if !isMultiline, isNewline {
                return
            } else {
                blank()
            }
        }
    }
}
