import Models
import Postgres
import ServiceKit

/// Reads and writes templates.
struct TemplateStore: Sendable {
    let database: Database

    /// The most templates of a workspace.
    static let limit = 500
    /// The name of the list in its cursors.
    static let binding = "task_templates"

    /// One page of templates, newest first, without their tasks: each may hold as much as a page should.
    ///
    /// Index: pk_template.
    func list(in workspace: ID<Workspace>, before id: ID<TaskTemplate>?, limit: Int) async throws -> ResultSet {
        let position: SQL = id.map { "AND t.id < \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT t.id, t.name, json_array_length(t.items::json)::bigint AS task_count, t.is_active,
                t.version, t.created_at, t.updated_at
            FROM tasks.template AS t
            WHERE t.workspace_id = \(workspace) \(position)
            ORDER BY t.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One template as the wire shows it; no row when there is none.
    func show(_ template: ID<TaskTemplate>, in workspace: ID<Workspace>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT t.id, t.name, t.items::json AS items, t.is_active, t.version, t.created_at, t.updated_at
            FROM tasks.template AS t
            WHERE t.workspace_id = \(workspace) AND t.id = \(template)
            """)
    }

    /// Adds a template, unless there are too many.
    ///
    /// - Throws: ``Problem`` 409; ``PostgresError``.
    func add(_ template: TaskTemplate, answer: StoredAnswer, _ context: WriteContext) async throws {
        let items = try template.itemsText
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH subject AS (
                SELECT count(*) AS others FROM tasks.template WHERE workspace_id = \(context.workspace)
            ),
            changed AS (
                INSERT INTO tasks.template (workspace_id, id, name, items, version, created_at, updated_at)
                SELECT \(context.workspace), \(template.id), \(template.name), \(items), \(Int64(template.version)),
                    \(template.createdAt), \(template.updatedAt)
                FROM subject
                WHERE others < \(Int64(Self.limit))
                RETURNING id, version
            ),
            \(context.activity(.taskTemplate, verb: .created, from: "changed")),
            \(context.keep(answer, from: "changed"))
            SELECT (SELECT count(*) FROM changed) AS made, (SELECT count(*) FROM kept) AS kept
            """)
        guard try result.value("made", as: Int64.self) == 1 else {
            throw Problem(.conflict, "A workspace has at most \(Self.limit) templates.")
        }
    }

    /// Changes a template.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func change(
        _ id: ID<TaskTemplate>, _ patch: UpdateTaskTemplate, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let before = try await find(id, tx, context)
            if let version, version != Int64(before.version) {
                throw Problem.versionMismatch(current: Int64(before.version))
            }
            let after = try before.patched(by: patch, at: context.now)
            let answer = try StoredAnswer(status: 200, after, version: after.version)
            guard after.version != before.version else {
                try await context.keep(answer, in: tx)
                return answer
            }
            let areItemsSame = try after.itemsText == before.itemsText
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE tasks.template AS t
                    SET name = \(after.name), items = \(try after.itemsText),
                        is_active = \(after.isActive), version = \(Int64(after.version)),
                        updated_at = \(after.updatedAt)
                    WHERE t.workspace_id = \(context.workspace) AND t.id = \(id)
                    RETURNING t.id, t.version
                ),
                \(context.activity(
                    .taskTemplate, verb: .updated, from: "changed",
                    changes: [
                        .value("is_active", from: "\(before.isActive)", to: "\(after.isActive)"),
                        .versions("name", from: before.version, isSame: after.name == before.name),
                        .versions("items", from: before.version, isSame: areItemsSame),
                    ])),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM kept
                """)
            return answer
        }
    }

    /// A template, locked until the transaction's end.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func find(
        _ id: ID<TaskTemplate>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> TaskTemplate {
        let row = try await tx.first(
            """
            SELECT \(columns: TemplateRow.self)
            FROM tasks.template
            WHERE workspace_id = \(context.workspace) AND id = \(id)
            FOR NO KEY UPDATE
            """, as: TemplateRow.self)
        guard let row else { throw Problem.notFound("template") }
        return try row.template()
    }
}

/// A template as the table holds it.
struct TemplateRow: PostgresRow {
    static let columns = ["id", "name", "items", "is_active", "version", "created_at", "updated_at"]
    let id: ID<TaskTemplate>
    let name: String
    let items: String
    let isActive: Bool
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        name = try row.decode("name")
        items = try row.decode("items")
        isActive = try row.decode("is_active")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }

    /// The template as the wire shows it.
    func template() throws -> TaskTemplate {
        TaskTemplate(
            id: id, name: name, items: try WireJSON.decode([TemplateItem].self, from: Array(items.utf8)),
            isActive: isActive,
            version: Int(version), createdAt: createdAt, updatedAt: updatedAt)
    }
}

extension TaskTemplate {
    /// The tasks as the table keeps them.
    fileprivate var itemsText: String {
        get throws { String(decoding: try WireJSON.encode(items), as: UTF8.self) }
    }

    /// The template after a patch; its version is the next one if anything was given that differs.
    fileprivate func patched(by patch: UpdateTaskTemplate, at now: Timestamp) throws -> TaskTemplate {
        let (newName, newState) = (patch.name?.value ?? name, patch.isActive ?? isActive)
        let newItems = patch.items?.items ?? items
        let isSame =
            try newName == name && newState == isActive && (WireJSON.encode(newItems) == WireJSON.encode(items))
        return TaskTemplate(
            id: id, name: newName, items: newItems, isActive: newState, version: isSame ? version : version + 1,
            createdAt: createdAt, updatedAt: isSame ? updatedAt : now)
    }
}

extension RecordKind {
    /// A template of tasks.
    static let taskTemplate = RecordKind(rawValue: "task_template")
}
