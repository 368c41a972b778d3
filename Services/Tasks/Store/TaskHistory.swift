import Models
import Postgres
import ServiceKit

/// Reads what was done to a record of tasks from the one stream.
struct TaskHistory: Sendable {
    let database: Database

    /// One page of a record's activity, newest first.
    ///
    /// Index: uq_activity_subject.
    func activity(
        of kind: RecordKind, _ subject: ID<AnyRecord>, in workspace: ID<Workspace>, before version: Int64?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = version.map { "AND a.version < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT a.id, a.verb, a.version, a.actor_kind AS "actor.kind", a.actor_id AS "actor.id",
                a.actor_service AS "actor.service", p.name AS "actor.name", a.changes, a.request_id, a.occurred_at
            FROM core.activity AS a
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = a.actor_id
            WHERE a.workspace_id = \(workspace) AND a.subject_kind = \(kind.rawValue) AND a.subject_id = \(subject)
              \(position)
            ORDER BY a.version DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }
}
