import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Transactions", .scratchDatabase)
struct TransactionTests {
    @Test("what a body did is committed when it returns and undone when it throws")
    func commitAndRollback() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let answer = try await database.transaction(in: .none) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (1)")
                return try await tx.query("SELECT a FROM t").value("a", as: Int.self)
            }
            #expect(answer == 1)
            await #expect(throws: PostgresTestError.onPurpose) {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (2)")
                    throw PostgresTestError.onPurpose
                }
            }
            #expect(try await database.value("SELECT sum(a)::int8 AS value FROM t") == 1)
        }
    }

    @Test("a failed statement that the body swallows makes the commit fail with that statement's error")
    func swallowedError() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8 CONSTRAINT ck_a CHECK (a > 0))")
            let error = try await failure {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    _ = try? await tx.query("INSERT INTO t VALUES (0)")
                }
            }
            #expect(error.isCheckViolation)
            #expect(error.constraint == "ck_a")
            #expect(error.execution == .failed)
            #expect(try await database.write(in: .none, "SELECT count(*) AS value FROM t").value("value") == 0)
        }
    }

    @Test("after a savepoint took an error back the transaction commits")
    func savepoint() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            try await database.transaction(in: .none) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (1)")
                _ = try await tx.query("SAVEPOINT s")
                _ = try? await tx.query("SELECT 1 / 0 AS value")
                _ = try await tx.query("ROLLBACK TO SAVEPOINT s")
            }
            #expect(try await database.value("SELECT count(*) AS value FROM t") == 1)
        }
    }

    @Test("a first statement that does not parse leaves no open transaction")
    func badFirstStatement() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            let error = try await failure {
                try await database.transaction(in: .setting("a.b", "x")) { tx in _ = try await tx.query("SELEKT") }
            }
            #expect(error.sqlState == "42601")
            let state = try await database.write(
                in: .none, "SELECT current_setting('a.b', true) AS value, txid_current_if_assigned() IS NULL AS fresh")
            #expect(try state.text("value") ?? "" == "")
        }
    }

    @Test("an empty body costs no round trip and commits nothing")
    func emptyBody() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let answer = try await database.transaction(in: .none) { _ in 7 }
            #expect(answer == 7)
        }
    }

    @Test("a transaction used after its end refuses")
    func useAfterEnd() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let kept = Mutex<Transaction?>(nil)
            try await database.transaction(in: .none) { tx in
                kept.withLock { $0 = tx }
            }
            let error = try await failure { _ = try await kept.withLock { $0 }?.query("SELECT 1 AS value") }
            #expect(error.code == .closed)
        }
    }

    @Test("isolation, read-only and asynchronous commit are as asked and do not stay behind")
    func options() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            let options = TransactionOptions(
                isolation: .serializable, synchronousCommit: false, lockTimeout: .milliseconds(70),
                statementTimeout: .milliseconds(900), readOnly: true)
            let sql: SQL = """
                SELECT current_setting('transaction_isolation') AS isolation,
                    current_setting('transaction_read_only') AS "readOnly",
                    current_setting('synchronous_commit') AS synchronous, current_setting('lock_timeout') AS lock
                """
            let inside = try await database.transaction(in: .none, options) { tx in try await tx.query(sql).json }
            #expect(
                inside
                    == #"[{"isolation":"serializable","readOnly":"on","synchronous":"off","lock":"70ms"}]"#
            )
            let after = try await database.write(in: .none, sql).json
            #expect(
                after
                    == #"[{"isolation":"read committed","readOnly":"off","synchronous":"on","lock":"2s"}]"#
            )
        }
    }

    @Test("of two serializable transactions that cannot both hold one fails with 40001 and nothing kept")
    func serialization() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let options = TransactionOptions(isolation: .serializable)
            let error = try await failure {
                try await database.transaction(in: .none, options) { one in
                    _ = try await one.query("SELECT count(*) AS n FROM t")
                    try await database.transaction(in: .none, options) { two in
                        _ = try await two.query("SELECT count(*) AS n FROM t")
                        _ = try await two.query("INSERT INTO t VALUES (2)")
                    }
                    _ = try await one.query("INSERT INTO t VALUES (1)")
                }
            }
            #expect(error.isSerializationFailure)
            #expect(error.execution == .failed)
            #expect(try await database.value("SELECT sum(a)::int8 AS value FROM t") == 2)
        }
    }

    @Test("statements of one transaction that are awaited side by side run one after another")
    func sideBySide() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let sum = try await database.transaction(in: .none) { tx in
                async let one = tx.query("SELECT 1 AS value").value("value", as: Int.self)
                async let two = tx.query("SELECT 2 AS value").value("value", as: Int.self)
                async let three = tx.query("SELECT 3 AS value").value("value", as: Int.self)
                return try await one + two + three
            }
            #expect(sum == 6)
        }
    }

    @Test("rows are copied into a temporary table, with every character and NULL as they are")
    func copy() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            let difficult = ["plain", "tab\tnew\nline\rback\\slash \\N", "", "üñí🙂"]
            try await database.transaction(in: .setting("a.b", "kept"), .init(deadline: .seconds(20))) { tx in
                _ = try await tx.query("CREATE TEMPORARY TABLE loaded (n int8, \"Te xt\" text) ON COMMIT DROP")
                let rows = (0..<50_000).lazy.map { number -> [PostgresParameter?] in
                    [number.postgresParameter, number % 5 == 4 ? nil : difficult[number % 5].postgresParameter]
                }
                #expect(try await tx.copy(into: "loaded", columns: ["n", "Te xt"], rows: rows) == 50_000)
                let sample = try await tx.query("SELECT \"Te xt\" AS value FROM loaded WHERE n < 5 ORDER BY n")
                for number in 0..<5 {
                    #expect(try sample.text("value", row: number) == (number == 4 ? nil : difficult[number]))
                }
                #expect(try await tx.query("SELECT current_setting('a.b') AS value").text("value") == "kept")
            }
        }
    }

    @Test("a copy that fails in the middle fails its transaction and spares its connection's next user")
    func failingCopy() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            let tooShort = try await failure {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("CREATE TEMPORARY TABLE loaded (n int8) ON COMMIT DROP")
                    _ = try await tx.copy(into: "loaded", columns: ["n"], rows: [[1.postgresParameter], []])
                }
            }
            #expect(tooShort.code == .invalidParameter)
            let refused = try await failure {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("CREATE TEMPORARY TABLE loaded (n int8) ON COMMIT DROP")
                    _ = try await tx.copy(into: "loaded", columns: ["n"], rows: [["x".postgresParameter]])
                }
            }
            #expect(refused.sqlState == "22P02")
            let missing = try await failure {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.copy(into: "nowhere", columns: ["n"], rows: [[1.postgresParameter]])
                }
            }
            #expect(missing.sqlState == "42P01")
            #expect(try await database.write(in: .none, "SELECT 1 AS value").value("value") == 1)
        }
    }
}
