import Models
import Postgres
import ServiceKit

/// Reads and writes projects.
struct ProjectStore: Sendable {
    let database: Database

    /// The list in its cursors, with its filter.
    static func binding(_ query: ProjectListQuery) -> String { "projects \(query.status?.rawValue ?? "*")" }

    /// One page of projects, newest first.
    ///
    /// Indexes: pk_project, ix_project_status.
    func list(
        _ query: ProjectListQuery, in workspace: ID<Workspace>, before id: ID<Project>?, limit: Int
    ) async throws -> ResultSet {
        let status: SQL = query.status.map { "AND p.status = \($0)" } ?? ""
        let position: SQL = id.map { "AND p.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT p.id, p.name, p.description, p.status, p.due_on, p.version, p.created_at, p.updated_at
            FROM tasks.project AS p
            WHERE p.workspace_id = \(workspace) \(status) \(position)
            ORDER BY p.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One project with the number of its tasks; no row when there is none.
    ///
    /// Index: ix_task_board.
    func show(_ project: ID<Project>, in workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT p.id, p.name, p.description, p.status, p.due_on, \(Self.count(workspace, "open")) AS "tasks.open",
                \(Self.count(workspace, "in_progress")) AS "tasks.in_progress",
                \(Self.count(workspace, "completed")) AS "tasks.completed",
                \(Self.count(workspace, "cancelled")) AS "tasks.cancelled", p.version, p.created_at, p.updated_at
            FROM tasks.project AS p
            WHERE p.workspace_id = \(workspace) AND p.id = \(project)
            """)
    }

    /// Adds a project, in one statement with its activity and its key.
    ///
    /// - Throws: ``PostgresError``.
    func add(_ project: Project, answer: StoredAnswer, _ context: WriteContext) async throws(PostgresError) {
        _ = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH subject AS (SELECT 1 AS one),
            \(context.keep(answer, from: "subject")),
            changed AS (
                INSERT INTO tasks.project (
                    workspace_id, id, name, description, status, due_on, version, created_at, updated_at)
                SELECT \(context.workspace), \(project.id), \(project.name), \(project.description),
                    \(project.status), \(project.dueOn), \(Int64(project.version)), \(project.createdAt),
                    \(project.updatedAt)
                FROM kept
                RETURNING id, version, due_on
            ),
            \(context.activity(.project, verb: .created, from: "changed", changes: [.column("due_on")]))
            SELECT count(*) FROM changed
            """)
    }

    /// Changes a project, in a transaction with its activity and its key.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func change(
        _ id: ID<Project>, _ patch: UpdateProject, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let before = try await lock(id, expecting: version, tx, context)
            let after = before.patched(by: patch, at: context.now)
            let answer = try StoredAnswer(status: 200, after, version: after.version)
            guard after.version != before.version else {
                try await context.keep(answer, in: tx)
                return answer
            }
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE tasks.project AS p
                    SET name = \(after.name), description = \(after.description), status = \(after.status),
                        due_on = \(after.dueOn), version = \(Int64(after.version)), updated_at = \(after.updatedAt)
                    WHERE p.workspace_id = \(context.workspace) AND p.id = \(id)
                    RETURNING p.id, p.version
                ),
                \(context.activity(
                    .project, verb: .updated, from: "changed",
                    changes: [
                        .value("status", from: "\(before.status)", to: "\(after.status)"),
                        .value("due_on", from: "\(before.dueOn)", to: "\(after.dueOn)"),
                        .versions("name", from: before.version, isSame: after.name == before.name),
                        .versions(
                            "description", from: before.version, isSame: after.description == before.description),
                    ])),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM kept
                """)
            return answer
        }
    }

    /// Locks a project until the transaction's end: its milestones and its board are changed by one at a time.
    ///
    /// - Throws: ``Problem`` 404, or 412 when its version is not the one that is expected; ``PostgresError``.
    func lock(
        _ id: ID<Project>, expecting version: Int64? = nil, _ tx: Transaction, _ context: WriteContext
    ) async throws -> Project {
        let locked = try await tx.first(
            """
            SELECT \(columns: ProjectRow.self)
            FROM tasks.project
            WHERE workspace_id = \(context.workspace) AND id = \(id)
            FOR NO KEY UPDATE
            """, as: ProjectRow.self)
        guard let locked else { throw Problem.notFound("project") }
        if let version, version != Int64(locked.project.version) {
            throw Problem.versionMismatch(current: Int64(locked.project.version))
        }
        return locked.project
    }

    private static func count(_ workspace: ID<Workspace>, _ status: SQL) -> SQL {
        """
        (SELECT count(*) FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.project_id = p.id AND t.status = '\(status)')
        """
    }
}

/// A project as the table holds it.
struct ProjectRow: PostgresRow {
    static let columns = [
        "id", "name", "description", "status", "due_on", "version", "created_at", "updated_at",
    ]
    let project: Project

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        project = Project(
            id: try row.decode("id"), name: try row.decode("name"), description: try row.decode("description"),
            status: try row.decode("status"), dueOn: try row.decode("due_on"),
            version: Int(try row.decode("version", as: Int64.self)), createdAt: try row.decode("created_at"),
            updatedAt: try row.decode("updated_at"))
    }
}

extension FieldChange {
    /// A text of a record: the versions between which it changed, never what it says.
    static func versions(_ field: String, from version: Int, isSame: Bool) -> FieldChange {
        .value(field, from: "\(Int64(version))", to: "\(Int64(isSame ? version : version + 1))")
    }
}

extension ProjectStatus: PostgresEncodable, PostgresDecodable {}

extension RecordKind {
    /// A project.
    static let project = RecordKind(rawValue: "project")
}
