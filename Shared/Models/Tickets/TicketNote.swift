/// What somebody noted on a ticket; a note is not changed afterwards.
package struct TicketNote: Codable, Sendable {
    /// The note's id.
    package let id: ID<TicketNote>
    /// What it is for.
    package let kind: TicketNoteKind
    /// What was noted.
    package let text: String
    /// Who noted it.
    package let author: ActivityItem.Actor
    /// When it was noted.
    package let createdAt: Timestamp

    /// Takes a note.
    package init(
        id: ID<TicketNote>, kind: TicketNoteKind, text: String, author: ActivityItem.Actor, createdAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.text = text
        self.author = author
        self.createdAt = createdAt
    }
}

/// Notes something on a ticket.
package struct CreateTicketNote: Codable, Sendable {
    /// What it is for; for colleagues when it is not given.
    package let kind: TicketNoteKind?
    /// What is noted.
    package let text: Text<NoteText>
}

/// One step of a ticket's way through people and teams.
package struct TicketAssignment: Codable, Sendable {
    /// The id of the entry in the ticket's activity.
    package let id: ID<ActivityItem>
    /// `created`, `claimed`, `assigned` or `unassigned`.
    package let verb: String
    /// The ticket's version after the step.
    package let version: Int
    /// Who did it.
    package let actor: ActivityItem.Actor
    /// The person who has the ticket from then on; empty when nobody or when that did not change.
    package let assignee: NamedUser?
    /// The team that has the ticket from then on; empty when none or when that did not change.
    package let team: NamedTeam?
    /// When it was done.
    package let occurredAt: Timestamp
}
