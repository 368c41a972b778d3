import Foundation

/// Finds functions in blanked source by their keywords and braces.
struct FunctionReader {
    private let text: [UInt16]
    /// Where functions may begin, with what stands there, by place.
    private let candidates: [(start: Int, name: String)]

    init(code: String) {
        let whole = NSRange(code.startIndex..., in: code)
        let pattern = #"(?<![\w.`#])(?:(?:func|var)\s+[^\s(<:=]+|(?:init|deinit|subscript)\b)"#
        let matches = (try? NSRegularExpression(pattern: pattern))?.matches(in: code, range: whole) ?? []
        text = Array(code.utf16)
        candidates = matches.compactMap { match in
            Range(match.range, in: code).map { (match.range.location, String(code[$0])) }
        }
    }

    /// Every function, initialiser and `var` with a body, outer ones before those inside them.
    var functions: [SourceFile.Function] {
        var functions: [SourceFile.Function] = []
        var line = 1
        var counted = 0
        for (index, candidate) in candidates.enumerated() {
            line += text[counted..<candidate.start].count { $0 == Self.newline }
            counted = candidate.start
            let (start, parameters) = signature(after: candidate.start + candidate.name.utf16.count)
            let next = index + 1 < candidates.count ? candidates[index + 1].start : text.count
            guard let body = body(after: start, before: next, isProperty: candidate.name.hasPrefix("var")),
                let end = end(of: body)
            else { continue }
            let length = text[candidate.start...end].count { $0 == Self.newline } + 1
            functions.append(
                .init(name: candidate.name, line: line, length: length, parameters: parameters))
        }
        return functions
    }

    private static let newline = UInt16(UInt8(ascii: "\n"))

    private func isOne(of characters: StaticString, _ unit: UInt16) -> Bool {
        unit < 128 && characters.withUTF8Buffer { $0.contains(UInt8(unit)) }
    }

    /// The first index after generic parameters and the parameter list, and the number of parameters.
    private func signature(after start: Int) -> (end: Int, parameters: Int) {
        var index = start
        while index < text.count, isOne(of: " \n\t?", text[index]) { index += 1 }
        if index < text.count, text[index] == unit("<") { index = afterMatching("<", ">", from: index) }
        guard index < text.count, text[index] == unit("(") else { return (index, 0) }
        let end = afterMatching("(", ")", from: index)
        return (end, count(in: text[(index + 1)..<max(index + 1, end - 1)]))
    }

    /// The parameters of a list, but for those that say where the call stands (`#fileID`, `#line`).
    private func count(in list: ArraySlice<UInt16>) -> Int {
        var depth = 0
        var parameters = [[UInt16]()]
        for (index, character) in zip(list.indices, list) {
            let isArrow = character == unit(">") && text[index - 1] == unit("-")
            if isOne(of: "([{<", character) { depth += 1 }
            if isOne(of: ")]}>", character), !isArrow { depth -= 1 }
            if character == unit(","), depth <= 0 {
                parameters.append([])
            } else {
                parameters[parameters.count - 1].append(character)
            }
        }
        return parameters.count { parameter in
            let text = String(decoding: parameter, as: UTF16.self)
            return !text.allSatisfy(\.isWhitespace) && !text.contains(/#(?:file|fileID|filePath|line|function)\b/)
        }
    }

    private func afterMatching(_ open: Unicode.Scalar, _ close: Unicode.Scalar, from start: Int) -> Int {
        let (open, close) = (unit(open), unit(close))
        var depth = 0
        for index in start..<text.count {
            if text[index] == open { depth += 1 }
            // The arrow of a function type closes nothing.
            let isArrow = close == unit(">") && text[index - 1] == unit("-")
            if text[index] == close, !isArrow { depth -= 1 }
            if depth == 0 { return index + 1 }
        }
        return text.count
    }

    /// The opening brace of a body; nil for a requirement of a protocol, and for a property without one.
    private func body(after start: Int, before next: Int, isProperty: Bool) -> Int? {
        var index = start
        while index < text.count, index < max(next, start + 1) {
            let character = text[index]
            if character == unit("{") { return index }
            if character == unit("}") || (isProperty && isOne(of: "=\n", character)) { return nil }
            if character == unit("(") {
                index = afterMatching("(", ")", from: index)
            } else if character == unit("[") {
                index = afterMatching("[", "]", from: index)
            } else {
                index += 1
            }
        }
        return nil
    }

    private func end(of body: Int) -> Int? {
        let after = afterMatching("{", "}", from: body)
        return after <= text.count && text[after - 1] == unit("}") ? after - 1 : nil
    }

    private func unit(_ character: Unicode.Scalar) -> UInt16 { UInt16(truncatingIfNeeded: character.value) }
}
