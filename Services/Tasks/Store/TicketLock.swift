import Models
import Postgres
import ServiceKit

/// Holds the tickets that come to wait for a task, so that none of them ends meanwhile.
///
/// A ticket with an open required task is not completed, and a ticket that has ended gets none: a condition over two
/// services, which holds because both write under the lock of the ticket's row (ADR-0020). Tasks are locked before
/// tickets, and tickets in the order of their ids.
enum TicketLock {
    /// Locks the tickets that wait for the tasks after a change and did not before, until the transaction's end.
    ///
    /// - Parameters:
    ///   - changes: The tasks before and after it; `before` is `nil` for a new one.
    ///   - tx: The transaction, in which each task that was there is locked already.
    ///   - workspace: Whose they are.
    /// - Throws: ``Problem`` 409 `ticket_has_ended` for a ticket that is completed or closed; ``PostgresError``.
    static func hold(
        _ changes: [(before: TaskItem?, after: TaskItem)], _ tx: Transaction, in workspace: ID<Workspace>
    ) async throws {
        for (_, status) in try await lock(Set(changes.compactMap(ticket)), tx, in: workspace) {
            guard let status else { throw Problem.notFound("ticket") }
            guard !status.hasEnded else { throw hasEnded(status.rawValue) }
        }
    }

    /// The ticket that waits for a task after a change and did not before; `nil` when there is none.
    static func ticket(_ before: TaskItem?, _ after: TaskItem) -> ID<TaskSubject>? {
        before?.waitingTicket == after.waitingTicket ? nil : after.waitingTicket
    }

    /// Locks tickets until the transaction's end, in the order of their ids; those that have ended, or are not there.
    ///
    /// - Throws: ``PostgresError``.
    static func ended(
        among tickets: Set<ID<TaskSubject>>, _ tx: Transaction, in workspace: ID<Workspace>
    ) async throws -> Set<ID<TaskSubject>> {
        let locked = try await lock(tickets, tx, in: workspace)
        return Set(locked.filter { $0.status?.hasEnded != false }.map(\.ticket))
    }

    /// Locks tickets in the order of their ids, and answers the status of each; `nil` for one that is not there.
    private static func lock(
        _ tickets: Set<ID<TaskSubject>>, _ tx: Transaction, in workspace: ID<Workspace>
    ) async throws -> [(ticket: ID<TaskSubject>, status: TicketStatus?)] {
        guard !tickets.isEmpty else { return [] }
        // The elements of an array come in its order, and each is locked as it comes.
        let result = try await tx.query(
            """
            SELECT i.id, tickets.lock_ticket(\(workspace), i.id) AS status
            FROM unnest(\(tickets.sorted())) AS i (id)
            """)
        return try (0..<result.count).map { row in
            let word = try result.value("status", row: row, as: String?.self)
            return (try result.value("id", row: row), word.flatMap(TicketStatus.init(rawValue:)))
        }
    }

    private static func hasEnded(_ status: String) -> Problem {
        Problem(
            .ticketHasEnded, "The ticket is \(status): reopen it before a task that it requires is open.",
            members: [JSONValue.Member("ticket_status", .string(status))])
    }
}

extension TaskItem {
    /// The ticket that cannot be completed before the task; `nil` when none waits for it.
    var waitingTicket: ID<TaskSubject>? {
        isRequired && !status.isEnded && subject?.kind == .ticket ? subject?.id : nil
    }
}
