import Postgres
import TestSupport
import Testing

@Suite("Cancellation and deadlines", .scratchDatabase)
struct CancellationTests {
    @Test("a cancelled task on the point lane harms no neighbour behind it")
    func pointNeighbour() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 1
            $0.pointTimeout = .seconds(20)
            $0.pointDeadline = .seconds(20)
        } _: { database in
            let slow = Task { _ = try await database.query(.point, in: .none, "SELECT pg_sleep(0.5) AS slow") }
            try await eventually { database.gauges.point.inUse == 1 }
            let neighbours = (0..<20).map { number in
                Task { try await database.value("SELECT \(number) AS value", as: Int.self) }
            }
            slow.cancel()
            let error = try await failure { try await slow.value }
            #expect(error.code == .cancelled)
            for (number, neighbour) in neighbours.enumerated() { #expect(try await neighbour.value == number) }
        }
    }

    @Test("a cancelled scan is stopped on the server, and its connection's next statement is not")
    func scanIsStopped() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanConnections = 1
            $0.scanTimeout = .seconds(60)
            $0.scanDeadline = .seconds(60)
            $0.drainGrace = .seconds(20)
        } _: { database in
            let session: Int = try await database.value(.scan, "SELECT pg_backend_pid() AS value")
            for number in 0..<25 {
                let search = Task { _ = try await database.query(.scan, in: .none, "SELECT pg_sleep(60) AS search") }
                try await eventually { try await database.sleepers(in: "AS search") == 1 }
                search.cancel()
                let next = try await database.value(
                    .scan, "SELECT \(number) + 0 * count(*) AS value FROM generate_series(1, 20000)", as: Int.self)
                #expect(next == number)
                #expect(try await failure { try await search.value }.code == .cancelled)
            }
            #expect(try await database.value(.scan, "SELECT pg_backend_pid() AS value") == session)
        }
    }

    @Test("a queued statement whose task is cancelled never runs")
    func queuedIsDropped() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            try await database.transaction(in: .none) { tx in
                _ = try await tx.query("SELECT 1 AS one")
                let queued = Task { _ = try await database.write(in: .none, "INSERT INTO t VALUES (1)") }
                try await eventually { database.gauges.exclusive.waiting == 1 }
                queued.cancel()
                let error = try await failure { try await queued.value }
                #expect(error.code == .cancelled)
                #expect(error.execution == .notExecuted)
            }
            #expect(try await database.value("SELECT count(*) AS value FROM t") == 0)
        }
    }

    @Test("a write cancelled under way is said to be unknown and is not stopped on the server")
    func writeUnderWay() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let write = Task {
                _ = try await database.write(in: .none, "INSERT INTO t SELECT 1 FROM pg_sleep(0.3)")
            }
            try await eventually { try await database.sleepers(in: "INSERT INTO t") == 1 }
            write.cancel()
            let error = try await failure { try await write.value }
            #expect(error.code == .cancelled)
            #expect(error.execution == .unknown)
            try await eventually { try await database.value("SELECT count(*) AS value FROM t") == 1 }
        }
    }

    @Test("a transaction cancelled under way is undone")
    func transactionUnderWay() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let task = Task {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    _ = try await tx.query("SELECT pg_sleep(4) AS slow")
                }
            }
            try await eventually { try await database.sleepers(in: "AS slow") == 1 }
            task.cancel()
            let error = try await failure { try await task.value }
            #expect(error.code == .cancelled)
            #expect(error.execution == .failed)
            #expect(try await database.write(in: .none, "SELECT count(*) AS value FROM t").value("value") == 0)
        }
    }

    @Test("a transaction whose body swallows its cancellation does not commit")
    func swallowedCancellation() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let task = Task {
                try await database.transaction(in: .none) { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    _ = try? await tx.query("SELECT pg_sleep(4) AS slow")
                }
            }
            try await eventually { try await database.sleepers(in: "AS slow") == 1 }
            task.cancel()
            #expect(try await failure { try await task.value }.code == .cancelled)
            #expect(try await database.value("SELECT count(*) AS value FROM t") == 0)
        }
    }

    @Test("a deadline covers the wait in the queue, and says that nothing ran")
    func deadlineInQueue() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            try await database.transaction(in: .none) { _ in
                let error = try await failure {
                    _ = try await database.write(
                        in: .none, "SELECT 1 AS value", timeouts: WriteTimeouts(deadline: .milliseconds(100)))
                }
                #expect(error.code == .deadlineExceeded)
                #expect(error.execution == .notExecuted)
            }
        }
    }

    @Test("a write past its deadline is said to be unknown, and its connection is replaced")
    func deadlineUnderWay() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
            $0.exclusiveTimeout = .seconds(20)
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            _ = try await database.write(in: .none, "INSERT INTO t SELECT 1 FROM pg_sleep(0)")
            let error = try await failure {
                _ = try await database.write(
                    in: .none, "INSERT INTO t SELECT 1 FROM pg_sleep(3)",
                    timeouts: WriteTimeouts(deadline: .milliseconds(200)))
            }
            #expect(error.code == .outcomeUnknown)
            #expect(error.execution == .unknown)
            _ = try await database.write(in: .none, "SELECT 1 AS value")
        }
    }

    @Test("a transaction is ended by the driver at its deadline, although its body goes on")
    func transactionDeadline() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.exclusiveConnections = 1
        } _: { database in
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            let error = try await failure {
                try await database.transaction(in: .none, .init(deadline: .milliseconds(200))) { tx in
                    _ = try await tx.query("INSERT INTO t VALUES (1)")
                    try await eventually { database.gauges.exclusive.inUse == 0 }
                    _ = try await database.write(in: .none, "INSERT INTO t VALUES (2)")
                    _ = try await tx.query("INSERT INTO t VALUES (3)")
                }
            }
            #expect(error.code == .deadlineExceeded)
            #expect(error.execution == .failed)
            #expect(try await database.value("SELECT string_agg(a::text, ',') AS value FROM t") == "2")
        }
    }

    @Test("a statement's and a lock's time limit are told apart")
    func serverTimeouts() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointTimeout = .milliseconds(100)
        } _: { database in
            let read = try await failure {
                _ = try await database.query(.point, in: .none, "SELECT pg_sleep(5) AS slow")
            }
            #expect(read.code == .statementTimeout)
            let written = try await failure {
                _ = try await database.write(
                    in: .none, "SELECT pg_sleep(5) AS slow", timeouts: WriteTimeouts(statement: .milliseconds(100)))
            }
            #expect(written.code == .statementTimeout)
            #expect(written.execution == .failed)
            _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
            try await database.transaction(in: .none) { tx in
                _ = try await tx.query("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
                let blocked = try await failure {
                    _ = try await database.write(
                        in: .none, "INSERT INTO t VALUES (1)", timeouts: WriteTimeouts(lock: .milliseconds(50)))
                }
                #expect(blocked.code == .lockTimeout)
                #expect(blocked.isRetryable)
            }
            // The limits of one write did not stay behind on its connection.
            #expect(
                try await database.write(in: .none, "SELECT current_setting('lock_timeout') AS value").text("value")
                    == "2s")
        }
    }
}
