import Models
import Postgres
import ServiceKit

/// Changes tickets: each is locked, decided about, and written with its activity in one transaction.
struct TicketChangeStore: Sendable {
    let database: Database
    /// Whether a refusal may name the tasks that stand against a ticket's end.
    var showsTasks = false

    /// What was decided about a ticket.
    struct Decision: Sendable {
        /// The ticket after the change.
        let ticket: Ticket
        /// What was done.
        let verb: ActivityVerb
        /// A note that goes with it.
        var note: TicketNote?
        /// Whether the ticket may end although required tasks are open; once that was looked at, whether it did.
        var isForced = false
    }

    /// Locks a ticket, lets `decide` say what becomes of it, and writes that.
    ///
    /// Whether required tasks stand against its end is looked at under the lock: nothing ends a ticket but by this.
    ///
    /// - Parameters:
    ///   - reference: The ticket.
    ///   - version: The version that the caller has seen, if it says so.
    ///   - context: Who acts.
    ///   - decide: The ticket and the workspace's reopen window in days in, the decision out; `nil` when nothing
    ///     changes.
    /// - Returns: The answer, which shows the ticket.
    /// - Throws: ``Problem`` 404 or 412; ``TicketRuleViolation``; ``PostgresError``.
    func change(
        _ reference: TicketReference, expecting version: Int64?, _ context: WriteContext,
        _ decide: @Sendable (Ticket, Int) throws -> Decision?
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await lock(reference, expecting: version, tx, context)
            guard var decision = try decide(row.row.ticket, row.reopenWindowDays) else {
                let answer = try StoredAnswer(row.row.ticket, labelRevision: row.row.labelRevision)
                try await context.keep(answer, in: tx)
                return answer
            }
            try await checkEnd(&decision, of: row, tx, context)
            let answer = try StoredAnswer(decision.ticket, labelRevision: row.row.labelRevision)
            try await save(decision, before: row.row.ticket, answer, tx, context)
            return answer
        }
    }

    /// Adds a note to a ticket: a change of the ticket too.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func add(_ note: TicketNote, to reference: TicketReference, _ context: WriteContext) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let ticket = try await lock(reference, expecting: nil, tx, context).row.ticket
            let answer = try StoredAnswer(
                status: 201, note, location: "/v1/tickets/\(ticket.id)/notes")
            let decision = Decision(ticket: ticket.changed(at: context.now), verb: .noteAdded, note: note)
            try await save(decision, before: ticket, answer, tx, context)
            return answer
        }
    }

    // MARK: Steps

    private struct Locked: PostgresRow {
        static let columns = TicketRow.columns + ["reopen_window_days", "has_tasks"]
        let row: TicketRow
        let reopenWindowDays: Int
        /// Whether there are tasks: an installation from before them has none until they are migrated.
        let hasTasks: Bool

        init(row: borrowing RowReader) throws(PostgresDecodingError) {
            self.row = try TicketRow(row: row)
            let days: Int64? = try row.decode("reopen_window_days")
            reopenWindowDays = days.map { Int($0) } ?? TicketSettings.standard.reopenWindowDays
            hasTasks = try row.decode("has_tasks")
        }
    }

    private func lock(
        _ reference: TicketReference, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> Locked {
        let locked = try await tx.first(
            """
            SELECT \(columns: TicketRow.self),
                (SELECT s.reopen_window_days FROM tickets.setting AS s WHERE s.workspace_id = \(context.workspace))
                    AS reopen_window_days,
                to_regclass('tasks.required_task') IS NOT NULL AS has_tasks
            FROM tickets.ticket AS t
            WHERE t.workspace_id = \(context.workspace) AND \(reference.condition)
            FOR NO KEY UPDATE OF t
            """, as: Locked.self)
        guard let locked else { throw Problem.notFound("ticket") }
        if let version, version != locked.row.ticket.version {
            throw Problem.versionMismatch(current: Int64(locked.row.ticket.version))
        }
        return locked
    }

    /// Refuses an end that required tasks stand against, unless it is forced.
    private func checkEnd(
        _ decision: inout Decision, of locked: Locked, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        let isForced = decision.isForced
        decision.isForced = false
        let isEnding = decision.ticket.status.hasEnded && !locked.row.ticket.status.hasEnded
        guard isEnding, locked.hasTasks else { return }
        let open = try await RequiredTaskStore.open(of: decision.ticket.id, in: context.workspace, tx)
        guard !open.isEmpty else { return }
        guard isForced else { throw TicketRuleViolation.requiredTasksOpen(showsTasks ? open : []) }
        decision.isForced = true
    }

    private func save(
        _ decision: Decision, before: Ticket, _ answer: StoredAnswer, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        let changes = JSONText(utf8: JSONWriter.bytes(of: decision.changes(since: before)))
        let needsIndex = decision.note != nil || TicketStore.isSearchedTextChanged(before, decision.ticket)
        _ = try await tx.query(
            """
            WITH changed AS (
                \(Self.update(to: decision.ticket, from: before, in: context.workspace)) RETURNING t.id, t.version
            ),
            \(Self.noted(decision.note, context)),
            \(context.activity(.ticket, verb: decision.verb, from: "changed", carrying: changes)),
            indexed AS (\(Self.indexing(needsIndex, context))),
            \(context.keep(answer, from: "changed"))
            SELECT count(*) FROM kept, indexed
            """)
    }

    private static func update(to ticket: Ticket, from before: Ticket, in workspace: ID<Workspace>) -> SQL {
        // Unchanged text is not sent again: it may be long.
        let description = ticket.description == before.description ? nil : ticket.description
        return """
            UPDATE tickets.ticket AS t
            SET title = \(ticket.title), description = COALESCE(\(description), t.description),
                category = \(ticket.category), priority = \(ticket.priority), status = \(ticket.status),
                wait_reason = \(ticket.waitReason), wait_until = \(ticket.waitUntil),
                owner_kind = \(ticket.owner.kind), individual_id = \(ticket.owner.individualID),
                organization_id = \(ticket.owner.organizationID),
                external_reference = \(ticket.owner.externalReference), memo = \(ticket.owner.memo),
                owner_label = \(ticket.owner.label), assignee_id = \(ticket.assignee?.id),
                assignee_name = \(ticket.assignee?.name), team_id = \(ticket.team?.id),
                team_name = \(ticket.team?.name), brand = \(ticket.brand), serial_number = \(ticket.serialNumber),
                reopen_count = \(Int64(ticket.reopenCount)), version = \(Int64(ticket.version)),
                updated_at = \(ticket.updatedAt), status_changed_at = \(ticket.statusChangedAt),
                started_at = \(ticket.startedAt), completed_at = \(ticket.completedAt), closed_at = \(ticket.closedAt)
            WHERE t.workspace_id = \(workspace) AND t.id = \(ticket.id)
            """
    }

    private static func noted(_ note: TicketNote?, _ context: WriteContext) -> SQL {
        guard let note else { return "noted AS (SELECT NULL::uuid AS id WHERE false)" }
        return """
            noted AS (
                INSERT INTO tickets.note (
                    workspace_id, id, ticket_id, kind, text, author_kind, author_id, author_service, created_at)
                SELECT \(context.workspace), \(note.id), changed.id, \(note.kind), \(note.text), \(note.author.kind),
                    \(note.author.id), \(note.author.service), \(note.createdAt)
                FROM changed
                RETURNING id
            )
            """
    }

    /// Reads `noted` first, so that a note is written before it is indexed.
    private static func indexing(_ isNeeded: Bool, _ context: WriteContext) -> SQL {
        guard isNeeded else { return "SELECT true AS done FROM changed" }
        return """
            SELECT tickets.index_ticket(\(context.workspace), c.id) AS done
            FROM (SELECT changed.id, (SELECT count(*) FROM noted) AS notes FROM changed) AS c
            WHERE c.notes >= 0
            """
    }
}

