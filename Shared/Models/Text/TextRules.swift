/// The title or name of a thing, on one line.
package enum Label: TextRule {
    /// The least and the most characters.
    package static let length = 1...140
    /// The sentence for the reference.
    package static let summary = "A name on one line, 1 to 140 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses control characters.
    package static func problem(in text: String) -> String? {
        if text.hasControlCharacters { return "must be one line without control characters" }
        return text.isInvisible ? "must have something that can be read" : nil
    }
}

/// A short name for addresses: lower-case letters, digits and inner hyphens, as in a host name's label (RFC 1123).
package enum Slug: TextRule {
    /// The least and the most characters.
    package static let length = 2...63
    /// The sentence for the reference.
    package static let summary = "Lower-case letters, digits and inner hyphens, 2 to 63 characters."

    /// In lower case, without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed.lowercased() }

    /// Refuses all other characters, and hyphens at the ends.
    package static func problem(in text: String) -> String? {
        let allowed = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        return allowed && text.first != "-" && text.last != "-"
            ? nil : "must be lower-case letters, digits and inner hyphens"
    }
}

/// A mail address: one `@`, a dot-atom or any printable local part, a domain of labels (RFC 5321, section 4.1.2).
package enum MailAddress: TextRule {
    /// The least and the most characters.
    package static let length = 3...254
    /// The sentence for the reference.
    package static let summary = "A mail address, at most 254 characters."
    /// The format in JSON Schema.
    package static let format: String? = "email"

    /// Without white space at both ends; the domain in lower case.
    package static func normalise(_ text: String) -> String {
        let trimmed = text.trimmed
        guard let at = trimmed.lastIndex(of: "@") else { return trimmed }
        return trimmed[..<at] + trimmed[at...].lowercased()
    }

    /// Refuses what no mail server could take.
    package static func problem(in text: String) -> String? {
        let parts = text.split(separator: "@", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), !parts[1].isEmpty,
            !text.hasControlCharacters, !text.unicodeScalars.contains(where: \.properties.isWhitespace),
            parts[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
        else { return "must be a mail address such as ada@example.com" }
        return nil
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.unicodeScalars.allSatisfy { $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }
}

/// A password that a person chooses (OWASP ASVS 5.0, chapter 6): long, of any characters.
package enum NewPassword: TextRule {
    /// The least and the most characters.
    package static let length = 12...128
    /// The sentence for the reference.
    package static let summary = "A new password, 12 to 128 characters of any kind."
    /// The format in JSON Schema.
    package static let format: String? = "password"
    /// Shown nowhere.
    package static let isSecret = true
}

/// A secret that a caller proves itself with: a password, or the secret of a client.
package enum Secret: TextRule {
    /// The least and the most characters.
    package static let length = 1...512
    /// The sentence for the reference.
    package static let summary = "A secret, shown to nobody."
    /// The format in JSON Schema.
    package static let format: String? = "password"
    /// Shown nowhere.
    package static let isSecret = true
}

/// The name of a time zone of the IANA database, such as `Europe/Berlin`.
package enum TimeZoneName: TextRule {
    /// The least and the most characters.
    package static let length = 1...64
    /// The sentence for the reference.
    package static let summary = "A time zone of the IANA database, such as Europe/Berlin."

    /// Refuses characters that no zone's name has; whether the zone exists is decided by the service.
    package static func problem(in text: String) -> String? {
        let allowed = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "/_+-".utf8.contains($0)
        }
        return allowed ? nil : "must be the name of a time zone, such as Europe/Berlin"
    }
}

/// A cursor as a list's answer gave it.
package enum CursorText: TextRule {
    /// The least and the most characters.
    package static let length = 1...1_024
    /// The sentence for the reference.
    package static let summary = "Where the page starts: `next_cursor` of the page before."
}

/// A name in the middle of a route: the id of something, or a word with a meaning there.
package enum Reference: TextRule {
    /// The least and the most characters.
    package static let length = 1...64
    /// The sentence for the reference.
    package static let summary = "An id, or a word that the route gives a meaning."
}

extension String {
    /// The text without white space and line ends at both ends.
    var trimmed: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars)
    }

    /// Whether nothing in the text can be seen: white space, controls and zero-width characters alone.
    var isInvisible: Bool {
        if utf8.contains(where: { $0 > 0x20 && $0 < 0x7F }) { return false }
        return unicodeScalars.allSatisfy { scalar in
            scalar.properties.isWhitespace || scalar.properties.isDefaultIgnorableCodePoint
                || scalar.properties.generalCategory == .control
        }
    }

    /// Whether a control character (C0, DEL, C1) stands in the text.
    var hasControlCharacters: Bool {
        unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }
}
