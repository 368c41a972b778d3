import Models
import Postgres
import ServiceKit

/// Changes the contacts of people or organizations; each change is one of their owner's.
struct ContactStore<Record: StoredCustomer>: Sendable {
    let database: Database

    /// What happens to which contact.
    struct Event: Sendable {
        let verb: ActivityVerb
        let contact: ID<Contact>
        /// The status of the answer, which shows the owner.
        let status: Int
        /// Where the value stands in the request.
        let pointer: String
    }

    /// Changes the contacts of an owner by the rules of the domain.
    ///
    /// - Returns: The owner as it is then.
    /// - Throws: ``Problem`` 404, 409 or 412; what `decide` throws; ``PostgresError``.
    func change(
        of id: ID<Record>, _ event: Event, expecting version: Int64?, _ context: WriteContext,
        _ decide: @escaping @Sendable (inout ContactBook) throws -> Void
    ) async throws -> StoredAnswer {
        try await VerifiedIdentities.namingTaken(event.pointer) {
            try await database.transaction(in: .workspace(context.workspace)) { tx in
                let old = try await CustomerWriting<Record>.lock(id, expecting: version, tx, context)
                var book = ContactBook(old.contacts)
                try decide(&book)
                let difference = ContactDifference(from: old.contacts, to: book.contacts)
                guard !difference.isEmpty else {
                    let answer = try answer(event, old)
                    try await context.keep(answer, in: tx)
                    return answer
                }
                let new = old.holding(book.contacts, at: context.now)
                try await clear(difference, tx, context)
                let write = Write(event: event, difference: difference, owner: new, answer: try answer(event, new))
                try await save(write, instead: old, in: tx, context)
                return write.answer
            }
        }
    }

    private func answer(_ event: Event, _ owner: Record) throws -> StoredAnswer {
        guard event.status != 204 else { return .noContent }
        return try StoredAnswer(
            status: event.status, owner, location: event.status == 201 ? owner.address : nil, version: owner.version)
    }

    /// Takes away what others may need: an index knows one primary contact of a kind, at every moment.
    private func clear(_ difference: ContactDifference, _ tx: Transaction, _ context: WriteContext) async throws {
        if !difference.removed.isEmpty {
            _ = try await tx.query(
                """
                DELETE FROM customers.contact
                WHERE workspace_id = \(context.workspace) AND id = ANY (\(difference.removed))
                """)
        }
        if !difference.demoted.isEmpty {
            _ = try await tx.query(
                """
                UPDATE customers.contact SET is_primary = false, updated_at = \(context.now)
                WHERE workspace_id = \(context.workspace) AND id = ANY (\(difference.demoted))
                """)
        }
    }

    /// What was decided: the owner as it will be.
    private struct Write {
        let event: Event
        let difference: ContactDifference
        let owner: Record
        let answer: StoredAnswer
    }

    private func save(
        _ write: Write, instead old: Record, in tx: Transaction, _ context: WriteContext
    ) async throws {
        let (event, owner) = (write.event, write.owner)
        let changes = ActivityChanges(of: event.contact, from: old.contacts, to: owner.contacts)
        _ = try await tx.query(
            """
            WITH changed AS (
                UPDATE \(Record.table)
                SET version = version + 1, updated_at = \(context.now)
                WHERE workspace_id = \(context.workspace) AND id = \(owner.id)
                RETURNING id, version
            ),
            reached AS (
                \(try ContactLines(write.difference.written).insertion(for: Record.self, from: "changed", context))
                ON CONFLICT (workspace_id, id) DO UPDATE
                SET value = excluded.value, value_key = excluded.value_key, label = excluded.label,
                    is_verified = excluded.is_verified, is_primary = excluded.is_primary,
                    updated_at = excluded.updated_at
            ),
            \(context.activity(Record.record, verb: event.verb, from: "changed", carrying: changes.json)),
            \(CustomerWriting<Record>.indexing(owner, from: "changed", context)),
            \(context.keep(write.answer, from: "changed"))
            SELECT count(*) FROM changed, kept, indexed
            """)
    }
}

extension ActivityVerb {
    /// The customer can be reached another way.
    static let contactAdded = ActivityVerb(rawValue: "contact_added")
    /// One of the ways to reach the customer was changed.
    static let contactUpdated = ActivityVerb(rawValue: "contact_updated")
    /// The customer can be reached one way less.
    static let contactRemoved = ActivityVerb(rawValue: "contact_removed")
}
