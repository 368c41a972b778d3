import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Writes made-up tickets with their numbers, notes, activity and search texts, a batch a transaction.
///
/// COPY is refused under row-level security, so a batch is copied into temporary tables and inserted from there.
struct TicketSeed: Sendable {
    let database: Database
    let request: SeedRequest

    /// Tickets a transaction.
    static let batch = 2_000
    /// How far back the first ticket lies.
    private static let span: Duration = .seconds(400 * 86_400)

    /// Writes them all, oldest first; what a run that broke off wrote stays.
    ///
    /// - Throws: ``NobodyToSeedWith``; ``PostgresError``.
    func write(progress: @escaping @Sendable (SeedProgress) -> Void) async throws {
        let company = try await SeededCompany(of: request.workspace, in: database)
        let instants = openings()
        let starts = Array(stride(from: 0, to: instants.count, by: Self.batch))
        var done = 0
        try await withThrowingTaskGroup(of: Int.self) { group in
            // While the database works on one batch, the next is made up.
            for (index, start) in starts.enumerated() {
                if index >= Self.lanes, let written = try await group.next() {
                    done += written
                    progress(SeedProgress(done: done, total: instants.count))
                }
                let batch = instants[start..<min(start + Self.batch, instants.count)]
                group.addTask {
                    try await write(batch, company)
                    return batch.count
                }
            }
            for try await written in group {
                done += written
                progress(SeedProgress(done: done, total: instants.count))
            }
        }
    }

    /// Batches at the same time.
    private static let lanes = 2

    /// When each ticket was opened, in order: more of late, and more in the middle of the day.
    private func openings() -> [Timestamp] {
        var random = request.random(for: "tickets openings")
        let (seconds, _) = Self.span.components
        return (0..<request.tickets).map { _ in
            let back = min(random.below(Int(seconds)), random.below(Int(seconds)))
            let ofDay = 6 * 3_600 + random.below(6 * 3_600) + random.below(5 * 3_600)
            let day = (request.now.microseconds / 1_000_000 - Int64(back)) / 86_400
            let instant = Timestamp(microseconds: (day * 86_400 + Int64(ofDay)) * 1_000_000)
            return min(instant, request.now.adding(.seconds(-1 - random.below(3_600))))
        }.sorted()
    }

    private func write(_ instants: ArraySlice<Timestamp>, _ company: SeededCompany) async throws {
        var random = request.random(for: "tickets batch \(instants.startIndex)")
        let numbers = try await CaseNumberStore(database: database).take(for: instants, in: request.workspace)
        let cases = zip(instants, numbers).map { instant, number in
            SeededCase(number, openedAt: instant, in: company, until: request.now, &random)
        }
        let activity = cases.flatMap { SeedTables.activity($0, &random) }
        try await database.transaction(in: .workspace(request.workspace), SeedRequest.batch) { tx in
            for table in SeedTables.temporary { _ = try await tx.query(table) }
            _ = try await tx.copy(
                into: "seeded_ticket", columns: SeedTables.ticketColumns, rows: cases.map(SeedTables.ticket))
            _ = try await tx.copy(
                into: "seeded_note", columns: SeedTables.noteColumns, rows: cases.flatMap(SeedTables.notes))
            _ = try await tx.copy(into: "seeded_activity", columns: SeedTables.activityColumns, rows: activity)
            for insertion in insertions { _ = try await tx.query(insertion) }
        }
    }

    private var insertions: [SQL] {
        let workspace = request.workspace
        return [
            """
            INSERT INTO tickets.ticket (workspace_id, \(SeedTables.ticketList))
            SELECT \(workspace), \(SeedTables.ticketList) FROM seeded_ticket ORDER BY id
            """,
            """
            INSERT INTO tickets.note (workspace_id, id, ticket_id, kind, text, author_kind, author_id, created_at)
            SELECT \(workspace), n.id, n.ticket_id, n.kind, n.text, 'user', n.author_id, n.created_at
            FROM seeded_note AS n
            """,
            """
            INSERT INTO core.activity (
                workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, changes, request_id,
                occurred_at)
            SELECT \(workspace), a.id, 'ticket', a.subject_id, a.version, a.verb, 'user', a.actor_id, a.changes,
                \(request.requestID), a.occurred_at
            FROM seeded_activity AS a
            """,
            "SELECT tickets.index_new_tickets(\(workspace), array_agg(s.id ORDER BY s.id)) FROM seeded_ticket AS s",
            "SELECT tickets.learn_words(\(workspace), array_agg(s.id ORDER BY s.id)) FROM seeded_ticket AS s",
        ]
    }
}
