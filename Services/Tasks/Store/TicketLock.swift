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
        let tickets = changes.compactMap { before, after in
            before?.waitingTicket == after.waitingTicket ? nil : after.waitingTicket
        }
        for ticket in Set(tickets).sorted() {
            let result = try await tx.query("SELECT tickets.lock_ticket(\(workspace), \(ticket)) AS status")
            guard let word = try result.text("status") else { throw Problem.notFound("ticket") }
            guard let status = TicketStatus(rawValue: word), !status.hasEnded else { throw hasEnded(word) }
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
