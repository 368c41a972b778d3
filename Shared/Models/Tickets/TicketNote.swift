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
