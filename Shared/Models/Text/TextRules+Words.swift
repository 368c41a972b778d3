/// A few sentences: a memo, or why something was done.
package enum ShortText: TextRule {
    /// The least and the most characters.
    package static let length = 1...500
    /// The sentence for the reference.
    package static let summary = "A few sentences, 1 to 500 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses what nobody could read.
    package static func problem(in text: String) -> String? {
        text.isInvisible ? "must have something that can be read" : nil
    }
}

/// A word by which programs know a kind of things: snake case.
package enum SnakeCaseWord: TextRule {
    /// The least and the most characters.
    package static let length = 1...40
    /// The sentence for the reference.
    package static let summary = "A word for programs: lower-case letters, digits and underscores."

    /// In lower case, without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed.lowercased() }

    /// Refuses other characters, and a digit or an underscore as the first.
    package static func problem(in text: String) -> String? {
        let isSnakeCase = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
        }
        let startsWithLetter = text.utf8.first.map { (0x61...0x7A).contains($0) } ?? false
        return isSnakeCase && startsWithLetter
            ? nil : "must start with a letter and have lower-case letters, digits and underscores only"
    }
}
