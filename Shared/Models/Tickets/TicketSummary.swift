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
    package let priority: Priority
    /// Where it stands.
    package let status: TicketStatus
    /// What it waits for.
    package let waitReason: WaitReason?
    /// Until when it waits.
    package let waitUntil: Timestamp?
    /// Whose ticket it is.
    package let owner: TicketOwner
    /// The person who resolves it.
    package let assignee: NamedUser?
    /// The team whose queue it is in.
    package let team: NamedTeam?
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
    package let priority: Words<Priority>?
    /// Only this category.
    package let category: Text<SnakeCaseWord>?
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

    /// Asks for the tickets that a job's filter means.
    package init(_ filter: TicketFilter) {
        limit = nil
        cursor = nil
        status = filter.status
        priority = filter.priority
        category = filter.category
        assignee = filter.assignee
        team = filter.team
        individual = filter.individual
        organization = filter.organization
        q = nil
        sort = nil
        count = nil
    }
}
