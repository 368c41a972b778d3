extension ServiceName {
    /// The operations of `tickets`.
    static let ticketsContracts: [Contract] =
        [
            Tickets.list.contract, Tickets.show.contract, Tickets.create.contract, Tickets.update.contract,
            Tickets.claim.contract, Tickets.assign.contract, Tickets.unassign.contract, Tickets.move.contract,
            Tickets.activity.contract, Tickets.assignments.contract, Tickets.batch.contract,
            TicketNotes.list.contract, TicketNotes.create.contract,
            TicketCategories.list.contract, TicketCategories.create.contract, TicketCategories.update.contract,
            TicketCategories.settings.contract, TicketCategories.updateSettings.contract,
        ] + Tickets.jobs.contracts
}
