/// Finds functions in blanked source by their keywords and braces.
struct FunctionReader {
    private let text: [UInt8]

    init(code: String) {
        text = Array(code.utf8)
    }

    /// Every function, initialiser and `var` with a body, outer ones before those inside them.
    var functions: [SourceFile.Function] {
        var functions: [SourceFile.Function] = []
        var line = 1
        for index in text.indices {
            if text[index] == UInt8(ascii: "\n") { line += 1 }
            guard isWordStart(index), let name = name(at: index) else { continue }
            let (start, parameters) = signature(after: index + name.utf8.count)
            guard let body = body(after: start, isProperty: name.hasPrefix("var")), let end = end(of: body) else {
                continue
            }
            let length = text[index...end].count(where: { $0 == UInt8(ascii: "\n") }) + 1
            functions.append(.init(name: name, line: line, length: length, parameters: parameters))
        }
        return functions
    }

    private func isWord(_ byte: UInt8) -> Bool {
        Unicode.Scalar(byte).properties.isAlphabetic || (48...57).contains(byte) || byte == UInt8(ascii: "_")
    }

    private func isOne(of characters: StaticString, _ byte: UInt8) -> Bool {
        characters.withUTF8Buffer { $0.contains(byte) }
    }

    private func isWordStart(_ index: Int) -> Bool {
        // The keywords looked for begin with one of these.
        guard isOne(of: "fvids", text[index]) else { return false }
        return index == 0 || !(isWord(text[index - 1]) || isOne(of: ".`#", text[index - 1]))
    }

    /// `func name`, `init`, `deinit`, `subscript` or `var name` at this place.
    private func name(at index: Int) -> String? {
        let rest = String(decoding: text[index..<min(index + 80, text.count)], as: UTF8.self)
        if let match = rest.prefixMatch(of: /(?:func|var)\s+[^\s(<:=]+/) { return String(match.0) }
        return rest.prefixMatch(of: /(?:init|deinit|subscript)\b/).map { String($0.0) }
    }

    /// The first index after generic parameters and the parameter list, and the number of parameters.
    private func signature(after start: Int) -> (end: Int, parameters: Int) {
        var index = start
        while index < text.count, isOne(of: " \n\t?", text[index]) { index += 1 }
        if index < text.count, text[index] == UInt8(ascii: "<") { index = afterMatching("<", ">", from: index) }
        guard index < text.count, text[index] == UInt8(ascii: "(") else { return (index, 0) }
        let end = afterMatching("(", ")", from: index)
        return (end, count(in: text[(index + 1)..<max(index + 1, end - 1)]))
    }

    /// The parameters of a list, but for those that say where the call stands (`#fileID`, `#line`).
    private func count(in list: ArraySlice<UInt8>) -> Int {
        var depth = 0
        var parameters = [[UInt8]()]
        for (index, byte) in zip(list.indices, list) {
            let isArrow = byte == UInt8(ascii: ">") && text[index - 1] == UInt8(ascii: "-")
            if isOne(of: "([{<", byte) { depth += 1 }
            if isOne(of: ")]}>", byte), !isArrow { depth -= 1 }
            if byte == UInt8(ascii: ","), depth <= 0 {
                parameters.append([])
            } else {
                parameters[parameters.count - 1].append(byte)
            }
        }
        return parameters.count { parameter in
            let text = String(decoding: parameter, as: UTF8.self)
            return !text.allSatisfy(\.isWhitespace) && !text.contains(/#(?:file|fileID|filePath|line|function)\b/)
        }
    }

    private func afterMatching(_ open: Unicode.Scalar, _ close: Unicode.Scalar, from start: Int) -> Int {
        let (open, close) = (UInt8(ascii: open), UInt8(ascii: close))
        var depth = 0
        for index in start..<text.count {
            if text[index] == open { depth += 1 }
            // The arrow of a function type closes nothing.
            let isArrow = close == UInt8(ascii: ">") && text[index - 1] == UInt8(ascii: "-")
            if text[index] == close, !isArrow { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return text.count
    }

    /// The opening brace of a body; nil for a requirement of a protocol, and for a property without one.
    private func body(after start: Int, isProperty: Bool) -> Int? {
        var index = start
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "{") { return index }
            if byte == UInt8(ascii: "}") || (isProperty && isOne(of: "=\n", byte)) { return nil }
            if index > start, isWordStart(index), name(at: index) != nil { return nil }
            if byte == UInt8(ascii: "(") {
                index = afterMatching("(", ")", from: index)
            } else if byte == UInt8(ascii: "[") {
                index = afterMatching("[", "]", from: index)
            } else {
                index += 1
            }
        }
        return nil
    }

    private func end(of body: Int) -> Int? {
        let after = afterMatching("{", "}", from: body)
        return after <= text.count && text[after - 1] == UInt8(ascii: "}") ? after - 1 : nil
    }
}
