package import Models
package import Postgres

/// Reads and writes a workspace's own words.
package struct OwnWordStore: Sendable {
    private let words: OwnWords
    private let database: Database

    /// Takes the words, and the database as the role of their service.
    package init(_ words: OwnWords, database: Database) {
        self.words = words
        self.database = database
    }

    /// The workspace's own words in their order.
    ///
    /// Index: the unique constraint of words.
    ///
    /// - Throws: ``PostgresError``.
    package func own(in workspace: ID<Workspace>) async throws(PostgresError) -> [OwnWord] {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(columns: OwnWord.self)
            FROM \(words.table)
            WHERE workspace_id = \(workspace)
            ORDER BY word
            LIMIT \(Int64(OwnWords.limit))
            """, as: OwnWord.self)
    }

    /// Adds a word, unless there are too many.
    ///
    /// - Throws: ``Problem`` 409 when the word is taken or there are too many; ``PostgresError``.
    package func add(_ word: OwnWord, answer: StoredAnswer, _ context: WriteContext) async throws {
        do {
            let result = try await database.write(
                in: .workspace(context.workspace),
                """
                WITH subject AS (
                    SELECT count(*) AS others FROM \(words.table) WHERE workspace_id = \(context.workspace)
                ),
                changed AS (
                    INSERT INTO \(words.table) (workspace_id, id, word, name, is_active, version)
                    SELECT \(context.workspace), \(ID<OwnWord>.make(at: context.now)), \(word.word), \(word.name),
                        \(word.isActive), \(Int64(word.version))
                    FROM subject
                    WHERE others < \(Int64(OwnWords.limit))
                    RETURNING id, version
                ),
                \(context.activity(words.kind, verb: .created, from: "changed")),
                \(context.keep(answer, from: "changed"))
                SELECT (SELECT count(*) FROM changed) AS made, (SELECT count(*) FROM kept) AS kept
                """)
            guard try result.value("made", as: Int64.self) == 1 else {
                throw Problem(.conflict, "A workspace has at most \(OwnWords.limit) \(words.plural) of its own.")
            }
        } catch let error as PostgresError {
            guard error.constraint == words.uniqueWord else { throw error }
            throw Problem(
                .conflict, "There is a \(words.singular) of this word already.",
                errors: [FieldError("/word", .taken, "belongs to another \(words.singular)")])
        }
    }

    /// Renames a word, retires it, or brings it back.
    ///
    /// - Parameters:
    ///   - word: The word.
    ///   - version: The version that the caller has seen, if it says so.
    ///   - context: Who acts.
    ///   - decide: The word in, the word after the change and the answer out.
    /// - Returns: The answer.
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    package func change(
        _ word: String, expecting version: Int64?, _ context: WriteContext,
        _ decide: @Sendable (OwnWord) throws -> (OwnWord, StoredAnswer)
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await tx.first(
                """
                SELECT \(columns: OwnWord.self)
                FROM \(words.table)
                WHERE workspace_id = \(context.workspace) AND word = \(word)
                FOR NO KEY UPDATE
                """, as: OwnWord.self)
            guard let row else { throw Problem.notFound(words.singular) }
            if let version, version != Int64(row.version) {
                throw Problem.versionMismatch(current: Int64(row.version))
            }
            let (after, answer) = try decide(row)
            guard after.version != row.version else {
                try await context.keep(answer, in: tx)
                return answer
            }
            _ = try await tx.query(saving(after, before: row, answer, context))
            return answer
        }
    }

    private func saving(_ after: OwnWord, before: OwnWord, _ answer: StoredAnswer, _ context: WriteContext) -> SQL {
        """
        WITH changed AS (
            UPDATE \(words.table)
            SET name = \(after.name), is_active = \(after.isActive), version = \(Int64(after.version))
            WHERE workspace_id = \(context.workspace) AND word = \(after.word)
            RETURNING id, version
        ),
        \(context.activity(
            words.kind, verb: .updated, from: "changed",
            changes: [.value("is_active", from: "\(before.isActive)", to: "\(after.isActive)")])),
        \(context.keep(answer, from: "changed"))
        SELECT count(*) FROM kept
        """
    }
}
