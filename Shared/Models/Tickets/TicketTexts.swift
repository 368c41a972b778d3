/// What a customer reports: the main content of a ticket.
package enum IssueDescription: TextRule {
    /// The least and the most characters.
    package static let length = 1...20_000
    /// The sentence for the reference.
    package static let summary = "The issue in full, 1 to 20,000 characters; its first line becomes the title."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses what nobody could read.
    package static func problem(in text: String) -> String? {
        text.isInvisible ? "must have something that can be read" : nil
    }
}

/// What is noted on a ticket.
package enum NoteText: TextRule {
    /// The least and the most characters.
    package static let length = 1...20_000
    /// The sentence for the reference.
    package static let summary = "The note, 1 to 20,000 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses what nobody could read.
    package static func problem(in text: String) -> String? {
        text.isInvisible ? "must have something that can be read" : nil
    }
}

/// What somebody types into the search field.
package enum SearchPhrase: TextRule {
    /// The least and the most characters.
    package static let length = 1...140
    /// The sentence for the reference.
    package static let summary = "Words to find, or a \"quoted phrase\"; 1 to 140 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses control characters.
    package static func problem(in text: String) -> String? {
        text.hasControlCharacters ? "must be one line without control characters" : nil
    }
}
