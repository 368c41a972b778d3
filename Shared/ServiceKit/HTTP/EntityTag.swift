package import Models

/// The version of a record as `ETag`, `If-Match` and `If-None-Match` carry it (RFC 9110, section 8.8.3).
///
/// `"12"`, or `"12.3"` where the answer shows a copied label of revision 3; `If-Match` compares the version alone.
package struct EntityTag: Hashable, Sendable {
    /// The record's version, at least 1.
    package let version: Int64
    /// The revision of a copied label, if the answer shows one.
    package let labelRevision: Int64?

    /// Takes a version.
    package init(version: Int64, labelRevision: Int64? = nil) {
        self.version = version
        self.labelRevision = labelRevision
    }

    /// Reads one strong tag of ours; `nil` for all others.
    package init?(_ text: some StringProtocol) {
        guard text.count >= 3, text.first == "\"", text.last == "\"" else { return nil }
        let parts = text.dropFirst().dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let version = Int64(parts[0]), version > 0
        else { return nil }
        var labelRevision: Int64?
        if parts.count == 2 {
            guard let revision = Int64(parts[1]) else { return nil }
            labelRevision = revision
        }
        self.init(version: version, labelRevision: labelRevision)
    }

    /// The header's text, in its quotes.
    package var text: String {
        if let labelRevision { "\"\(version).\(labelRevision)\"" } else { "\"\(version)\"" }
    }

    /// The version that `If-Match` names; `nil` when the header is absent or `*`.
    ///
    /// - Throws: ``Problem`` 400 when it is neither.
    package static func requiredVersion(ifMatch header: String?) throws(Problem) -> Int64? {
        guard let header, header != "*" else { return nil }
        guard let tag = EntityTag(header) else {
            throw Problem(
                .malformedRequest, "If-Match must be one ETag of this record, such as \"12\".",
                errors: [FieldError("If-Match", .invalidFormat, "must be one ETag in quotes")])
        }
        return tag.version
    }

    /// Whether `If-None-Match` names this tag, weakly or not, or any.
    package func isNamed(inIfNoneMatch header: String) -> Bool {
        header == "*"
            || header.split(separator: ",").contains { part in
                let trimmed = part.drop { $0 == " " }.prefix { $0 != " " }
                return (trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed) == text
            }
    }
}
