import Models
import Postgres
import ServiceKit

/// Adds, changes and deletes people or organizations.
struct CustomerWriting<Record: StoredCustomer>: Sendable {
    let database: Database

    /// Adds a record with its contacts, in one statement with activity, search text and key.
    ///
    /// - Throws: ``Problem`` 409 when a verified contact is another's; ``PostgresError``.
    ///
    /// - Parameters:
    ///   - record: The new record.
    ///   - identities: Its verified contacts by their places in the request.
    ///   - answer: The answer whose bytes are fixed.
    ///   - context: Who acts.
    func add(
        _ record: Record, identities: VerifiedIdentities, answer: StoredAnswer, _ context: WriteContext
    ) async throws {
        let workspace = context.workspace
        try await identities.namingTaken(in: database, workspace) {
            _ = try await database.write(
                in: .workspace(workspace),
                """
                WITH subject AS (SELECT 1 AS one),
                \(context.keep(answer, from: "subject")),
                changed AS (
                    INSERT INTO \(Record.table) (
                        workspace_id, id, name, name_key, \(Record.ownColumns), version, created_at, updated_at)
                    SELECT \(workspace), \(record.id), \(record.name), core.fold(\(record.name)), \(record.ownValues),
                        1, \(context.now), \(context.now)
                    FROM kept
                    RETURNING id, version
                ),
                reached AS (\(try ContactLines(record.contacts).insertion(for: Record.self, from: "changed", context))),
                \(context.activity(Record.record, verb: .created, from: "changed")),
                \(Self.indexing(record, from: "changed", context))
                SELECT count(*) FROM changed, indexed
                """)
        }
    }

    /// Changes what a record says of itself.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func change(
        _ id: ID<Record>, expecting version: Int64?, _ context: WriteContext, _ decide: @Sendable (Record) -> Record
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let old = try await Self.lock(id, expecting: version, tx, context)
            let new = decide(old)
            let fields = new.fieldsChanged(since: old)
            guard !fields.isEmpty else {
                let answer = try StoredAnswer(status: 200, old, version: old.version)
                try await context.keep(answer, in: tx)
                return answer
            }
            let answer = try StoredAnswer(status: 200, new, version: new.version)
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE \(Record.table)
                    SET name = \(new.name), name_key = core.fold(\(new.name)), \(new.ownAssignments),
                        version = version + 1, updated_at = \(context.now)
                    WHERE workspace_id = \(context.workspace) AND id = \(id)
                    RETURNING id, version
                ),
                \(context.activity(
                    Record.record, verb: .updated, from: "changed", carrying: ActivityChanges(fields: fields).json)),
                \(Self.indexing(new, from: "changed", context)),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM changed, kept, indexed
                """)
            return answer
        }
    }

    /// Deletes a record: the row stays with its name, for the tickets that it owns; all else goes.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func delete(
        _ id: ID<Record>, expecting version: Int64?, answer: StoredAnswer, _ context: WriteContext
    ) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            _ = try await Self.lock(id, expecting: version, tx, context)
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE \(Record.table)
                    SET deleted_at = \(context.now), \(Record.ownErasure), version = version + 1,
                        updated_at = \(context.now)
                    WHERE workspace_id = \(context.workspace) AND id = \(id)
                    RETURNING id, version
                ),
                parted AS (
                    DELETE FROM customers.contact
                    WHERE workspace_id = \(context.workspace) AND \(Record.ownerColumn) = \(id)
                ),
                forgotten AS (
                    SELECT customers.remove_search_text(\(context.workspace), \(Record.kind.rawValue), changed.id)
                    FROM changed
                ),
                \(context.activity(Record.record, verb: .deleted, from: "changed")),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM changed, kept, forgotten
                """)
        }
    }

    // MARK: Steps

    /// Reads a record that nobody else changes until the end of the transaction.
    ///
    /// Two statements: one that waited for the lock would still read the contacts as they were before it waited.
    static func lock(
        _ id: ID<Record>, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> Record {
        _ = try await tx.query(
            """
            SELECT o.id
            FROM \(Record.table) AS o
            WHERE o.workspace_id = \(context.workspace) AND o.id = \(id)
            FOR NO KEY UPDATE
            """)
        let record = try await tx.first(
            """
            SELECT \(Record.selection(context.workspace))
            FROM \(Record.table) AS o
            WHERE o.workspace_id = \(context.workspace) AND o.id = \(id) AND o.deleted_at IS NULL
            """, as: Record.self)
        guard let record else { throw Problem.notFound(Record.noun) }
        if let version, version != Int64(record.version) {
            throw Problem.versionMismatch(current: Int64(record.version))
        }
        return record
    }

    /// `indexed AS (…)`: what the record is found by, once `changed` has it; the last SELECT must name it.
    static func indexing(_ record: Record, from changed: SQL, _ context: WriteContext) -> SQL {
        """
        indexed AS (
            SELECT customers.write_search_text(
                \(context.workspace), \(Record.kind.rawValue), \(changed).id, \(record.searchText))
            FROM \(changed)
        )
        """
    }
}
