package import Models
package import Postgres

/// Reads the history of records.
package struct ActivityStore: Sendable {
    private let database: Database

    /// Takes the database, as the role of a service.
    package init(database: Database) {
        self.database = database
    }

    /// One page of a record's history, newest first, as rows that are written as JSON as they are.
    ///
    /// The column `_version` is the sort key of the next page's cursor; one row more than `limit` tells that there is
    /// one. Served by `uq_activity_subject`.
    ///
    /// - Parameters:
    ///   - kind: The kind of the record.
    ///   - subject: The record.
    ///   - workspace: The record's workspace.
    ///   - version: Only entries before this version; `nil` for the newest.
    ///   - limit: The most entries of the page, in `1...200`.
    /// - Returns: At most `limit + 1` rows.
    /// - Throws: ``PostgresError``.
    package func page(
        of kind: RecordKind, _ subject: ID<AnyRecord>, in workspace: ID<Workspace>, before version: Int? = nil,
        limit: Int
    ) async throws(PostgresError) -> ResultSet {
        let newest = 9_007_199_254_740_992
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, verb, version, actor_kind AS "actor.kind", actor_id AS "actor.id",
                actor_service AS "actor.service", changes, request_id, occurred_at, version AS _version
            FROM core.activity
            WHERE workspace_id = \(workspace) AND subject_kind = \(kind.rawValue) AND subject_id = \(subject)
              AND version < \(version ?? newest)
            ORDER BY version DESC
            LIMIT \(limit + 1)
            """)
    }
}
