extension Problem.Code {
    /// Somebody else has claimed the ticket or task.
    package static let alreadyClaimed = Problem.Code("already_claimed", 409, "Somebody else has it")
    /// The ticket or task cannot come to that status from where it stands.
    package static let illegalTransition = Problem.Code(
        "illegal_transition", 409, "It cannot come to this status from where it stands")
    /// The time in which anyone may reopen the ticket has passed.
    package static let reopenWindowPassed = Problem.Code(
        "reopen_window_passed", 403, "The time to reopen this ticket has passed")
    /// Tasks without which the ticket is not done are open.
    package static let requiredTasksOpen = Problem.Code(
        "required_tasks_open", 409, "Tasks without which the ticket is not done are open")
}

/// The operations on tickets.
package enum Tickets {
    package static let list = Endpoint<NoPath, TicketListQuery, NoBody, Page<TicketSummary>>(
        .get, "/v1/tickets", "tickets.list", .needs(.ticketsRead),
        "Tickets, newest first; without a status those that are not closed.", problems: [.invalidCursor])
    package static let show = Endpoint<TicketPath, NoQuery, NoBody, Ticket>(
        .get, "/v1/tickets/{id}", "tickets.show", .needs(.ticketsRead), "One ticket, by id or case number.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTicket, Ticket>(
        .post, "/v1/tickets", "tickets.create", .needs(.ticketsWrite),
        "Opens a ticket and gives it its case number.", success: 201)
    package static let update = Endpoint<TicketPath, NoQuery, UpdateTicket, Ticket>(
        .patch, "/v1/tickets/{id}", "tickets.update", .needs(.ticketsWrite),
        "Changes what a ticket says, how urgent it is, or whose it is.", problems: [.versionMismatch])
    package static let claim = Endpoint<TicketPath, NoQuery, NoBody, Ticket>(
        .post, "/v1/tickets/{id}/claim", "tickets.claim", .needs(.ticketsWrite),
        "Takes a ticket that nobody has; of several at once one wins, and the others are told who.",
        problems: [.alreadyClaimed, .illegalTransition, .versionMismatch])
    package static let assign = Endpoint<TicketPath, NoQuery, AssignTicket, Ticket>(
        .post, "/v1/tickets/{id}/assign", "tickets.assign", .needs(.ticketsWrite),
        "Gives a ticket to a person or a team; taking it from somebody else needs tickets:assign.",
        problems: [.illegalTransition, .versionMismatch])
    package static let unassign = Endpoint<TicketPath, NoQuery, NoBody, Ticket>(
        .post, "/v1/tickets/{id}/unassign", "tickets.unassign", .needs(.ticketsWrite),
        "Gives a ticket back, so that it can be claimed again.", problems: [.versionMismatch])
    package static let move = Endpoint<TicketPath, NoQuery, MoveTicket, Ticket>(
        .post, "/v1/tickets/{id}/status", "tickets.move", .needs(.ticketsWrite),
        "Brings a ticket to a status: parks, completes, closes or reopens it; required tasks stand against its end.",
        problems: [.illegalTransition, .requiredTasksOpen, .reopenWindowPassed, .versionMismatch])
    package static let activity = Endpoint<TicketPath, PageQuery, NoBody, Page<ActivityItem>>(
        .get, "/v1/tickets/{id}/activity", "tickets.activity", .needs(.ticketsRead),
        "Everything that was done to a ticket, newest first.", problems: [.invalidCursor])
    package static let assignments = Endpoint<TicketPath, PageQuery, NoBody, Page<QueueStep>>(
        .get, "/v1/tickets/{id}/assignments", "tickets.assignments", .needs(.ticketsRead),
        "Who had a ticket, when, and who decided so, newest first.", problems: [.invalidCursor])
    /// Several writes to tickets in one request: status, assignment and all others, on chosen ids (A10, C6, K5).
    package static let batch = Batches.endpoint(under: "/v1/tickets", "tickets", .ticketsWrite)
    /// The same changes of every ticket that a filter means, as jobs with progress and undo (A10, C6, K5).
    package static let jobs = Jobs<CreateTicketJob>(
        under: "/v1/tickets", "ticket", reading: .ticketsRead, writing: .ticketsWrite)
}

/// The operations on a ticket's notes.
package enum TicketNotes {
    package static let list = Endpoint<TicketPath, PageQuery, NoBody, Page<TicketNote>>(
        .get, "/v1/tickets/{id}/notes", "ticket_notes.list", .needs(.ticketsRead), "A ticket's notes, newest first.",
        problems: [.invalidCursor])
    package static let create = Endpoint<TicketPath, NoQuery, CreateTicketNote, TicketNote>(
        .post, "/v1/tickets/{id}/notes", "ticket_notes.create", .needs(.ticketsWrite),
        "Notes a call, a conversation, a comment, how it was resolved, or something for billing.", success: 201)
}

/// The operations on kinds of tickets, and on how a workspace works on them.
package enum TicketCategories {
    package static let list = Endpoint<NoPath, NoQuery, NoBody, TicketCategoryList>(
        .get, "/v1/tickets/categories", "ticket_categories.list", .needs(.ticketsRead),
        "The kinds of tickets: five that every workspace has, and its own.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTicketCategory, TicketCategory>(
        .post, "/v1/tickets/categories", "ticket_categories.create", .needs(.ticketsAdminister),
        "Makes a kind of tickets; a workspace has at most 200 of its own.", success: 201, problems: [.conflict])
    package static let update = Endpoint<CategoryPath, NoQuery, UpdateTicketCategory, TicketCategory>(
        .patch, "/v1/tickets/categories/{word}", "ticket_categories.update", .needs(.ticketsAdminister),
        "Renames a kind of tickets, retires it, or brings it back.", problems: [.versionMismatch])
    package static let settings = Endpoint<NoPath, NoQuery, NoBody, TicketSettings>(
        .get, "/v1/tickets/settings", "ticket_categories.settings", .needs(.ticketsRead),
        "How the workspace works on tickets.")
    package static let updateSettings = Endpoint<NoPath, NoQuery, UpdateTicketSettings, TicketSettings>(
        .patch, "/v1/tickets/settings", "ticket_categories.update_settings", .needs(.ticketsAdminister),
        "Changes how the workspace works on tickets.", problems: [.versionMismatch])
}
