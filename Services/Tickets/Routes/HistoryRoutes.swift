import Models
import Postgres
import ServiceKit

/// A ticket's notes, its activity, and who had it.
struct HistoryRoutes: Sendable {
    let database: Database

    private var history: TicketHistory { TicketHistory(database: database) }

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
        let before = try key(call, binding).map { text throws(Problem) in
            guard let id = ID<TicketNote>(text) else { throw TicketList.badCursor }
            return id
        }
        let rows = try await history.notes(
            of: ticket, in: try call.principal.workspace, before: before, limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// One page of activity.
    func activity(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> Answer<Page<ActivityItem>> {
        let (ticket, limit) = (try await ticket(call), call.query.limit ?? .standard)
        let binding = "ticket_activity \(ticket)"
        let rows = try await history.activity(
            of: ticket, in: try call.principal.workspace, before: try version(call, binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    /// One page of who had the ticket.
    func assignments(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> Answer<Page<TicketAssignment>> {
        let (ticket, limit) = (try await ticket(call), call.query.limit ?? .standard)
        let binding = "ticket_assignments \(ticket)"
        let rows = try await history.assignments(
            of: ticket, in: try call.principal.workspace, before: try version(call, binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    private func ticket(_ call: Call<TicketPath, PageQuery, NoBody>) async throws -> ID<Ticket> {
        guard let id = try await history.id(of: call.path.id, in: try call.principal.workspace) else {
            throw Problem.notFound("ticket")
        }
        return id
    }

    private func key(_ call: Call<TicketPath, PageQuery, NoBody>, _ binding: String) throws(Problem) -> String? {
        guard let cursor = call.query.cursor else { return nil }
        return try Cursor(cursor, binding: binding, count: 1).keys.first
    }

    private func version(_ call: Call<TicketPath, PageQuery, NoBody>, _ binding: String) throws(Problem) -> Int64? {
        guard let text = try key(call, binding) else { return nil }
        guard let version = Int64(text), version > 0 else { throw TicketList.badCursor }
        return version
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
