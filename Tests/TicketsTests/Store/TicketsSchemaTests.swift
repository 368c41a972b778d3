import Foundation
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Tickets' schema", .scratchDatabase(.tickets))
struct TicketsSchemaTests {
    @Test("no table, key, policy, view or function of tickets breaks a rule but those listed (S-2, SC-1, SC-2)")
    func rules() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "ServiceKitTests/Fixtures/schema-exceptions.txt")
        let listed = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
            .compactMap { $0.split(separator: "|").first.map { $0.trimmingCharacters(in: .whitespaces) } }
            .filter { $0.contains(" tickets.") }
        let audit = SchemaAudit(schemas: ["tickets"], exceptions: Set(listed))
        try await ScratchDatabase.current.withDatabase { database in
            let offences = try await audit.offences(in: database)
            #expect(offences == [])
            let needless = try await audit.needless(in: database)
            #expect(needless == [])
        }
    }

    @Test("a filterable column is of a type whose comparisons are leakproof (DESIGN.md section 4)")
    func columnTypes() throws {
        let others = try Rows.of(
            """
            SELECT a.attrelid::regclass || '.' || a.attname || ' ' || a.atttypid::regtype
            FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
            WHERE c.relnamespace = 'tickets'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
              AND a.atttypid NOT IN (
                'uuid'::regtype, 'text'::regtype, 'int8'::regtype, 'bool'::regtype, 'date'::regtype,
                'timestamptz'::regtype)
            """)
        #expect(others == [])
    }

    @Test("number, time of opening and ids cannot be changed, notes not at all, and nothing is deleted")
    func grants() async throws {
        try await asTickets { database in
            for statement: SQL in [
                "UPDATE tickets.ticket SET case_number = '260101001'", "UPDATE tickets.ticket SET created_at = now()",
                "UPDATE tickets.ticket SET id = id", "UPDATE tickets.ticket SET workspace_id = workspace_id",
                "DELETE FROM tickets.ticket", "TRUNCATE tickets.ticket", "UPDATE tickets.note SET text = 'x'",
                "UPDATE tickets.note SET kind = 'customer'", "DELETE FROM tickets.note",
                "UPDATE tickets.case_counter SET day = day", "DELETE FROM tickets.case_counter",
                "UPDATE tickets.category SET word = 'x'", "DELETE FROM tickets.category",
                "UPDATE tickets.setting SET workspace_id = workspace_id", "DELETE FROM tickets.setting",
                "UPDATE core.activity SET verb = 'x'", "DELETE FROM core.activity",
                "INSERT INTO customers.individual (workspace_id) VALUES (NULL)",
                "SELECT name FROM customers.individual",
                "SELECT name FROM identity.user",
            ] {
                let state = await sqlState { _ = try await database.write(in: .workspace(.sample), statement) }
                #expect(state == "42501", "\(statement.text)")
            }
        }
    }

    @Test(
        "the service reads and writes no row of tickets' searched texts but through the owner's functions (SC-6, S-2)"
    )
    func searchedTexts() async throws {
        try await Desk.run { desk in
            _ = try await desk.open("canary")
            try desk.company.learnWords()
            let stored = try Rows.count("tickets.search_text") + Rows.count("tickets.search_word")
            #expect(stored > 1)
            try await asTickets { database in
                for statement: SQL in [
                    "SELECT body FROM tickets.search_text", "DELETE FROM tickets.search_text",
                    "UPDATE tickets.search_text SET body = 'x'", "SELECT word FROM tickets.search_word",
                    "INSERT INTO tickets.search_word VALUES (gen_random_uuid(), 'word')",
                    """
                    SELECT tickets.search_newest(
                        '00000000-0000-0000-0000-000000000000', '{}', '00000000-0000-0000-0000-000000000000', 1, 1)
                    """,
                    "SELECT tickets.nearest_word('00000000-0000-0000-0000-000000000000', 'x')",
                ] {
                    let state = await sqlState {
                        _ = try await database.write(in: .workspace(desk.company.id), statement)
                    }
                    #expect(state == "42501", "\(statement.text)")
                }
            }
        }
    }

    @Test("tickets' functions work in the workspace that the session has open and in no other (S-1, S-2)")
    func functions() async throws {
        try await Desk.run { desk in
            let other = try desk.other()
            let ticket = try await desk.open("canary refrigerator")
            try desk.company.learnWords()
            let (ours, id) = (desk.company.id, try #require(ID<Ticket>(ticket.id)))
            try await asTickets { database in
                let scope = Scope.workspace(other.company.id)
                let found = try await database.query(
                    .scan, in: scope, "SELECT id FROM tickets.search(\(ours), ARRAY['canary'], NULL, 10) AS s (id)")
                #expect(found.count == 0)
                for term in ["canary", "refridgerator"] {
                    let own = try await database.query(
                        .scan, in: scope,
                        "SELECT id FROM tickets.search(\(other.company.id), \([term]), NULL, 1) AS s (id)")
                    #expect(own.count == 0, "\(term)")
                }
                try Rows.run("DELETE FROM tickets.search_word")
                _ = try await database.write(in: scope, "SELECT tickets.learn_words(\(ours), \([id])) AS n")
                _ = try await database.write(in: scope, "SELECT tickets.index_ticket(\(ours), \(id)) AS n")
                _ = try await database.write(in: scope, "SELECT tickets.index_new_tickets(\(ours), \([id])) AS n")
                let right = try await database.query(
                    .scan, in: .workspace(ours),
                    "SELECT id FROM tickets.search(\(ours), ARRAY['canary'], NULL, 10) AS s (id)")
                #expect(right.count == 1)
            }
            let words = try Rows.count("tickets.search_word")
            #expect(words == 0)
        }
    }

    @Test("the owner is exactly one of four in the table too (B1)")
    func ownerConstraint() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            for change in [
                "memo = NULL", "external_reference = 'R'", "owner_kind = 'individual'", "owner_kind = 'nobody'",
                "individual_id = '\(desk.company.individual)'", "status = 'closed'", "status = 'new'",
                "wait_reason = 'parts'", "priority = 'critical'", "assignee_name = 'Ada'", "title = ''",
                "description = ''", "case_number = 'x'", "created_at = 'infinity'",
            ] {
                #expect(throws: (any Error).self, "\(change)") {
                    try Rows.run("UPDATE tickets.ticket SET \(change) WHERE id = '\(ticket.id)'")
                }
            }
        }
    }

    private func asTickets(_ body: (Database) async throws -> Void) async throws {
        try await ScratchDatabase.current.withService(.tickets) { try await body($0) }
    }

    private func sqlState(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? PostgresError)?.sqlState
        }
    }
}
