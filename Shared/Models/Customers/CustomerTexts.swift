/// A mail address, a telephone number or a handle, on one line; its kind decides what it must look like.
package enum ContactValue: TextRule {
    /// The least and the most characters.
    package static let length = 1...254
    /// The sentence for the reference.
    package static let summary = "A mail address, a telephone number or a handle, by its kind; at most 254 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses control characters.
    package static func problem(in text: String) -> String? {
        text.hasControlCharacters ? "must be one line without control characters" : nil
    }
}

/// What people call a contact: "work", "mobile".
package enum ContactLabel: TextRule {
    /// The least and the most characters.
    package static let length = 1...40
    /// The sentence for the reference.
    package static let summary = "What the contact is called, 1 to 40 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses control characters.
    package static func problem(in text: String) -> String? {
        text.hasControlCharacters ? "must be one line without control characters" : nil
    }
}

/// A telephone number as somebody types it, to look one up.
package enum PhoneText: TextRule {
    /// The least and the most characters.
    package static let length = 3...40
    /// The sentence for the reference.
    package static let summary = "A telephone number; with + or 00 it is international, else without a country."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }
}

/// What is remembered of a customer, in some lines.
package enum CustomerNote: TextRule {
    /// The least and the most characters.
    package static let length = 1...4_000
    /// The sentence for the reference.
    package static let summary = "What is remembered of the customer, 1 to 4,000 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }
}

/// A language by its tag (RFC 5646, section 2.1), such as `de`, `pt-BR` or `zh-Hant`.
package enum LanguageTag: TextRule {
    /// The least and the most characters.
    package static let length = 2...35
    /// The sentence for the reference.
    package static let summary = "A language tag such as de, pt-BR or zh-Hant."

    /// Without white space; the language in lower case, a script as a title, a region of two letters in upper case.
    package static func normalise(_ text: String) -> String {
        text.trimmed.split(separator: "-", omittingEmptySubsequences: false).enumerated().map { index, part in
            switch (index, part.utf8.count) {
            case (1..., 2): part.uppercased()
            case (1..., 4): part.prefix(1).uppercased() + part.dropFirst().lowercased()
            default: part.lowercased()
            }
        }.joined(separator: "-")
    }

    /// Refuses what has not the form of a tag; whether the language exists is nobody's question here.
    package static func problem(in text: String) -> String? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let areParts = parts.allSatisfy { part in
            (1...8).contains(part.utf8.count)
                && part.utf8.allSatisfy { (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) }
        }
        let language = Array((parts.first ?? "").utf8)
        let isLanguage = (2...3).contains(language.count) && language.allSatisfy { (0x61...0x7A).contains($0) }
        return areParts && isLanguage ? nil : "must be a language tag such as de or pt-BR"
    }
}

/// A name of the internet's domain name system (RFC 1123, section 2.1), of at least two labels.
package enum DomainName: TextRule {
    /// The least and the most characters.
    package static let length = 3...253
    /// The sentence for the reference.
    package static let summary = "A domain such as example.com, at most 253 characters."
    /// The format in JSON Schema.
    package static let format: String? = "hostname"

    /// In lower case, without white space at both ends and without the dot of the root.
    package static func normalise(_ text: String) -> String {
        let name = text.trimmed.lowercased()
        return name.hasSuffix(".") ? String(name.dropLast()) : name
    }

    /// Refuses what no mail server could have as its domain.
    package static func problem(in text: String) -> String? {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && Text<MailAddress>("x@\(text)") != nil ? nil : "must be a domain such as example.com"
    }
}
