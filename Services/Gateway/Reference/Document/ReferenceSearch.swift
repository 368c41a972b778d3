/// Finds operations, types and parts of the guide by words that stand in them.
struct ReferenceSearch: Sendable {
    /// The most characters of a query that count.
    static let queryLimit = 100
    /// The most words of a query that count.
    static let wordLimit = 8
    /// The most hits that are shown.
    static let hitLimit = 40

    /// One place that can be found.
    struct Hit: Sendable {
        enum Kind: Sendable {
            case operation(ReferenceOperation)
            case schema(String)
            case guide(title: String)
        }
        let kind: Kind
        let address: String
        let summary: String
    }

    /// What was found, the best first.
    struct Hits: Sendable {
        var shown: [Hit] = []
        /// How many there are in all.
        var count = 0
    }

    private struct Entry: Sendable {
        let hit: Hit
        /// What it is called: a word found here counts most.
        let name: [UInt8]
        /// What it is about.
        let text: [UInt8]
        /// What stands in it.
        let rest: [UInt8]
    }

    private let entries: [Entry]

    init(_ document: ReferenceDocument, guide: [GuideSection]) {
        let sections = guide.map { section in
            Entry(
                hit: Hit(
                    kind: .guide(title: section.title), address: "/docs#\(section.id)", summary: section.summary),
                name: Self.folded(section.title), text: Self.folded(section.summary),
                rest: Self.folded(section.words))
        }
        let operations = document.operations.map { Self.entry($0, document) }
        let schemas = document.schemas.map { schema in
            Entry(
                hit: Hit(
                    kind: .schema(schema.name), address: ReferenceSchema.address(of: schema.name),
                    summary: schema.summary ?? ""),
                name: Self.folded(schema.name), text: Self.folded(schema.summary ?? ""),
                rest: Self.folded(schema.fields.map(\.name).joined(separator: " ")))
        }
        entries = operations + sections + schemas
    }

    private static func entry(_ operation: ReferenceOperation, _ document: ReferenceDocument) -> Entry {
        var rest = operation.parameters.map(\.field.name) + operation.problems.map(\.word)
        for schema in [operation.body, operation.success.schema] {
            guard let name = schema.flatMap({ ReferenceShape($0).reference }) else { continue }
            rest.append(name)
            rest += document.schema(name)?.fields.map(\.name) ?? []
        }
        if case .needs(let permission) = operation.access { rest.append(permission) }
        return Entry(
            hit: Hit(kind: .operation(operation), address: operation.address, summary: operation.summary),
            name: folded("\(operation.method) \(operation.path) \(operation.id)"),
            text: folded("\(operation.summary) \(ReferenceWords.title(of: operation.tag)) \(operation.shortName)"),
            rest: folded(rest.joined(separator: " ")))
    }

    /// The words of a query, cut to what counts and without what nobody can see.
    static func words(of query: String) -> [String] {
        cut(query).split(whereSeparator: \.isWhitespace).prefix(wordLimit).map(String.init)
    }

    /// A query as it counts.
    static func cut(_ query: String) -> String {
        String(
            String.UnicodeScalarView(
                query.unicodeScalars.prefix(queryLimit).map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: " "
                    default: scalar
                    }
                }))
    }

    /// The places in which all words of a query stand.
    func hits(for query: String) -> Hits {
        let words = Self.words(of: query).map(Self.folded)
        guard !words.isEmpty else { return Hits() }
        let found = entries.enumerated().compactMap { index, entry -> (score: Int, index: Int)? in
            var score = 0
            for word in words {
                guard let worth = Self.worth(of: word, in: entry) else { return nil }
                score += worth
            }
            return (score, index)
        }
        let best = found.sorted { ($1.score, $0.index) < ($0.score, $1.index) }
        return Hits(shown: best.prefix(Self.hitLimit).map { entries[$0.index].hit }, count: best.count)
    }

    private static func worth(of word: [UInt8], in entry: Entry) -> Int? {
        if let place = place(of: word, in: entry.name) { return 6 + 3 * place.rawValue }
        if let place = place(of: word, in: entry.text) { return 3 + 2 * place.rawValue }
        return place(of: word, in: entry.rest).map { 1 + $0.rawValue }
    }

    /// How well a word stands in a text.
    private enum Place: Int {
        /// In the middle of a word.
        case inside
        /// At the beginning of a word.
        case beginning
        /// As a word.
        case whole
    }

    /// The best place at which a word stands in a text.
    private static func place(of word: [UInt8], in text: [UInt8]) -> Place? {
        guard let first = word.first, text.count >= word.count else { return nil }
        var best: Place?
        for start in 0...(text.count - word.count) where text[start] == first {
            let end = start + word.count
            guard text[start..<end].elementsEqual(word) else { continue }
            guard start == 0 || !isLetter(text[start - 1]) else {
                best = best ?? .inside
                continue
            }
            // `end` is no word of `end_all`.
            if end == text.count || !isLetter(text[end]) && text[end] != UInt8(ascii: "_") { return .whole }
            best = .beginning
        }
        return best
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte >= 0x80
    }

    private static func folded(_ text: String) -> [UInt8] { Array(text.lowercased().utf8) }
}
