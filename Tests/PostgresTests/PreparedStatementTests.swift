import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Prepared statements", .scratchDatabase)
struct PreparedStatementTests {
    private let names: SQL = "SELECT count(*) AS value FROM pg_prepared_statements"

    @Test("the cache stays within its limit: the least recently used name is deallocated on the server")
    func eviction() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanConnections = 1
            $0.statementCacheLimit = 10
        } _: { database in
            for number in 0..<60 {
                let text = "SELECT \(number) AS value"
                #expect(try await database.value(.scan, "\(unsafe: text)") == number)
                #expect(try await database.value(.scan, "SELECT 'hot' AS value") == "hot")
            }
            let count: Int = try await database.value(.scan, names)
            #expect(count <= 11)
            let hot: Int = try await database.value(
                .scan, "SELECT count(*) AS value FROM pg_prepared_statements WHERE statement LIKE '%hot%'")
            #expect(hot == 1 || hot == 2)
        }
    }

    @Test("names that the server forgot (26000) are prepared again, for reads and writes of their own")
    func forgottenNames() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanConnections = 1
            $0.exclusiveConnections = 1
        } _: { database in
            let scope = Scope.setting("a.b", "x")
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            for _ in 0..<3 {
                _ = try await database.query(.scan, in: scope, "SELECT 1 AS value")
                _ = try await database.query(.scan, in: .none, "DEALLOCATE ALL")
                let result = try await database.query(.scan, in: scope, "SELECT 1 AS value")
                #expect(try result.value("value") == 1)
                _ = try await database.write(in: scope, "INSERT INTO t VALUES (1)")
                _ = try await database.write(in: .none, "DEALLOCATE ALL")
                _ = try await database.write(in: scope, "INSERT INTO t VALUES (1)")
            }
            #expect(try await database.value("SELECT count(*) AS value FROM t") == 6)
        }
    }

    @Test("a plan whose result type changed (0A000) is prepared again, and the JSON follows")
    func changedPlan() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanConnections = 1
            $0.exclusiveConnections = 1
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            _ = try await database.write(in: .none, "INSERT INTO t VALUES (1)")
            #expect(try await database.query(.scan, in: .none, "SELECT a FROM t").json == #"[{"a":1}]"#)
            #expect(try await database.write(in: .none, "UPDATE t SET a = a RETURNING a").json == #"[{"a":1}]"#)
            _ = try await database.write(in: .none, "ALTER TABLE t ALTER a TYPE text")
            #expect(try await database.query(.scan, in: .none, "SELECT a FROM t").json == #"[{"a":"1"}]"#)
            #expect(try await database.write(in: .none, "UPDATE t SET a = a RETURNING a").json == #"[{"a":"1"}]"#)
        }
    }

    @Test("within a transaction a forgotten name fails it, and the next transaction works")
    func forgottenInTransaction() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            let error = try await failure {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("SELECT 1 AS value")
                    _ = try await tx.query("DEALLOCATE ALL")
                    _ = try await tx.query("SELECT 1 AS value")
                }
            }
            #expect(error.sqlState == "26000")
            #expect(error.execution == .failed)
            let value = try await database.transaction(in: .none) { tx in
                try await tx.query("SELECT 1 AS value").value("value", as: Int.self)
            }
            #expect(value == 1)
        }
    }

    @Test("a name counts only after its own Parse: many first uses at once behind errors all succeed")
    func firstUses() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 1
            $0.pointTimeout = .seconds(10)
        } _: { database in
            try await database.ping()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    // A setting without a dot in its name fails, and with it the Parse behind it is skipped.
                    let scope: Scope = number % 2 == 0 ? .setting("nosuchsetting", "x") : .setting("a.b", "x")
                    group.addTask {
                        do {
                            let value: Int = try await database.value(in: scope, "SELECT 41 + 1 AS value")
                            #expect(value == 42)
                        } catch let error as PostgresError {
                            #expect(error.sqlState == "42704" && number % 2 == 0)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("without named statements everything works and nothing stays on the session")
    func unnamed() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.prepared = false
            $0.pointConnections = 1
            $0.scanConnections = 1
            $0.exclusiveConnections = 1
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a timestamptz)")
            _ = try await database.write(in: .none, "INSERT INTO t VALUES ('2026-01-15 12:00:00+02') RETURNING a")
            #expect(
                try await database.query(.scan, in: .none, "SELECT a FROM t").json == #"[{"a":"2026-01-15T10:00:00Z"}]"#
            )
            try await database.transaction(in: .setting("a.b", "x")) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (now())")
                #expect(try await tx.query("SELECT count(*) AS value FROM t").value("value") == 2)
            }
            #expect(try await database.value(.scan, names) == 0)
            #expect(try await database.write(in: .none, names).value("value") == 0)
            let settings = try await database.query(
                .scan, in: .none,
                "SELECT current_setting('TimeZone') AS zone, current_setting('transaction_read_only') AS \"readOnly\"")
            #expect(try settings.json == #"[{"zone":"UTC","readOnly":"on"}]"#)
        }
    }

    @Test("sessions are as the writer needs them, whatever the role's own settings say")
    func sessions() async throws {
        let scratch = try ScratchDatabase.current
        for setting in [
            "TimeZone TO 'Asia/Tokyo'", "DateStyle TO 'German'", "IntervalStyle TO 'postgres'",
            "bytea_output TO 'escape'",
        ] {
            _ = try scratch.cluster.sql("ALTER DATABASE \(scratch.name) SET \(setting)")
        }
        try await scratch.withDatabase { database in
            let result = try await database.query(
                .point, in: .none, "SELECT '2026-01-15 12:00:00+00'::timestamptz AS at, '2026-01-15'::date AS day")
            #expect(try result.json == #"[{"at":"2026-01-15T12:00:00Z","day":"2026-01-15"}]"#)
            let refused = try await failure {
                _ = try await database.query(.point, in: .none, "CREATE TABLE t (a int8)")
            }
            #expect(refused.sqlState == "25006")
        }
    }

    @Test("the observer hears of each statement with its lane, and never of a value")
    func observer() async throws {
        let observer = Recorder()
        try await ScratchDatabase.current.withDatabase(observer: observer) { database in
            _ = try await database.query(.point, in: .none, "SELECT \("secret") AS value")
            _ = try? await database.write(in: .none, "SELECT 1 / 0 AS value")
            try await database.transaction(in: .none) { tx in _ = try await tx.query("SELECT 2 AS value") }
        }
        let heard = observer.heard.withLock { $0 }
        #expect(
            heard == [
                "point SELECT $1 AS value ok", "exclusive SELECT 1 / 0 AS value server",
                "exclusive SELECT 2 AS value ok",
            ])
        #expect(observer.opened.withLock { $0 } > 0)
    }
}

private final class Recorder: DatabaseObserver {
    let heard = Mutex<[String]>([])
    let opened = Mutex(0)

    func statementFinished(_ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?) {
        heard.withLock { $0.append("\(lane.rawValue) \(statement.text) \(outcome?.description ?? "ok")") }
    }

    func connectionChanged(_ change: ConnectionChange) {
        if change.kind == .opened { opened.withLock { $0 += 1 } }
    }
}
