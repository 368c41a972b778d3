import Postgres
import TestSupport
import Testing

@Suite("Scope", .scratchDatabase)
struct ScopeTests {
    @Test(
        "a setting is in force for its statement and never for the connection's next caller", arguments: [true, false])
    func isolation(prepared: Bool) async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 1
            $0.scanConnections = 1
            $0.exclusiveConnections = 1
            $0.prepared = prepared
        } _: { database in
            let scope = Scope.setting("casebook.workspace_id", "w1").adding("casebook.customer_id", "c1")
            for lane in [Database.ReadLane.point, .scan] {
                let row = try await database.query(
                    lane, in: scope,
                    """
                    SELECT current_setting('casebook.workspace_id') AS workspace,
                        current_setting('casebook.customer_id') AS customer
                    """)
                #expect(try row.json == #"[{"workspace":"w1","customer":"c1"}]"#)
                let after = try await database.query(
                    lane, in: .none, "SELECT current_setting('casebook.workspace_id', true) AS value")
                #expect(try after.text("value") ?? "" == "")
            }
            try await write(scope, to: database)
        }
    }

    private func write(_ scope: Scope, to database: Database) async throws {
        let written = try await database.write(
            in: scope, "SELECT current_setting('casebook.workspace_id') AS value")
        #expect(try written.text("value") == "w1")
        let inside = try await database.transaction(in: scope) { tx in
            _ = try await tx.query("SELECT 1 AS one")
            return try await tx.query("SELECT current_setting('casebook.workspace_id') AS value").text("value")
        }
        #expect(inside == "w1")
        let after = try await database.write(
            in: .none, "SELECT current_setting('casebook.workspace_id', true) AS value")
        #expect(try after.text("value") ?? "" == "")
    }

    @Test("a hundred callers with scopes of their own on one connection each see their own setting")
    func manyScopes() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 1
        } _: { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let seen: String = try await database.value(
                            in: .setting("a.b", "\(number)"), "SELECT current_setting('a.b') AS value")
                        #expect(seen == "\(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a statement that fails under a scope leaves neither its setting nor an open transaction")
    func failing() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 1
            $0.exclusiveConnections = 1
        } _: { database in
            let scope = Scope.setting("a.b", "leaked")
            let read = try await failure { _ = try await database.query(.point, in: scope, "SELECT 1 / 0 AS value") }
            #expect(read.sqlState == "22012")
            let written = try await failure { _ = try await database.write(in: scope, "SELECT 1 / 0 AS value") }
            #expect(written.execution == .failed)
            let seen = try await database.write(in: .none, "SELECT current_setting('a.b', true) AS value")
            #expect(try seen.text("value") ?? "" == "")
            let open: Int = try await database.value(
                """
                SELECT count(*) AS value FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'
                """)
            #expect(open == 0)
        }
    }

    @Test("more settings than a scope holds are refused before anything is sent")
    func tooMany() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let scope = (0..<30).reduce(Scope.none) { $0.adding("a.b\($1)", "x") }
            let error = try await failure { _ = try await database.query(.point, in: scope, "SELECT 1 AS value") }
            #expect(error.code == .invalidParameter)
            #expect(error.execution == .notExecuted)
        }
    }
}
