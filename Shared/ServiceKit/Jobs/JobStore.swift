import Models
import Postgres

/// Keeps the jobs of one service: begins them, shows them, stops them and has them undone.
///
/// Whoever changes a job's course locks its row, then moves or removes its timer: a turn that runs just then has lost
/// its lease and is undone.
struct JobStore: Sendable {
    let database: Database
    let service: ServiceName

    var timers: TimerStore { TimerStore(database: database, service: service) }

    /// How often a place is looked for: each time that another job takes it at the same moment, one fewer is free.
    private static let tries = JobLimits.slots + 1

    // MARK: Beginning

    /// How many records some conditions mean, counted no further than one above ``JobLimits/records``.
    ///
    /// - Throws: ``PostgresError``.
    func count(_ conditions: [SQL], of table: SQL, in workspace: ID<Workspace>) async throws(PostgresError) -> Int {
        let result = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT count(*) AS total
            FROM (
                SELECT 1 FROM \(table) AS t
                WHERE \(SQL.joined(conditions, by: " AND "))
                LIMIT \(Int64(JobLimits.records) + 1)
            ) AS counted
            """)
        return Int(try result.value("total", as: Int64.self))
    }

    /// Adds a job and the timer of its first turn, in one statement with its key.
    ///
    /// - Throws: ``Problem`` 409 when the workspace has as many under way as it may have; ``PostgresError``.
    func add(_ row: JobRow, answer: StoredAnswer, _ context: WriteContext) async throws {
        let made = try await findingPlace {
            try await database.write(in: context.scope, adding(row, answer, context)).count
        }
        guard made > 0 else { throw Self.tooMany }
    }

    /// Looks for a place anew when another job takes it at the same moment.
    ///
    /// - Throws: ``Problem`` 409 when others took every place that was found.
    func findingPlace<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        for _ in 1...Self.tries {
            do {
                return try await work()
            } catch let error as PostgresError where error.constraint == "uq_job_slot" {
                continue
            }
        }
        throw Self.tooMany
    }

    private func adding(_ row: JobRow, _ answer: StoredAnswer, _ context: WriteContext) -> SQL {
        let (job, workspace) = (row.job, context.workspace)
        return """
            WITH made AS (
                INSERT INTO core.job (
                    workspace_id, id, service, kind, status, slot, ordered, total, position, through, created_by,
                    permissions, request_id, created_at)
                SELECT \(workspace), \(job.id), \(service), \(job.kind), \(job.status), free.slot,
                    \(JSONText(utf8: JSONWriter.bytes(of: row.ordered))), \(job.total), \(row.position),
                    \(row.through), \(row.principal.person), \(row.principal.permissions), \(row.principal.requestID),
                    \(job.createdAt)
                FROM (\(freeSlot(in: workspace))) AS free
                RETURNING id),
            timer AS (\(timers.schedule(.bulkJob, ofEach: "made", in: workspace, at: .now))),
            \(context.keep(answer, from: "made"))
            SELECT made.id FROM made, kept
            """
    }

    /// The lowest place that no job under way has; no row when all are taken.
    func freeSlot(in workspace: ID<Workspace>) -> SQL {
        """
        SELECT s.slot FROM generate_series(1::bigint, \(Int64(JobLimits.slots))) AS s (slot)
        WHERE NOT EXISTS (
            SELECT FROM core.job AS o
            WHERE o.workspace_id = \(workspace) AND o.service = \(service) AND o.slot = s.slot)
        ORDER BY s.slot
        LIMIT 1
        """
    }

    static let tooMany = Problem(
        .tooManyJobs, "A workspace has at most \(JobLimits.slots) jobs under way: wait until one has ended.")

    // MARK: Reading

    /// One job as the wire shows it; no row when there is none.
    ///
    /// - Throws: ``PostgresError``.
    func show(_ id: ID<Job>, in workspace: ID<Workspace>) async throws(PostgresError) -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            "SELECT \(Self.shown) FROM core.job AS j WHERE \(condition(id, in: workspace))")
    }

    /// A page of jobs, newest first, and one more.
    ///
    /// Index: ix_job_list.
    ///
    /// - Throws: ``PostgresError``.
    func page(
        in workspace: ID<Workspace>, of person: ID<User>?, before: ID<Job>?, limit: Int
    ) async throws(PostgresError) -> ResultSet {
        var conditions: [SQL] = ["j.workspace_id = \(workspace) AND j.service = \(service)"]
        if let person { conditions.append("j.created_by = \(person)") }
        if let before { conditions.append("j.id < \(before)") }
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(Self.shown) FROM core.job AS j
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY j.id DESC
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// A page of what a job was forbidden to change, and one more.
    ///
    /// Index: ix_job_item_refused.
    ///
    /// - Throws: ``PostgresError``.
    func refused(
        by job: ID<Job>, in workspace: ID<Workspace>, after: ID<JobItem>?, limit: Int
    ) async throws(PostgresError) -> ResultSet {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT i.subject_id AS id, i.code FROM core.job_item AS i
            WHERE i.workspace_id = \(workspace) AND i.job_id = \(job) AND i.code IS NOT NULL
              AND i.subject_id > \(after ?? .sample)
            ORDER BY i.subject_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// The columns of a job as the fields of ``Job``.
    private static let shown: SQL = """
        j.id, j.kind, j.status, j.ordered -> 'filter' AS filter, j.ordered -> 'change' AS change, j.total, j.done,
        j.changed, j.unchanged, j.refused, j.refusals, j.failure, j.created_by, j.created_at, j.started_at,
        j.finished_at, j.undo_until AS "undo.possible_until", j.restored AS "undo.restored", j.kept AS "undo.kept",
        j.version
        """

    func condition(_ id: ID<Job>, in workspace: ID<Workspace>) -> SQL {
        "j.workspace_id = \(workspace) AND j.id = \(id)"
    }
}
