package import Models
package import Postgres

/// A name that records copy from the view in which its owner publishes it.
///
/// A refresh counts `label_revision` up, and is no change of the record: neither version nor activity tells of it.
package struct CopiedName: Sendable {
    /// Where a name is published.
    package struct Source: Sendable {
        let kind: RecordKind
        let view: SQL
        let name: SQL
        let condition: SQL
        let renames: @Sendable (ActivityEntry) -> Bool

        /// Describes a published view.
        ///
        /// - Parameters:
        ///   - kind: The kind of record whose activity tells of new names.
        ///   - view: The view; its columns are `workspace_id`, `id` and the name.
        ///   - name: The column with the name.
        ///   - condition: What else finds the record in the view, whose alias is `n`.
        ///   - renames: Whether an entry of the kind may have changed the name.
        package init(
            _ kind: RecordKind, in view: SQL, name: SQL = "name", where condition: SQL = "true",
            renames: @escaping @Sendable (ActivityEntry) -> Bool = { $0.verb == .updated }
        ) {
            self.kind = kind
            self.view = view
            self.name = name
            self.condition = condition
            self.renames = renames
        }

        /// The people of a workspace.
        package static let person = Source(.user, in: "identity.person")
        /// The teams of a workspace.
        package static let team = Source(.team, in: "identity.team_card")
        /// People among the customers.
        package static let individual = Source(
            RecordKind(rawValue: "individual"), in: "customers.owner_card", name: "label",
            where: "n.kind = 'individual'")
        /// Companies among the customers.
        package static let organization = Source(
            RecordKind(rawValue: "organization"), in: "customers.owner_card", name: "label",
            where: "n.kind = 'organization'")
    }

    let source: Source
    let table: SQL
    let copier: RecordKind
    let id: SQL
    let copy: SQL
    let timer: TimerKind
    let then: @Sendable (ID<Workspace>) -> SQL

    /// Describes a copy.
    ///
    /// - Parameters:
    ///   - source: Where the name comes from.
    ///   - table: The table that copies it; its columns are `workspace_id`, `id` and `label_revision`, and an index by
    ///     workspace and the column of the id finds who copies.
    ///   - copier: The kind of the table's records.
    ///   - id: The column that says whose name it is.
    ///   - copy: The column with the copy.
    ///   - timer: The timer that refreshes it, of no other copy.
    ///   - then: A `SELECT` from `refreshed AS r`, the ids of refreshed records, with what a new name entails.
    package init(
        of source: Source, in table: SQL, of copier: RecordKind, id: SQL, copy: SQL, timer: String,
        then: @escaping @Sendable (ID<Workspace>) -> SQL = { _ in "SELECT true AS done FROM refreshed AS r" }
    ) {
        self.source = source
        self.table = table
        self.copier = copier
        self.id = id
        self.copy = copy
        self.timer = TimerKind(rawValue: timer)
        self.then = then
    }

    /// The most records that are refreshed in one transaction.
    package static let batch = 500

    /// Refreshes up to ``batch`` records that show an old name of `subject`; how many it were.
    ///
    /// - Throws: ``PostgresError``.
    func refresh(
        _ subject: ID<AnyRecord>, in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) -> Int {
        let result = try await tx.query(
            """
            WITH stale AS (
                SELECT t.id, n.\(source.name) AS name
                FROM \(table) AS t
                JOIN \(source.view) AS n ON n.workspace_id = \(workspace) AND n.id = \(subject) AND \(source.condition)
                WHERE t.workspace_id = \(workspace) AND t.\(id) = \(subject)
                  AND t.\(copy) IS DISTINCT FROM n.\(source.name)
                ORDER BY t.id
                LIMIT \(Int64(Self.batch))
                FOR NO KEY UPDATE OF t
            ),
            refreshed AS (
                UPDATE \(table) AS t
                SET \(copy) = stale.name, label_revision = t.label_revision + 1
                FROM stale
                WHERE t.workspace_id = \(workspace) AND t.id = stale.id
                RETURNING t.id
            ),
            entailed AS (\(then(workspace)))
            SELECT (SELECT count(*) FROM refreshed) AS refreshed, (SELECT count(*) FROM entailed) AS entailed
            """)
        return Int(try result.value("refreshed", as: Int64.self))
    }

    /// Refreshes those among some records that copied a name just before it changed; usually none.
    ///
    /// A change is read once it cannot be passed over by older transactions; a record that was written in that moment
    /// is looked at here, after its own commit.
    ///
    /// - Throws: ``PostgresError``.
    func refresh(
        records: [ID<AnyRecord>], in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) {
        let result = try await tx.query(
            """
            SELECT DISTINCT t.\(id) AS subject
            FROM \(table) AS t
            JOIN \(source.view) AS n ON n.workspace_id = \(workspace) AND n.id = t.\(id) AND \(source.condition)
            WHERE t.workspace_id = \(workspace) AND t.id = ANY (\(records))
              AND t.\(copy) IS DISTINCT FROM n.\(source.name)
            """)
        for row in 0..<result.count {
            _ = try await refresh(
                try result.value("subject", row: row, as: ID<AnyRecord>.self), in: workspace, tx)
        }
    }
}
