/// A ticket as lists show it.
package struct TicketSummary: Codable, Sendable {
    /// The ticket's id.
    package let id: ID<Ticket>
    /// The number that people read.
    package let caseNumber: String
    /// The first line of the description.
    package let title: String
    /// The word of its category.
    package let category: String
    /// How urgent it is.
    package let priority: TicketPriority
    /// Where it stands.
    package let status: TicketStatus
    /// What it waits for.
    package let waitReason: WaitReason?
    /// Until when it waits.
    package let waitUntil: Timestamp?
    /// Whose ticket it is.
    package let owner: TicketOwner
    /// The person who resolves it.
    package let assignee: Ticket.Assignee?
    /// The team whose queue it is in.
    package let team: Ticket.TicketTeam?
    /// Counts changes.
    package let version: Int
    /// When it was opened.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp
}

/// Which tickets a list shows, and in which order.
package struct TicketListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only these statuses; without it those that are not closed, and all when `q`, `individual` or `organization` is
    /// given.
    package let status: Words<TicketStatus>?
    /// Only these priorities.
    package let priority: Words<TicketPriority>?
    /// Only this category.
    package let category: Text<CategoryWord>?
    /// Only tickets of a person: an id, `me`, or `none` for those that nobody has.
    package let assignee: QueueReference<User>?
    /// Only tickets in the queue of a team: an id, or `none`.
    package let team: QueueReference<Team>?
    /// Only tickets of this individual.
    package let individual: ID<Individual>?
    /// Only tickets of this organization.
    package let organization: ID<Organization>?
    /// Only tickets that hold these words; a case number, or its last four digits or more, finds the ticket first.
    package let q: Text<SearchPhrase>?
    /// The order; newest first when it is not given.
    package let sort: TicketSort?
    /// Whether to say how many there are in all.
    package let count: Bool?

    /// Asks for a page of tickets.
    package init(
        limit: PageLimit? = nil, cursor: Text<CursorText>? = nil, status: Words<TicketStatus>? = nil,
        assignee: QueueReference<User>? = nil, q: Text<SearchPhrase>? = nil
    ) {
        self.limit = limit
        self.cursor = cursor
        self.status = status
        self.assignee = assignee
        self.q = q
        priority = nil
        category = nil
        team = nil
        individual = nil
        organization = nil
        sort = nil
        count = nil
    }
}

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
