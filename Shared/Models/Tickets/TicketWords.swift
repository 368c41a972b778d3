/// Where a ticket stands.
///
/// `inProgress` is shown to people as "Parked".
package enum TicketStatus: String, WireWord {
    case open
    case inProgress = "in_progress"
    case completed
    case closed

    /// Whether nothing is left to do.
    package var hasEnded: Bool { self == .completed || self == .closed }
}

/// What a ticket in progress waits for.
package enum WaitReason: String, WireWord {
    case customer
    case thirdParty = "third_party"
    case parts
    case scheduled
}

/// What a ticket's owner is: exactly one of four.
package enum TicketOwnerKind: String, WireWord {
    case individual
    case organization
    case external
    case memo
}

/// What a note is for.
package enum TicketNoteKind: String, WireWord {
    /// For colleagues.
    case `internal`
    /// What was said to or by the customer.
    case customer
    /// How the issue was resolved.
    case resolution
    /// For billing.
    case invoice
}

/// The orders of the list of tickets.
package enum TicketSort: String, WireWord {
    /// Newest first; complete while tickets are opened.
    case newest = "-created_at"
    /// Oldest first; complete while tickets are opened.
    case oldest = "created_at"
    /// Changed last first; a ticket that changes meanwhile may be missed.
    case changed = "-updated_at"
    /// Urgent first, and of the same priority the oldest first.
    case urgent = "-priority"
}
