import Models

/// Who has a ticket, and who may decide so (FEATURES.md, C1-C4 and C8).
///
/// Anyone who may write may claim a ticket that nobody has, and hand on one that is theirs or nobody's. Taking one from
/// somebody else needs `tickets:assign`.
struct TicketQueueing: Sendable {
    /// The person who decides; `nil` for a process.
    let caller: ID<User>?
    /// Whether the caller may take a ticket from anybody.
    let mayTakeFromOthers: Bool

    /// The ticket claimed by a person; `nil` when they have it already.
    ///
    /// - Throws: ``TicketRuleViolation`` when somebody else has it, or when it is closed.
    func claimed(
        _ ticket: Ticket, by person: NamedUser, at now: Timestamp
    ) throws(TicketRuleViolation) -> Ticket? {
        if let winner = ticket.assignee {
            guard winner.id == person.id else { throw .alreadyClaimed(by: winner) }
            return nil
        }
        guard ticket.status != .closed else { throw .isClosed }
        var after = ticket
        after.assignee = person
        return after.changed(at: now)
    }

    /// The ticket given to a person, to a team, or taken from either; `nil` when nothing changes.
    ///
    /// - Throws: ``TicketRuleViolation`` when it is closed, or somebody's from whom the caller may not take it.
    func given(
        _ ticket: Ticket, to person: Patch<NamedUser>, _ team: Patch<NamedTeam>, at now: Timestamp
    ) throws(TicketRuleViolation) -> Ticket? {
        var after = ticket
        if person.isPresent { after.assignee = person.value }
        if team.isPresent { after.team = team.value }
        guard after.assignee?.id != ticket.assignee?.id || after.team?.id != ticket.team?.id else { return nil }
        guard ticket.status != .closed else { throw .isClosed }
        if let holder = ticket.assignee, holder.id != caller, !mayTakeFromOthers { throw .belongsToAnother(holder) }
        return after.changed(at: now)
    }
}
