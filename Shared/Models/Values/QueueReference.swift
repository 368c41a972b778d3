/// Whose queue: a record by its id, the caller's own, or nobody's.
package enum QueueReference<Entity>: Sendable, SchemaDescribed {
    case of(ID<Entity>)
    case me
    case none

    /// The word or id on the wire.
    package var text: String {
        switch self {
        case .of(let id): id.description
        case .me: "me"
        case .none: "none"
        }
    }

    private init?(_ text: String) {
        switch text {
        case "me" where Entity.self == User.self: self = .me
        case "none": self = .none
        default:
            guard let id = ID<Entity>(text) else { return nil }
            self = .of(id)
        }
    }

    /// Reads the reference from a JSON string.
    ///
    /// - Throws: `DecodingError` when it is none of the three.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let reference = QueueReference(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no id and no known word")
        }
        self = reference
    }

    /// Writes the reference as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// An id or one of the words.
    package static var schema: Schema {
        let words = Entity.self == User.self ? "an id, me or none" : "an id or none"
        return .text(
            TextSchema(length: 2...36, summary: "Whose: \(words).") {
                QueueReference($0) == nil ? "must be \(words)" : nil
            })
    }

    /// Nobody's.
    package static var sample: QueueReference { .none }
}
