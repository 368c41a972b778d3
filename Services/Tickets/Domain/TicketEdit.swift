import Models

/// A change of what a ticket says (FEATURES.md, A4-A6 and B2).
struct TicketEdit: Sendable {
    /// What was asked for.
    let patch: UpdateTicket
    /// The owner that the patch names, with its label; `nil` when it names none.
    let owner: TicketOwner?

    /// The ticket after the change; `nil` when it says the same already.
    func applied(to ticket: Ticket, at now: Timestamp) -> Ticket? {
        var after = ticket
        if let description = patch.description?.value {
            after.description = description
            after.title = TicketTitle.of(description)
        }
        if let category = patch.category?.value { after.category = category }
        if let priority = patch.priority { after.priority = priority }
        if let owner { after.owner = owner }
        if patch.brand.isPresent { after.brand = patch.brand.value?.value }
        if patch.serialNumber.isPresent { after.serialNumber = patch.serialNumber.value?.value }
        return TicketDifference.of(ticket, after) == .object([]) ? nil : after.changed(at: now)
    }
}
