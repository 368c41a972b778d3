import Models

/// What `fields=` and `include=` may name on one read: closed lists (S-11), read off the contracts, so that every
/// endpoint has them without saying so.
struct Composition: Sendable {
    /// The members of the record, or of a list's items, that `fields=` may name.
    let fields: [String]
    /// The last words of the paths under this one, which `include=` may name; a list has none.
    let relations: [String]
    /// Whether the answer is a list, whose items are narrowed.
    let isList: Bool

    /// The parameter that narrows.
    static let fieldsName = "fields"
    /// The parameter that adds.
    static let includeName = "include"
    /// The most relations of one answer: each is a read of its own.
    static let relationLimit = 5

    /// The parameters that the read has by this.
    var parameters: [String] {
        (fields.isEmpty ? [] : [Self.fieldsName]) + (relations.isEmpty ? [] : [Self.includeName])
    }

    /// Reads what may be named off an operation and those beside it; `nil` when there is nothing.
    init?(of contract: Contract, among contracts: [Contract]) {
        // A stream is no answer that could be narrowed.
        guard !contract.method.isWrite, contract.outputMediaType == "application/json",
            case .object(let answer)? = contract.outputSchema
        else { return nil }
        if case .array(let item, _)? = answer.members.first(where: { $0.name == "items" })?.schema {
            guard case .object(let item) = item else { return nil }
            (fields, relations, isList) = (item.members.map(\.name), [], true)
        } else {
            let members = answer.members.map(\.name)
            // A relation whose name a member has already could not be told from it.
            let words = Self.words(under: contract.path, contracts).filter { !members.contains($0) }
            (fields, relations, isList) = (members, words, false)
        }
        if fields.isEmpty, relations.isEmpty { return nil }
    }

    private static func words(under path: String, _ contracts: [Contract]) -> [String] {
        contracts.compactMap { other in
            guard !other.method.isWrite, other.outputSchema != nil, other.path.hasPrefix("\(path)/") else { return nil }
            let word = other.path.dropFirst(path.count + 1)
            return word.contains { $0 == "/" || $0 == "{" } ? nil : String(word)
        }
        .sorted()
    }

    /// Whether a query may hold one of the parameters: the one look that all other requests pay for.
    static func mayBeAsked(in query: String) -> Bool {
        var rest = query.utf8[...]
        while true {
            if rest.starts(with: fieldsName.utf8) || rest.starts(with: includeName.utf8) { return true }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "&") }
            if name.contains(UInt8(ascii: "%")) { return true }
            guard let end = rest.firstIndex(of: UInt8(ascii: "&")) else { return false }
            rest = rest[rest.index(after: end)...]
        }
    }

    /// What one request asks.
    struct Asked: Sendable {
        /// The members to keep; `nil` for all.
        var fields: [String]?
        /// The relations to add, in the order in which they were named.
        var relations: [String] = []
        /// The query without the two parameters.
        var rest = ""
    }

    /// Reads the two parameters out of a query.
    ///
    /// - Throws: ``Problem`` 400 that lists what is known when something else is named.
    func asked(in query: String) throws(Problem) -> Asked {
        var asked = Asked()
        var others: [Substring] = []
        var faults: [FieldError] = []
        var lists: [String] = []
        func names(_ parameter: QueryParameter, _ known: [String], limit: Int) -> [String] {
            let named = parameter.value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            let found = Self.faults(named, known, limit).map { FieldError(parameter.name, $0.code, $0.detail) }
            if !found.isEmpty { lists.append("\(parameter.name) knows: \(known.joined(separator: ", ")).") }
            faults += found
            return named
        }
        for parameter in try QueryText.parameters(of: query) {
            switch parameter.name {
            case Self.fieldsName where !fields.isEmpty:
                asked.fields = names(parameter, fields, limit: fields.count)
            case Self.includeName where !relations.isEmpty:
                asked.relations = names(parameter, relations, limit: Self.relationLimit)
            default: others.append(parameter.raw)
            }
        }
        guard faults.isEmpty else {
            throw Problem(.invalidParameter, lists.joined(separator: " "), errors: faults)
        }
        asked.rest = others.joined(separator: "&")
        return asked
    }

    private static func faults(
        _ named: [String], _ known: [String], _ limit: Int
    ) -> [(code: FieldError.Code, detail: String)] {
        let unknown = named.filter { !known.contains($0) }.prefix(100)
        guard unknown.isEmpty else {
            return unknown.map { (.notAllowed, $0.isEmpty ? "must name something" : "does not know \($0.prefix(64))") }
        }
        if Set(named).count < named.count { return [(.notAllowed, "must name each once")] }
        return named.count > limit ? [(.tooLong, "must name at most \(limit)")] : []
    }
}
