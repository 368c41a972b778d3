/// What somebody typed, taken apart: words and quoted phrases that all must be found.
struct SearchTerms: Sendable, Equatable {
    /// At most six terms of at most 64 characters.
    let terms: [String]
    /// The digits, when nothing but digits was typed: perhaps a case number or the end of one.
    let digits: String?

    /// The most terms that count.
    static let limit = 6
    /// The most characters of a term that count.
    static let length = 64
    /// The fewest last digits that find a case number.
    static let suffix = 4

    /// Takes a phrase apart; what stands in double quotes is one term.
    init(_ phrase: String) {
        var terms: [String] = []
        for (index, part) in phrase.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if index.isMultiple(of: 2) {
                terms += part.split(whereSeparator: \.isWhitespace).map(String.init)
            } else if let quoted = Self.joined(part) {
                terms.append(quoted)
            }
        }
        self.terms = terms.prefix(Self.limit).map { String($0.prefix(Self.length)) }
        let isNumber = terms.count == 1 && terms.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        digits = isNumber ? terms.first.map { String($0.prefix(20)) } : nil
    }

    /// The words of a quoted phrase with one space between each two; `nil` when there are none.
    private static func joined(_ phrase: Substring) -> String? {
        let words = phrase.split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
