import Models
import Postgres
import ServiceKit

/// Reads and writes the milestones of projects: parts of a project, whose version counts their changes.
struct MilestoneStore: Sendable {
    let database: Database

    /// The most milestones of a project.
    static let limit = 100

    private var projects: ProjectStore { ProjectStore(database: database) }

    /// All milestones of a project, in the order of their making; no row for a project that is not there either.
    ///
    /// Indexes: pk_milestone, ix_task_milestone.
    func list(of project: ID<Project>, in workspace: ID<Workspace>) async throws -> [MilestoneView] {
        let rows = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT m.id, m.name, m.due_on, m.reached_at, c.ended, c.total
            FROM tasks.milestone AS m
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE t.is_ended) AS ended, count(*) AS total
                FROM tasks.task AS t
                WHERE t.workspace_id = \(workspace) AND t.project_id = \(project) AND t.milestone_id = m.id
            ) AS c
            WHERE m.workspace_id = \(workspace) AND m.project_id = \(project)
            ORDER BY m.id
            LIMIT \(Int64(Self.limit))
            """, as: MilestoneViewRow.self)
        return rows.map(\.milestone)
    }

    /// Adds a milestone.
    ///
    /// - Throws: ``Problem`` 404 for the project, 409 when it has too many; ``PostgresError``.
    func add(_ milestone: Milestone, to id: ID<Project>, _ context: WriteContext) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let project = try await projects.lock(id, tx, context)
            let count = try await tx.query(
                """
                SELECT count(*) AS count FROM tasks.milestone
                WHERE workspace_id = \(context.workspace) AND project_id = \(id)
                """)
            guard try count.value("count", as: Int64.self) < Int64(Self.limit) else {
                throw Problem(.conflict, "A project has at most \(Self.limit) milestones.")
            }
            _ = try await tx.query(
                """
                INSERT INTO tasks.milestone (workspace_id, project_id, id, name, due_on)
                VALUES (\(context.workspace), \(id), \(milestone.id), \(milestone.name), \(milestone.dueOn))
                """)
            let answer = try StoredAnswer(
                status: 201, milestone, location: "/v1/projects/\(id)/milestones/\(milestone.id)")
            let changes = MilestoneDifference.of(nil, milestone, in: project)
            try await record((.milestoneAdded, changes), of: project, answer, tx, context)
            return answer
        }
    }

    /// Changes a milestone; one that says the same already stays as it is, and so does the project.
    ///
    /// - Throws: ``Problem`` 404, or 412 for the project's version; ``PostgresError``.
    func change(
        _ path: MilestonePath, _ patch: UpdateMilestone, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let project = try await projects.lock(path.id, expecting: version, tx, context)
            let before = try await find(path, tx, context)
            let after = before.patched(by: patch, at: context.now)
            let answer = try StoredAnswer(status: 200, after)
            guard after != before else {
                try await context.keep(answer, in: tx)
                return answer
            }
            _ = try await tx.query(
                """
                UPDATE tasks.milestone
                SET name = \(after.name), due_on = \(after.dueOn), reached_at = \(after.reachedAt)
                WHERE workspace_id = \(context.workspace) AND project_id = \(path.id) AND id = \(path.milestoneID)
                """)
            let verb: ActivityVerb =
                before.reachedAt == nil && after.reachedAt != nil ? .milestoneReached : .milestoneUpdated
            let changes = MilestoneDifference.of(before, after, in: project)
            try await record((verb, changes), of: project, answer, tx, context)
            return answer
        }
    }

    /// Takes a milestone away that no task is for.
    ///
    /// - Throws: ``Problem`` 404, 409 while tasks are for it, or 412; ``PostgresError``.
    func remove(_ path: MilestonePath, expecting version: Int64?, _ context: WriteContext) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let project = try await projects.lock(path.id, expecting: version, tx, context)
            let milestone = try await find(path, tx, context)
            do {
                _ = try await tx.query(
                    """
                    DELETE FROM tasks.milestone
                    WHERE workspace_id = \(context.workspace) AND project_id = \(path.id)
                      AND id = \(path.milestoneID)
                    """)
            } catch let error as PostgresError where error.constraint == "fk_task_milestone" {
                throw Problem(.conflict, "Tasks are for this milestone: give them another one first.")
            }
            let changes = MilestoneDifference.of(milestone, nil, in: project)
            try await record((.milestoneRemoved, changes), of: project, .noContent, tx, context)
        }
    }

    private func find(_ path: MilestonePath, _ tx: Transaction, _ context: WriteContext) async throws -> Milestone {
        let row = try await tx.first(
            """
            SELECT \(columns: MilestoneRow.self)
            FROM tasks.milestone
            WHERE workspace_id = \(context.workspace) AND project_id = \(path.id) AND id = \(path.milestoneID)
            """, as: MilestoneRow.self)
        guard let row else { throw Problem.notFound("milestone") }
        return row.milestone
    }

    private func record(
        _ change: (verb: ActivityVerb, told: JSONValue), of project: Project, _ answer: StoredAnswer,
        _ tx: Transaction, _ context: WriteContext
    ) async throws {
        _ = try await tx.query(
            """
            WITH changed AS (
                UPDATE tasks.project AS p
                SET version = \(Int64(project.version) + 1), updated_at = \(context.now)
                WHERE p.workspace_id = \(context.workspace) AND p.id = \(project.id)
                RETURNING p.id, p.version
            ),
            \(context.activity(
                .project, verb: change.verb, from: "changed",
                carrying: JSONText(utf8: JSONWriter.bytes(of: change.told)))),
            \(context.keep(answer, from: "changed"))
            SELECT count(*) FROM kept
            """)
    }
}

/// A milestone as the table holds it.
struct MilestoneRow: PostgresRow {
    static let columns = ["id", "name", "due_on", "reached_at"]
    let milestone: Milestone

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        milestone = Milestone(
            id: try row.decode("id"), name: try row.decode("name"), dueOn: try row.decode("due_on"),
            reachedAt: try row.decode("reached_at"))
    }
}

/// A milestone with the number of its tasks.
private struct MilestoneViewRow: PostgresRow {
    static let columns = MilestoneRow.columns + ["ended", "total"]
    let milestone: MilestoneView

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        milestone = MilestoneView(
            try MilestoneRow(row: row).milestone, ended: Int(try row.decode("ended", as: Int64.self)),
            total: Int(try row.decode("total", as: Int64.self)))
    }
}

extension ActivityVerb {
    /// A project gained a milestone.
    static let milestoneAdded = ActivityVerb(rawValue: "milestone_added")
    /// A milestone was changed.
    static let milestoneUpdated = ActivityVerb(rawValue: "milestone_updated")
    /// A milestone was reached.
    static let milestoneReached = ActivityVerb(rawValue: "milestone_reached")
    /// A milestone was taken away.
    static let milestoneRemoved = ActivityVerb(rawValue: "milestone_removed")
}
