import Models
import ServiceKit

/// The API's description as `/openapi.json` gives it, read for people.
///
/// All that the pages say of operations and types comes from that document, so that an operation which a service
/// declares is described without a word here.
struct ReferenceDocument: Sendable {
    /// The version of the suite.
    let version: String
    /// The resources, service by service.
    let resources: [ReferenceResource]
    /// The types of bodies and answers, by name.
    let schemas: [ReferenceSchema]
    /// The problems that every operation can answer.
    let problemsOfAll: [ReferenceProblem]

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - document: OpenAPI 3.1 as ``OpenAPI`` makes it.
    ///   - services: The operations' names, by service, in the order in which they are shown.
    init(_ document: JSONValue, services: [(name: ServiceName, operations: [String])]) {
        version = document["info"]?["version"]?.asText ?? ""
        schemas = (document["components"]?["schemas"]?.asMembers ?? []).map { ReferenceSchema($0.name, $0.value) }
            .sorted { $0.name < $1.name }
        let operations = (document["paths"]?.asMembers ?? []).flatMap { path in
            path.value.asMembers.compactMap { ReferenceOperation(path: path.name, method: $0.name, $0.value) }
        }
        let sets = operations.map { Set($0.problems.map(\.word)) }
        let shared = sets.dropFirst().reduce(sets.first ?? []) { $0.intersection($1) }
        problemsOfAll = (operations.first?.problems ?? []).filter { shared.contains($0.word) }
        let byID = Dictionary(operations.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        resources = services.flatMap { service in
            var tags: [String] = []
            var byTag: [String: [ReferenceOperation]] = [:]
            for operation in service.operations.compactMap({ byID[$0] }) {
                if byTag[operation.tag] == nil { tags.append(operation.tag) }
                byTag[operation.tag, default: []].append(operation)
            }
            return tags.map { ReferenceResource(tag: $0, service: service.name, operations: byTag[$0] ?? []) }
        }
    }

    /// Every operation, in the order of the pages.
    var operations: [ReferenceOperation] { resources.flatMap(\.operations) }

    /// Finds a type by its name.
    func schema(_ name: String) -> ReferenceSchema? {
        var (low, high) = (0, schemas.count)
        while low < high {
            let middle = (low + high) / 2
            if schemas[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low < schemas.count && schemas[low].name == name ? schemas[low] : nil
    }
}

/// The operations of one kind of record, which have a page together.
struct ReferenceResource: Sendable {
    /// The operations' tag, such as `ticket_notes`.
    let tag: String
    /// Who serves them.
    let service: ServiceName
    let operations: [ReferenceOperation]

    /// What people read: "Ticket notes".
    var title: String { ReferenceWords.title(of: tag) }
    /// The page's address.
    var address: String { "/docs/\(Self.slug(of: tag))" }

    /// A tag as a part of an address.
    static func slug(of tag: String) -> String { tag.replacing("_", with: "-") }
}

/// A type of a body or an answer.
struct ReferenceSchema: Sendable {
    let name: String
    let summary: String?
    let fields: [ReferenceField]
    /// Whether it is part of a body, which must not have other members.
    let isOfBody: Bool

    init(_ name: String, _ value: JSONValue) {
        self.name = name
        summary = value["description"]?.asText
        isOfBody = value["additionalProperties"] == .bool(false)
        let required = Set((value["required"]?.asItems ?? []).compactMap(\.asText))
        fields = (value["properties"]?.asMembers ?? []).map {
            ReferenceField(name: $0.name, isRequired: required.contains($0.name), schema: $0.value)
        }
    }

    /// Where it is described.
    static func address(of name: String) -> String { "/docs/schemas#\(name)" }
}

/// Words as people read them.
enum ReferenceWords {
    /// `api_keys` is "API keys".
    static func title(of word: String) -> String {
        let words = word.split(separator: "_").map { $0 == "api" ? "API" : String($0) }
        guard let first = words.first else { return word }
        return ([first.prefix(1).uppercased() + first.dropFirst()] + words.dropFirst()).joined(separator: " ")
    }

    /// "a, b and c".
    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension JSONValue {
    /// The string that it is.
    var asText: String? { if case .string(let text) = self { text } else { nil } }
    /// The whole number that it is.
    var asInteger: Int64? { if case .integer(let number) = self { number } else { nil } }
    /// The items of the array that it is.
    var asItems: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    /// The members of the object that it is.
    var asMembers: [Member] { if case .object(let members) = self { members } else { [] } }
}
