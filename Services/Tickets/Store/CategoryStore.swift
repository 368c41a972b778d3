import Models
import Postgres
import ServiceKit

/// A workspace's own kinds of tickets, and its settings.
struct CategoryStore: Sendable {
    let database: Database

    /// The most kinds that a workspace may have of its own.
    static let limit = 200

    /// The workspace's own kinds, by their words.
    ///
    /// Index: uq_category_word.
    func own(in workspace: ID<Workspace>) async throws -> [CategoryRow] {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(columns: CategoryRow.self)
            FROM tickets.category
            WHERE workspace_id = \(workspace)
            ORDER BY word
            LIMIT \(Int64(Self.limit))
            """, as: CategoryRow.self)
    }

    /// Adds a kind, unless there are too many.
    ///
    /// - Throws: ``Problem`` 409 when the word is taken or there are too many; ``PostgresError``.
    func add(_ category: TicketCategory, answer: StoredAnswer, _ context: WriteContext) async throws {
        do {
            let result = try await database.write(
                in: .workspace(context.workspace),
                """
                WITH subject AS (
                    SELECT count(*) AS others FROM tickets.category WHERE workspace_id = \(context.workspace)
                ),
                changed AS (
                    INSERT INTO tickets.category (workspace_id, id, word, name, is_active, version)
                    SELECT \(context.workspace), \(ID<TicketCategory>.make(at: context.now)), \(category.word),
                        \(category.name), \(category.isActive), \(Int64(category.version))
                    FROM subject
                    WHERE others < \(Int64(Self.limit))
                    RETURNING id, version
                ),
                \(context.activity(.ticketCategory, verb: .created, from: "changed")),
                \(context.keep(answer, from: "changed"))
                SELECT (SELECT count(*) FROM changed) AS made, (SELECT count(*) FROM kept) AS kept
                """)
            guard try result.value("made", as: Int64.self) == 1 else {
                throw Problem(.conflict, "A workspace has at most \(Self.limit) categories of its own.")
            }
        } catch let error as PostgresError {
            guard error.constraint == "uq_category_word" else { throw error }
            throw Problem(
                .conflict, "There is a category of this word already.",
                errors: [FieldError("/word", .taken, "belongs to another category")])
        }
    }

    /// Renames a kind, retires it, or brings it back.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func change(
        _ word: String, _ patch: UpdateTicketCategory, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await tx.first(
                """
                SELECT \(columns: CategoryRow.self)
                FROM tickets.category
                WHERE workspace_id = \(context.workspace) AND word = \(word)
                FOR NO KEY UPDATE
                """, as: CategoryRow.self)
            guard let row else { throw Problem.notFound("category") }
            if let version, version != row.version { throw Problem.versionMismatch(current: row.version) }
            let after = row.patched(by: patch)
            let answer = try StoredAnswer(status: 200, after, version: after.version)
            guard after.version != Int(row.version) else {
                try await context.keep(answer, in: tx)
                return answer
            }
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE tickets.category
                    SET name = \(after.name), is_active = \(after.isActive), version = \(Int64(after.version))
                    WHERE workspace_id = \(context.workspace) AND word = \(word)
                    RETURNING id, version
                ),
                \(context.activity(
                    .ticketCategory, verb: .updated, from: "changed",
                    changes: [.value("is_active", from: "\(row.isActive)", to: "\(after.isActive)")])),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM kept
                """)
            return answer
        }
    }
}

/// A kind of tickets as the table holds it.
struct CategoryRow: PostgresRow {
    static let columns = ["word", "name", "is_active", "version"]
    let word: String
    let name: String
    let isActive: Bool
    let version: Int64

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        word = try row.decode("word")
        name = try row.decode("name")
        isActive = try row.decode("is_active")
        version = try row.decode("version")
    }

    /// The kind as the wire shows it.
    var category: TicketCategory {
        TicketCategory(word: word, name: name, isActive: isActive, isBuiltIn: false, version: Int(version))
    }

    /// The kind after a patch; its version is the next one if anything differs.
    func patched(by patch: UpdateTicketCategory) -> TicketCategory {
        let (newName, newState) = (patch.name?.value ?? name, patch.isActive ?? isActive)
        let isChanged = newName != name || newState != isActive
        return TicketCategory(
            word: word, name: newName, isActive: newState, isBuiltIn: false, version: Int(version) + (isChanged ? 1 : 0)
        )
    }
}

extension RecordKind {
    /// A workspace's own kind of tickets.
    static let ticketCategory = RecordKind(rawValue: "ticket_category")
    /// A workspace's settings of tickets.
    static let ticketSetting = RecordKind(rawValue: "ticket_setting")
}
