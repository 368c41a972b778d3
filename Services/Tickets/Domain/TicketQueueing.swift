package import Models

/// Who has a ticket, and who may decide so (FEATURES.md, C1-C4 and C8); taking one from somebody else needs
/// `tickets:assign`.
typealias TicketQueueing = Queueing<Ticket, TicketRuleViolation>

extension TicketRuleViolation: QueueViolation {
    /// A closed ticket is not given to anybody.
    static var isOver: TicketRuleViolation { .isClosed }
}

extension Ticket: Queued {
    /// Whether it is closed.
    package var isOutOfQueues: Bool { status == .closed }

    /// The next version of the record.
    package func changed(at now: Timestamp) -> Ticket {
        var after = self
        after.version += 1
        after.updatedAt = now
        return after
    }
}
