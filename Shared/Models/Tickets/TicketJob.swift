/// A change of every ticket that a filter means.
package struct CreateTicketJob: Codable, Sendable {
    /// Which tickets: what the list of tickets takes, by the same names and in the same form.
    package let filter: TicketFilter
    /// What becomes of each.
    package let change: TicketBulkChange
}

/// Which tickets; without a status those that are not closed, as in the list.
package struct TicketFilter: Codable, Sendable {
    /// Only these statuses, by commas; without it those that are not closed, and all when `individual` or
    /// `organization` is given.
    package let status: Words<TicketStatus>?
    /// Only these priorities, by commas.
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
}

/// What becomes of each ticket: exactly one of the three members.
package struct TicketBulkChange: Codable, Sendable {
    /// Brings it to a status, as `POST /v1/tickets/{id}/status` does.
    package let status: MoveTicket?
    /// Gives it to a person or a team, as `POST /v1/tickets/{id}/assign` does.
    package let assign: AssignTicket?
    /// Changes what it is and how urgent it is.
    package let update: ClassifyTicket?
}

/// What a ticket is and how urgent it is; at least one of the two.
package struct ClassifyTicket: MergePatch {
    /// The word of its category.
    package let category: Text<SnakeCaseWord>?
    /// How urgent it is.
    package let priority: Priority?
}
