import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Customers
@testable import Tasks
@testable import Tickets

@Suite("Made-up tasks", .scratchDatabase(.tasks))
struct TaskSeedTests {
    private static let now = Timestamp.instant("2026-03-01T09:00:00Z")

    /// Makes up tickets and the tasks with them for a company of its own; what the tasks are, without ids.
    private func seeded(
        _ count: Int, seed: UInt64 = 7, for company: Company,
        progress: @escaping @Sendable (SeedProgress) -> Void = { _ in }
    ) async throws {
        let request = SeedRequest(workspace: company.id, tickets: count, seed: seed, now: Self.now)
        let scratch = try ScratchDatabase.current
        try await scratch.withService(.tickets) { database in
            try await TicketsDefinition.seed(request, in: database) { _ in }
        }
        try await scratch.withService(.tasks) { database in
            #expect(try await TasksDefinition.seedObstacle(request, in: database) == nil)
            try await TasksDefinition.seed(request, in: database, progress: progress)
            #expect(try await TasksDefinition.seedObstacle(request, in: database) != nil)
        }
    }

    @Test("are one with each ticket, with activity for each version in order, and no ticket ended before its own (F4)")
    func written() async throws {
        let company = try Company()
        let last = Mutex<SeedProgress?>(nil)
        try await seeded(4_100, for: company) { progress in last.withLock { $0 = progress } }
        #expect(last.withLock { $0 } == SeedProgress(done: 4_100, total: 4_100))
        #expect(try Rows.count("tasks.task") == 4_100)
        let (mine, required) = (
            try Rows.count("tasks.task", where: "subject_kind = 'ticket'"),
            try Rows.count("tasks.task", where: "is_required")
        )
        #expect(2_000...3_300 ~= mine && 200...700 ~= required, "\(mine) \(required)")
        for status in TaskStatus.allCases {
            #expect(try Rows.count("tasks.task", where: "status = '\(status.rawValue)'") > 0, "\(status)")
        }
        let broken = try Rows.of(
            """
            SELECT r.id FROM tasks.task AS r
            JOIN tickets.ticket AS t ON t.id = r.subject_id
            WHERE t.status IN ('completed', 'closed') AND r.is_required AND NOT r.is_ended
            UNION ALL
            SELECT t.id FROM tasks.task AS t WHERE t.version <> (
                SELECT count(*) FROM core.activity AS a
                WHERE a.subject_id = t.id AND a.subject_kind = 'task' AND a.version BETWEEN 1 AND t.version)
            UNION ALL
            SELECT t.id FROM tasks.task AS t WHERE t.updated_at > '\(Self.now)' OR t.created_at > t.updated_at
            UNION ALL
            SELECT t.id FROM tasks.task AS t
            JOIN identity.workspace AS w ON w.workspace_id = t.workspace_id
            WHERE t.due_on IS NOT NULL AND t.due_at <> (t.due_on + 1)::timestamp AT TIME ZONE w.time_zone
            UNION ALL
            SELECT t.id FROM tasks.task AS t
            WHERE t.subject_kind = 'ticket'
              AND NOT EXISTS (
                SELECT FROM tickets.ticket AS c
                WHERE c.id = t.subject_id AND c.case_number || ' ' || c.title = t.subject_label)
            """)
        #expect(broken == [])
    }

    @Test("are the same for the same seed and others for another")
    func deterministic() async throws {
        let place = try await ScratchDatabase.current.withService(.tasks) { database in
            let company = try Company()
            return try await SeededWorkplace(
                of: SeedRequest(workspace: company.id, tickets: 1, seed: 1, now: Self.now), in: database)
        }
        let ticket = SeededTicketCard(
            subject: TaskSubject(kind: .ticket, id: .make(at: .noon), label: "260115001 The pump leaks"),
            hasEnded: false)
        func made(_ seed: UInt64) -> [String] {
            var random = SeededRandom(seed: seed)
            return (0..<200).map { _ in
                let made = SeededTask(with: ticket, at: place, until: Self.now, &random)
                return "\(made.task) \(made.steps)"
            }
        }
        #expect(made(1) == made(1))
        #expect(made(1) != made(2))
    }

    @Test("are added to what is there, and a ticket that ended keeps none open that it requires")
    func added() async throws {
        let company = try Company()
        try await seeded(60, for: company)
        let request = SeedRequest(workspace: company.id, tickets: 60, seed: 8, now: Self.now)
        try await ScratchDatabase.current.withService(.tasks) { database in
            try await TasksDefinition.seed(request, in: database) { _ in }
        }
        #expect(try Rows.count("tasks.task") == 120)
        let broken = try Rows.number(
            """
            SELECT count(*) FROM tasks.task AS r
            JOIN tickets.ticket AS t ON t.id = r.subject_id
            WHERE t.status IN ('completed', 'closed') AND r.is_required AND NOT r.is_ended
            """)
        #expect(broken == 0)
    }
}
