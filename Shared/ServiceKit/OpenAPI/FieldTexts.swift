import Models

/// What the types and members of the API mean, from their documentation in `Models`: `deploy/field-texts` writes it
/// down, since a comment is not there any more when the program runs.
struct FieldTexts: Sendable {
    /// The texts of this build.
    static let all = FieldTexts(lines: String(decoding: PackageResources.field_texts_tsv, as: UTF8.self))

    private var texts: [String: String] = [:]
    /// The names of the types, longest first.
    private let types: [String]

    /// Reads lines of name, tab, text; a member's name is `Type.member` as it stands in the program.
    init(lines: String) {
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            let names = parts[0].split(separator: ".").map(String.init)
            texts[names.count == 2 ? "\(names[0]).\(WireName.of(names[1]))" : parts[0]] = parts[1]
        }
        types = texts.keys.filter { !$0.contains(".") }.sorted { $0.count > $1.count }
    }

    /// What a type of the document is; `nil` when nothing is written down.
    func text(of type: String) -> String? { texts[type] }

    /// What a member of a type means; `nil` when nothing is written down.
    func text(of member: String, in type: String) -> String? {
        if texts[type] != nil { return texts["\(type).\(member)"] }
        // `Page<User>` is `UserPage` in a document, and a batch has the name of its plural before it.
        guard let general = types.first(where: { type.hasSuffix($0) }) else { return nil }
        return texts["\(general).\(member)"]
    }
}

extension JSONValue {
    /// The same schema with what it means, before what its form is.
    func described(by text: String?) -> JSONValue {
        guard let text, case .object(let members) = self else { return self }
        var whole = text
        if case .string(let form)? = self["description"] {
            // A form that begins with the meaning says both.
            let stem = text.hasSuffix(".") ? text.dropLast() : Substring(text)
            whole = form.hasPrefix(stem) ? form : "\(text) \(form)"
        }
        let rest = members.filter { $0.name != "description" }
        return .object(rest + [Member("description", .string(whole))])
    }
}
