import Models
import Postgres
import ServiceKit

/// A ticket's notes, its activity, and who had it.
struct HistoryRoutes: Sendable {
    let database: Database

    private var tickets: TicketHistory { TicketHistory(database: database) }
    private var history: RecordHistory { RecordHistory(of: .ticket, database: database) }

    /// Notes something.
    func addNote(_ call: Call<TicketPath, NoQuery, CreateTicketNote>) async throws -> Answer<TicketNote> {
        let context = try call.write
        let note = TicketNote(call.body.kind ?? .internal, call.body.text.value, by: context)
        return .stored(try await TicketChangeStore(database: database).add(note, to: call.path.id, context))
    }

    /// One page of notes.
    func notes(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> Answer<Page<TicketNote>> {
        let (ticket, limit) = (try await ticket(call), call.query.limit ?? .standard)
        let binding = "ticket_notes \(ticket)"
        let rows = try await tickets.notes(
            of: ticket, in: try call.principal.workspace,
            before: try PageReading.id(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// One page of activity.
    func activity(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> Answer<Page<ActivityItem>> {
        let (ticket, limit) = (try await ticket(call), call.query.limit ?? .standard)
        let binding = "ticket_activity \(ticket)"
        let rows = try await history.activity(
            of: ticket.erased, in: try call.principal.workspace,
            before: try PageReading.version(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    /// One page of who had the ticket.
    func assignments(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> Answer<Page<QueueStep>> {
        let (ticket, limit) = (try await ticket(call), call.query.limit ?? .standard)
        let binding = "ticket_assignments \(ticket)"
        let rows = try await history.assignments(
            of: ticket.erased, in: try call.principal.workspace,
            before: try PageReading.version(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    private func ticket(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> ID<Ticket> {
        guard let id = try await tickets.id(of: call.path.id, in: try call.principal.workspace) else {
            throw Problem.notFound("ticket")
        }
        return id
    }
}

extension TicketNote {
    /// A new note of whoever acts.
    init(_ kind: TicketNoteKind, _ text: String, by context: WriteContext) {
        self.init(
            id: ID<TicketNote>.make(at: context.now), kind: kind, text: text,
            author: ActivityItem.Actor(context.actor), createdAt: context.now)
    }
}
