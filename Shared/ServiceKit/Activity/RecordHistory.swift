package import Models
package import Postgres

/// Reads what was done to records of one kind, with the names of who did it as identity publishes them.
package struct RecordHistory: Sendable {
    private let kind: RecordKind
    private let database: Database

    /// Takes the kind of the records, and the database as the role of their service.
    package init(of kind: RecordKind, database: Database) {
        self.kind = kind
        self.database = database
    }

    /// One page of a record's activity, newest first; `version` is the sort key.
    ///
    /// Index: uq_activity_subject.
    ///
    /// - Throws: ``PostgresError``.
    package func activity(
        of record: ID<AnyRecord>, in workspace: ID<Workspace>, before version: Int64?, limit: Int
    ) async throws(PostgresError) -> ResultSet {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT a.id, a.verb, a.version, \(Self.actor), a.changes, a.request_id, a.occurred_at
            FROM core.activity AS a
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = a.actor_id
            WHERE \(isOf(record, in: workspace, before: version))
            ORDER BY a.version DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One page of who had a record, newest first: the entries of the stream that say so.
    ///
    /// Index: uq_activity_subject.
    ///
    /// - Throws: ``PostgresError``.
    package func assignments(
        of record: ID<AnyRecord>, in workspace: ID<Workspace>, before version: Int64?, limit: Int
    ) async throws(PostgresError) -> ResultSet {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT a.id, a.verb, a.version, \(Self.actor), n.id AS "assignee.id", n.name AS "assignee.name",
                q.id AS "team.id", q.name AS "team.name", a.occurred_at
            FROM core.activity AS a
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = a.actor_id
            LEFT JOIN identity.person AS n
                ON n.workspace_id = \(workspace) AND n.id = (a.changes #>> '{assignee_id,to}')::uuid
            LEFT JOIN identity.team_card AS q
                ON q.workspace_id = \(workspace) AND q.id = (a.changes #>> '{team_id,to}')::uuid
            WHERE \(isOf(record, in: workspace, before: version))
              AND (
                a.verb IN ('created', 'claimed', 'assigned', 'unassigned', 'delegated', 'recalled')
                OR a.verb = 'restored'
                    AND (a.changes -> 'assignee_id' IS NOT NULL OR a.changes -> 'team_id' IS NOT NULL))
            ORDER BY a.version DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    private static let actor: SQL = """
        a.actor_kind AS "actor.kind", a.actor_id AS "actor.id", a.actor_service AS "actor.service",
        p.name AS "actor.name"
        """

    private func isOf(_ record: ID<AnyRecord>, in workspace: ID<Workspace>, before version: Int64?) -> SQL {
        let position: SQL = version.map { "AND a.version < \($0)" } ?? ""
        return """
            a.workspace_id = \(workspace) AND a.subject_kind = \(kind.rawValue) AND a.subject_id = \(record) \(position)
            """
    }
}

extension ActivityVerb {
    /// Somebody took a record that nobody had.
    package static let claimed = ActivityVerb(rawValue: "claimed")
    /// A record was given to a person or a team.
    package static let assigned = ActivityVerb(rawValue: "assigned")
    /// A record was given back.
    package static let unassigned = ActivityVerb(rawValue: "unassigned")

    /// A record was given to somebody, or given back while its team stays.
    package static func giving<Record: Queued>(_ before: Record, _ after: Record) -> ActivityVerb {
        after.assignee == nil && after.team?.id == before.team?.id ? .unassigned : .assigned
    }
}
