import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks
@testable import Tickets

/// Both services on one database, with the same company.
private struct Pair: Sendable {
    let tasks: Desk
    let tickets: ServiceDesk<TicketsDefinition>

    static func run(_ body: @escaping @Sendable (Pair) async throws -> Void) async throws {
        try await Desk.run { tasks in
            try await ServiceUnderTest<TicketsDefinition>.run { tickets in
                try await body(Pair(tasks: tasks, tickets: ServiceDesk(tickets, tasks.company)))
            }
        }
    }

    /// Ends a ticket.
    func end(_ ticket: ID<Ticket>, _ status: String) async throws -> TestAnswer {
        try await tickets.post("/v1/tickets/\(ticket)/status", #"{"status": "\#(status)"}"#)
    }
}

@Suite("Tickets and the tasks that they wait for, at once (F4, DESIGN.md section 3)", .scratchDatabase(.tasks))
struct TicketLockTests {
    private static let broken = """
        SELECT count(*) FROM tickets.ticket AS t
        JOIN tasks.task AS r ON r.workspace_id = t.workspace_id AND r.subject_id = t.id
        WHERE t.status IN ('completed', 'closed') AND r.is_required AND NOT r.is_ended
        """

    @Test("of a ticket's end and a required task that comes to be open at once one is refused, each time")
    func races() async throws {
        try await Pair.run { pair in
            var (ended, held) = (0, 0)
            for round in 0..<60 {
                let ticket = try pair.tasks.ticket()
                let subject = #", "subject": {"kind": "ticket", "id": "\#(ticket)"}"#
                let plain = try await pair.tasks.make(more: subject)
                let done = try await pair.tasks.make(more: subject + #", "is_required": true"#)
                try await pair.tasks.move(done, to: .completed)
                let answers = try await atOnce(4) { part in
                    for _ in 0..<Int.random(in: 0...60) { await Task.yield() }
                    switch part {
                    case 0: return try await pair.end(ticket, round.isMultiple(of: 2) ? "completed" : "closed")
                    case 1:
                        return try await pair.tasks.post(
                            "/v1/tasks", #"{"title": "T", "is_required": true\#(subject)}"#)
                    case 2: return try await pair.tasks.patch(plain.path, #"{"is_required": true}"#)
                    default:
                        return try await pair.tasks.post(
                            "\(done.path)/status", #"{"status": "open", "reason": "R"}"#)
                    }
                }
                let codes = Set(answers.map { $0.status < 300 ? "" : $0.code ?? "\($0.status)" })
                #expect(codes.isSubset(of: ["", "required_tasks_open", "ticket_has_ended"]), "\(codes)")
                if codes.contains("required_tasks_open") { held += 1 } else { ended += 1 }
                #expect(codes.count == 2, "\(codes)")
            }
            #expect(try Rows.of(Self.broken) == ["0"])
            // Both sides won: the rounds were races.
            #expect(ended > 0 && held > 0, "\(ended) \(held)")
        }
    }

    @Test("tasks that change their tickets crosswise while these end wait for nobody in a circle, and tell in order")
    func crosswise() async throws {
        try await Pair.run { pair in
            for _ in 0..<30 {
                let tickets = [try pair.tasks.ticket(), try pair.tasks.ticket()]
                let tasks = try await atOnce(2) { number in
                    try await pair.tasks.make(
                        more: #", "is_required": true, "subject": {"kind": "ticket", "id": "\#(tickets[number])"}"#)
                }
                let answers = try await atOnce(6) { part in
                    for _ in 0..<Int.random(in: 0...60) { await Task.yield() }
                    let (number, other) = (part % 2, tickets[1 - part % 2])
                    switch part / 2 {
                    case 0:
                        return try await pair.tasks.patch(
                            tasks[number].path, #"{"subject": {"kind": "ticket", "id": "\#(other)"}}"#)
                    case 1: return try await pair.tasks.patch(tasks[number].path, #"{"title": "Other"}"#)
                    default: return try await pair.end(tickets[number], "completed")
                    }
                }
                let codes = Set(answers.map { $0.status < 300 ? "" : $0.code ?? "\($0.status)" })
                #expect(codes.isSubset(of: ["", "required_tasks_open", "ticket_has_ended"]), "\(codes)")
            }
            #expect(try Rows.of(Self.broken) == ["0"])
            let disorder = try Rows.of(
                """
                SELECT id FROM (
                    SELECT id, version, row_number() OVER (PARTITION BY subject_id ORDER BY xid, id) AS place
                    FROM core.activity WHERE subject_kind = 'task') AS a
                WHERE version <> place
                """)
            #expect(disorder == [])
        }
    }

    @Test("tasks may lock a ticket of its own workspace and do nothing else to it (S-1, S-2)")
    func rights() async throws {
        try await Desk.run { desk in
            let (ticket, ours) = (try desk.ticket(), desk.company.id)
            let other = try desk.other().company.id
            let lock: SQL = "SELECT tickets.lock_ticket(\(ours), \(ticket)) AS status"
            try await ScratchDatabase.current.withService(.tasks) { database in
                let own = try await database.write(in: .workspace(ours), lock).text("status")
                #expect(own == "open")
                // Another session's workspace, another workspace's ticket.
                let foreign: SQL = "SELECT tickets.lock_ticket(\(other), \(ticket)) AS status"
                for statement in [lock, foreign] {
                    let status = try await database.write(in: .workspace(other), statement).text("status")
                    #expect(status == nil, "\(statement.text)")
                }
                for statement: SQL in [
                    "SELECT id FROM tickets.ticket FOR UPDATE", "UPDATE tickets.ticket SET status = 'open'",
                    "SELECT id FROM tickets.ticket",
                ] {
                    let state = await Self.state { _ = try await database.write(in: .workspace(ours), statement) }
                    #expect(state == "42501", "\(statement.text)")
                }
            }
            for service in [ServiceName.customers, .identity, .tickets] {
                let state = try await ScratchDatabase.current.withService(service) { database in
                    await Self.state { _ = try await database.write(in: .workspace(ours), lock) }
                }
                #expect(state == "42501", "\(service)")
            }
        }
    }

    private static func state(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? PostgresError)?.sqlState
        }
    }
}
