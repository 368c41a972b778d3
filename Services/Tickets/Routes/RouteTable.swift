import Models
import ServiceKit

/// Every endpoint of the service and its handler, on one screen.
func routeTable(
    tickets: TicketRoutes, queue: QueueRoutes, history: HistoryRoutes, categories: CategoryRoutes,
    jobs: BulkJobs<TicketJobs>
) -> [Route] {
    [
        .on(Tickets.list, use: tickets.list),
        .on(Tickets.show, use: tickets.show),
        .on(Tickets.create, use: tickets.create),
        .on(Tickets.update, use: tickets.update),
        .on(Tickets.move, use: tickets.move),
        .batch(Tickets.batch),

        .on(Tickets.claim, use: queue.claim),
        .on(Tickets.assign, use: queue.assign),
        .on(Tickets.unassign, use: queue.unassign),

        .on(Tickets.activity, use: history.activity),
        .on(Tickets.assignments, use: history.assignments),
        .on(TicketNotes.list, use: history.notes),
        .on(TicketNotes.create, use: history.addNote),

        .on(TicketCategories.list, use: categories.list),
        .on(TicketCategories.create, use: categories.create),
        .on(TicketCategories.update, use: categories.update),
        .on(TicketCategories.settings, use: categories.settings),
        .on(TicketCategories.updateSettings, use: categories.updateSettings),
    ] + jobs.routes
}
