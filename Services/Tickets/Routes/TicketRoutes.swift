import Models
import Postgres
import ServiceKit

/// Tickets: opening, reading, changing what they say.
struct TicketRoutes: Sendable {
    let database: Database

    /// How often a number is taken anew when it turns out to be another ticket's.
    private static let tries = 3

    /// One page of tickets.
    func list(_ call: Call<NoPath, TicketListQuery, NoBody>) async throws -> Answer<Page<TicketSummary>> {
        let principal = try call.principal
        let list = TicketList(workspace: principal.workspace, query: call.query, caller: principal.userID)
        return try await TicketListStore(database: database).page(of: list)
    }

    /// One ticket.
    func show(_ call: Call<TicketPath, NoQuery, NoBody>) async throws -> Answer<Ticket> {
        try .row(
            try await TicketStore(database: database).show(try call.principal.workspace, call.path.id), "ticket")
    }

    /// Opens a ticket.
    func create(_ call: Call<NoPath, NoQuery, CreateTicket>) async throws -> Answer<Ticket> {
        let context = try call.write
        let numbers = CaseNumberStore(database: database)
        let store = TicketStore(database: database)
        let opening = TicketOpening(call.body)
        for attempt in 1...Self.tries {
            let taken = try await numbers.take(opening.wanted, at: call.now, in: context.workspace)
            let ticket = try await RuleProblems.translating {
                try opening.ticket(number: taken.number, found: taken.names, at: call.now)
            }
            let answer = try StoredAnswer(
                status: 201, ticket, location: "/v1/tickets/\(ticket.id)", version: 1, labelRevision: 0)
            do {
                try await store.add(ticket, answer: answer, context)
                return .stored(answer)
            } catch {
                guard error.constraint == "uq_ticket_case_number", attempt < Self.tries else { throw error }
            }
        }
        throw Problem.unavailable("No case number is free just now.", retryAfterSeconds: 1)
    }

    /// Changes what a ticket says.
    func update(_ call: Call<TicketPath, NoQuery, UpdateTicket>) async throws -> Answer<Ticket> {
        let context = try call.write
        let patch = call.body
        let answer = try await RuleProblems.translating {
            let wanted = WantedNames(owner: patch.owner, category: patch.category?.value)
            let found = try await NameStore(database: database).find(wanted, in: context.workspace)
            let edit = TicketEdit(patch: patch, owner: try wanted.resolved(by: found).owner)
            return try await TicketChangeStore(database: database).change(
                call.path.id, expecting: call.ifMatch, context
            ) { ticket, _ in
                edit.applied(to: ticket, at: context.now).map { after in
                    TicketChangeStore.Decision(ticket: after, verb: .updated)
                }
            }
        }
        return .stored(answer)
    }

    /// Brings a ticket to a status.
    func move(_ call: Call<TicketPath, NoQuery, MoveTicket>) async throws -> Answer<Ticket> {
        let context = try call.write
        let permissions = try call.principal.permissions
        let mayReopen = permissions.contains(.ticketsReopen)
        let answer = try await RuleProblems.translating {
            try await TicketChangeStore(database: database, showsTasks: permissions.contains(.tasksRead)).change(
                call.path.id, expecting: call.ifMatch, context
            ) { ticket, reopenWindowDays in
                let move = TicketMove(
                    request: call.body, mayReopenAnytime: mayReopen, reopenWindowDays: reopenWindowDays)
                guard let after = try move.applied(to: ticket, at: context.now) else { return nil }
                let note = call.body.reason.map { reason in TicketNote(.internal, reason.value, by: context) }
                return TicketChangeStore.Decision(
                    ticket: after, verb: move.isReopening(ticket) ? .reopened : .moved, note: note,
                    isForced: call.body.force == true)
            }
        }
        return .stored(answer)
    }
}
