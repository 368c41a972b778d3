import Models
import Postgres
import ServiceKit

/// Reads what the opening of a template fills in, from the views that its owners publish.
struct TemplateFactStore: Sendable {
    /// What is known of a ticket, of whoever opens a template, and of whom and what it names.
    ///
    /// - Throws: ``Problem`` 422 when there is no such ticket, 409 when it has ended; ``PostgresError``.
    func facts(
        of items: [TemplateItem], for ticket: ID<Ticket>, openedBy opener: ID<User>?, _ tx: Transaction,
        _ context: WriteContext
    ) async throws -> TemplateFacts {
        let row = try await tx.first(
            """
            SELECT c.case_number, c.title, c.label, c.owner_label, a.id AS assignee_id, c.assignee_name,
                c.status IN ('completed', 'closed') AS has_ended, p.name AS opener_name,
                ((\(context.now) AT TIME ZONE z.time_zone)::date) AS today
            FROM tickets.ticket_card AS c
            JOIN identity.workspace_zone AS z ON z.workspace_id = \(context.workspace)
            LEFT JOIN identity.person AS p ON p.workspace_id = \(context.workspace) AND p.id = \(opener)
            LEFT JOIN identity.person AS a
                ON a.workspace_id = \(context.workspace) AND a.id = c.assignee_id AND a.is_active
            WHERE c.workspace_id = \(context.workspace) AND c.id = \(ticket)
            """, as: TicketFactRow.self)
        guard let row else {
            throw Problem.invalidBody([FieldError("/ticket_id", .notFound, "is no ticket here")])
        }
        guard !row.hasEnded else { throw Problem(.conflict, "The ticket has ended: reopen it first.") }
        return TemplateFacts(
            subject: TaskSubject(kind: .ticket, id: ID(rawValue: ticket.rawValue), label: row.label),
            ticketAssignee: row.assignee,
            opener: opener.flatMap { id in row.opener.map { NamedUser(id: id, name: $0) } },
            values: row.values,
            people: try await names(
                items.compactMap(\.assigneeID), "identity.person", "v.is_active", tx, context),
            teams: try await names(items.compactMap(\.teamID), "identity.team_card", "NOT v.is_deleted", tx, context),
            ownKinds: try await ownKinds(items.compactMap(\.kind?.value), tx, context),
            days: try await days(items.compactMap(\.dueInDays?.value), from: row.today, tx, context))
    }

    /// The names of at most 50 records by their keys.
    private func names<Entity>(
        _ ids: [ID<Entity>], _ view: SQL, _ condition: SQL, _ tx: Transaction, _ context: WriteContext
    ) async throws -> [ID<Entity>: String] {
        guard !ids.isEmpty else { return [:] }
        let result = try await tx.query(
            """
            SELECT v.id, v.name FROM \(view) AS v
            WHERE v.workspace_id = \(context.workspace) AND v.id = ANY (\(Set(ids).sorted())) AND \(condition)
            LIMIT \(Int64(TemplateBound.limit))
            """)
        return try (0..<result.count).reduce(into: [:]) { names, row in
            names[try result.value("id", row: row, as: ID<Entity>.self)] = try result.value(
                "name", row: row, as: String.self)
        }
    }

    /// The own kinds among some that new tasks may have; key: pk_kind.
    private func ownKinds(
        _ words: [String], _ tx: Transaction, _ context: WriteContext
    ) async throws -> Set<String> {
        let own = Set(words.filter { BuiltInKind(rawValue: $0) == nil }).sorted()
        guard !own.isEmpty else { return [] }
        let result = try await tx.query(
            """
            SELECT k.word FROM tasks.kind AS k
            WHERE k.workspace_id = \(context.workspace) AND k.word = ANY (\(own)) AND k.is_active
            LIMIT \(Int64(TemplateBound.limit))
            """)
        return Set(try (0..<result.count).map { try result.value("word", row: $0, as: String.self) })
    }

    /// The days so many days after one, each with its end in the workspace's zone.
    private func days(
        _ offsets: [Int], from today: CalendarDate, _ tx: Transaction, _ context: WriteContext
    ) async throws -> [Int: TemplateFacts.Day] {
        guard !offsets.isEmpty else { return [:] }
        let result = try await tx.query(
            """
            SELECT o.days, (\(today) + o.days::integer + 1)::timestamp AT TIME ZONE z.time_zone AS day_end
            FROM unnest(\(Set(offsets).sorted().map(Int64.init))) AS o (days)
            JOIN identity.workspace_zone AS z ON z.workspace_id = \(context.workspace)
            LIMIT \(Int64(TemplateBound.limit))
            """)
        return try (0..<result.count).reduce(into: [:]) { days, row in
            let offset = try result.value("days", row: row, as: Int64.self)
            days[Int(offset)] = TemplateFacts.Day(
                date: today.adding(days: offset), end: try result.value("day_end", row: row, as: Timestamp.self))
        }
    }
}

/// What is known of a ticket and of whoever opens a template for it.
private struct TicketFactRow: PostgresRow {
    static let columns = [
        "case_number", "title", "label", "owner_label", "assignee_id", "assignee_name", "has_ended", "opener_name",
        "today",
    ]
    let label: String
    let assignee: NamedUser?
    let opener: String?
    let hasEnded: Bool
    let today: CalendarDate
    let values: [TemplateText.Place: String]

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        label = try row.decode("label")
        hasEnded = try row.decode("has_ended")
        opener = try row.decode("opener_name")
        today = try row.decode("today")
        let (id, name): (ID<User>?, String?) = (try row.decode("assignee_id"), try row.decode("assignee_name"))
        if let id, let name { assignee = NamedUser(id: id, name: name) } else { assignee = nil }
        var values: [TemplateText.Place: String] = [:]
        values[.caseNumber] = try row.decode("case_number")
        values[.title] = try row.decode("title")
        values[.owner] = try row.decode("owner_label")
        values[.assignee] = name
        values[.opener] = opener
        values[.today] = today.description
        self.values = values
    }
}
