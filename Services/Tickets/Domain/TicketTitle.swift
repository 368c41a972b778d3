import Models

/// The title of a ticket: the first line of its description that says anything, at most 140 characters.
enum TicketTitle {
    /// The most Unicode scalars of a title.
    static let limit = 140

    /// Derives the title; a line that is too long ends with an ellipsis after its last whole word.
    static func of(_ description: String) -> String {
        guard let line = firstLine(of: description) else { return "…" }
        let scalars = line.unicodeScalars
        guard scalars.count > limit else { return line }
        // Characters are kept whole: one can have several scalars.
        var title = ""
        var count = 0
        for character in line {
            count += character.unicodeScalars.count
            guard count < limit else { break }
            title.append(character)
        }
        if let space = title.lastIndex(of: " "), title.distance(from: title.startIndex, to: space) > limit / 2 {
            title = String(title[..<space])
        }
        return title + "…"
    }

    /// The first line that is not blank, folded.
    ///
    /// Line feeds are found among bytes; only a stretch with other characters is asked for Unicode's further line ends.
    private static func firstLine(of text: String) -> String? {
        var rest = Substring(text)
        while !rest.isEmpty {
            let end = rest.utf8.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? rest.endIndex
            let stretch = rest[..<end]
            let isPlain = stretch.utf8.allSatisfy { $0 < 0x80 && $0 != 0x0B && $0 != 0x0C }
            let lines = isPlain ? [stretch] : stretch.split(whereSeparator: \.isNewline)
            if let line = lines.lazy.map({ folded($0) }).first(where: { !$0.isEmpty }) { return line }
            guard end < rest.endIndex else { return nil }
            rest = rest[rest.utf8.index(after: end)...]
        }
        return nil
    }

    /// One line without control characters, and one space where there was white space.
    private static func folded(_ line: Substring) -> String {
        // The same for the commonest texts, without asking Unicode about each character.
        if line.utf8.allSatisfy({ $0 < 0x80 }) {
            return line.utf8.split { $0 <= 0x20 || $0 == 0x7F }.map { String(Substring($0)) }.joined(separator: " ")
        }
        return line.split { character in
            character.isWhitespace || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
        }.joined(separator: " ")
    }
}