extension TicketChangeStore.Decision {
    /// What the activity carries: the fields that differ, the note that was added, and that an end was forced.
    fileprivate func changes(since before: Ticket) -> JSONValue {
        guard case .object(var members) = TicketDifference.of(before, ticket) else { return .object([]) }
        if isForced { members.append(JSONValue.Member("forced", ["from": false, "to": true])) }
        if let note {
            members.append(
                JSONValue.Member(
                    "note_id",
                    .object([
                        JSONValue.Member("from", .null), JSONValue.Member("to", .string(note.id.description)),
                    ])))
        }
        return .object(members)
    }
}

extension TicketStore {
    /// Whether a change touches what is searched.
    static func isSearchedTextChanged(_ before: Ticket, _ after: Ticket) -> Bool {
        before.description != after.description || before.owner.label != after.owner.label
            || before.brand != after.brand || before.serialNumber != after.serialNumber
    }
}

extension TicketSettings {
    /// What holds in a workspace that set nothing: closed tickets are reopened within 14 days.
    static let standard = TicketSettings(reopenWindowDays: 14, version: 0)
}

extension ActivityVerb {
    /// A ticket came to another status, or waits for something else.
    static let moved = ActivityVerb(rawValue: "moved")
    /// A ticket that was done was brought back.
    static let reopened = ActivityVerb(rawValue: "reopened")
    /// Something was noted.
    static let noteAdded = ActivityVerb(rawValue: "note_added")
}
