/// One or more words of a list, separated by commas, as parameters carry them: `open,in_progress`.
package struct Words<Word: WireWord>: Codable, Hashable, Sendable, SchemaDescribed {
    /// The words in the order of their declaration, each once.
    package let words: [Word]

    /// Takes words.
    package init(_ words: [Word]) {
        self.words = Word.allCases.filter(words.contains)
    }

    /// Reads the words from a JSON string that was validated.
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        self.init(text.split(separator: ",").compactMap { Word(rawValue: String($0)) })
    }

    /// Writes the words as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words.map(\.rawValue).joined(separator: ","))
    }

    /// A string of known words.
    package static var schema: Schema {
        let known = Word.allCases.map(\.rawValue)
        let anyOne = "(\(known.joined(separator: "|")))"
        return .text(
            TextSchema(
                length: 1...256, summary: "One or more of \(known.joined(separator: ", ")), by commas.",
                pattern: "^\(anyOne)(,\(anyOne))*$"
            ) { text in
                let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                return words.allSatisfy(known.contains)
                    ? nil : "must be one or more of \(known.joined(separator: ", ")), separated by commas"
            })
    }

    /// The first word.
    package static var sample: Words { Words([Word.sample]) }
}
