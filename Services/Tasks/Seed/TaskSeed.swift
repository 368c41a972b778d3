import Models
import Postgres
import ServiceKit

/// Writes made-up tasks with their activity, one with each ticket of the workspace, a batch a transaction.
///
/// COPY is refused under row-level security, so a batch is copied into temporary tables and inserted from there.
struct TaskSeed: Sendable {
    let database: Database
    let request: SeedRequest

    /// Tasks a transaction.
    static let batch = 2_000
    /// Batches at the same time.
    private static let lanes = 2

    /// Writes them all, in the order of their tickets; what a run that broke off wrote stays.
    ///
    /// - Throws: ``NobodyToWork``; ``TicketEndedMeanwhile``; ``PostgresError``.
    func write(progress: @escaping @Sendable (SeedProgress) -> Void) async throws {
        let place = try await SeededWorkplace(of: request, in: database)
        var done = 0
        func report(_ written: Int) {
            done += written
            progress(SeedProgress(done: done, total: request.tickets))
        }
        try await withThrowingTaskGroup(of: Int.self) { group in
            var last: ID<TaskSubject>?
            // While the database works on one batch, the next is read and made up.
            for (index, start) in stride(from: 0, to: request.tickets, by: Self.batch).enumerated() {
                if index >= Self.lanes, let written = try await group.next() { report(written) }
                let tickets = try await tickets(after: last, limit: min(Self.batch, request.tickets - start))
                guard let next = tickets.last else { break }
                last = next.subject.id
                group.addTask {
                    try await write(start, tickets, place)
                    return tickets.count
                }
            }
            for try await written in group { report(written) }
        }
    }

    private func tickets(after last: ID<TaskSubject>?, limit: Int) async throws -> [SeededTicketCard] {
        let workspace = request.workspace
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, label, status FROM tickets.ticket_card
            WHERE workspace_id = \(workspace) AND id > \(last ?? .sample)
            ORDER BY id
            LIMIT \(Int64(limit))
            """, as: TicketCardRow.self
        ).map(\.card)
    }

    private func write(_ start: Int, _ tickets: [SeededTicketCard], _ place: SeededWorkplace) async throws {
        var random = request.random(for: "tasks batch \(start)")
        let tasks = tickets.map { SeededTask(with: $0, at: place, until: request.now, &random) }
        let activity = tasks.flatMap { SeedTables.activity($0, &random) }
        try await database.transaction(in: .workspace(request.workspace), SeedRequest.batch) { tx in
            for table in SeedTables.temporary { _ = try await tx.query(table) }
            _ = try await tx.copy(
                into: "seeded_task", columns: SeedTables.taskColumns, rows: tasks.map(SeedTables.task))
            _ = try await tx.copy(into: "seeded_activity", columns: SeedTables.activityColumns, rows: activity)
            let ended = try await tx.query(holding)
            guard try ended.value("ended", as: Int64.self) == 0 else { throw TicketEndedMeanwhile() }
            for insertion in insertions { _ = try await tx.query(insertion) }
        }
    }

    /// Locks the tickets that wait for a task of the batch, in the order of their ids, as ``TicketLock`` does.
    private var holding: SQL {
        """
        SELECT count(*) FILTER (WHERE l.status IN ('completed', 'closed')) AS ended
        FROM (
            SELECT tickets.lock_ticket(\(request.workspace), s.subject_id) AS status
            FROM (
                SELECT DISTINCT subject_id FROM seeded_task WHERE is_required AND ended_at IS NULL ORDER BY subject_id
            ) AS s
        ) AS l
        """
    }

    private var insertions: [SQL] {
        let workspace = request.workspace
        return [
            """
            INSERT INTO tasks.task (workspace_id, \(SeedTables.taskList))
            SELECT \(workspace), \(SeedTables.taskList) FROM seeded_task ORDER BY id
            """,
            """
            INSERT INTO core.activity (
                workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, changes, request_id,
                occurred_at)
            SELECT \(workspace), a.id, 'task', a.subject_id, a.version, a.verb, 'user', a.actor_id, a.changes,
                \(request.requestID), a.occurred_at
            FROM seeded_activity AS a
            """,
        ]
    }
}

private struct TicketCardRow: PostgresRow {
    static let columns = ["id", "label", "status"]
    let card: SeededTicketCard

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        let status: String = try row.decode("status")
        card = SeededTicketCard(
            subject: TaskSubject(kind: .ticket, id: try row.decode("id"), label: try row.decode("label")),
            hasEnded: TicketStatus(rawValue: status)?.hasEnded == true)
    }
}

/// Somebody ended a ticket that was to wait for a made-up task.
struct TicketEndedMeanwhile: Error, CustomStringConvertible {
    var description: String { "a ticket was completed or closed meanwhile: seed again, with --add" }
}
