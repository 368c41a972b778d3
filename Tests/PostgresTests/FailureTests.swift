import Postgres
import Synchronization
import TestSupport
import Testing

/// Tests that kill or cut; each has a cluster of its own where the server is concerned.
@Suite("Broken connections", .serialized)
struct FailureTests {
    private func database(
        _ cluster: TestCluster, _ configure: (inout DatabaseConfiguration) -> Void = { _ in }
    ) -> Database {
        var configuration = DatabaseConfiguration(url: cluster.url())
        configuration.pointConnections = 1
        configuration.scanConnections = 1
        configuration.exclusiveConnections = 2
        configuration.pointTimeout = .seconds(30)
        configuration.scanTimeout = .seconds(30)
        configuration.exclusiveTimeout = .seconds(30)
        configuration.outageGrace = .milliseconds(300)
        configure(&configuration)
        let database = Database(configuration: configuration)
        database.start()
        return database
    }

    @Test("a server killed in mid-statement fails each statement with what can have happened, and is found again")
    func serverKilled() async throws {
        let cluster = try TestCluster()
        let database = database(cluster)
        _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
        let point = Task { _ = try await database.query(.point, in: .none, "SELECT pg_sleep(30) AS dying") }
        let scan = Task { _ = try await database.query(.scan, in: .none, "SELECT pg_sleep(30) AS dying") }
        let write = Task {
            _ = try await database.write(in: .none, "INSERT INTO t SELECT 1 FROM pg_sleep(30) AS dying")
        }
        let transaction = Task {
            try await database.transaction(in: .none, .init(deadline: .seconds(60))) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (2)")
                _ = try await tx.query("SELECT pg_sleep(30) AS dying")
            }
        }
        try await eventually {
            try cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "4"
        }
        try cluster.kill()
        for (name, task) in [("point", point), ("scan", scan)] {
            let error = try await failure { try await task.value }
            #expect(error.code == .connectionLost, "\(name)")
            #expect(error.execution == .failed)
        }
        let written = try await failure { try await write.value }
        #expect(written.code == .outcomeUnknown)
        #expect(written.execution == .unknown)
        let undone = try await failure { try await transaction.value }
        #expect(undone.code == .connectionLost)
        #expect(undone.execution == .failed)
        let refused = try await failure { try await database.ping() }
        #expect(refused.code == .connectionUnavailable)
        #expect(refused.execution == .notExecuted)
        try cluster.start()
        try await eventually { (try? await database.value("SELECT count(*) AS value FROM t", as: Int.self)) == 0 }
        await database.close()
    }

    @Test("a write whose session dies after it was sent is not sent again")
    func noReplay() async throws {
        let cluster = try TestCluster()
        let database = database(cluster)
        _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
        for round in 0..<5 {
            let write = Task {
                _ = try await database.write(in: .none, "INSERT INTO t SELECT \(round) FROM pg_sleep(20) AS dying")
            }
            try await eventually {
                try cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
            }
            _ = try cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            let error = try await failure { try await write.value }
            #expect(error.execution != .notExecuted)
        }
        // What died is told; whether it was kept is not guessed, and nothing is there twice.
        let twice = try await database.value(
            "SELECT count(*) AS value FROM (SELECT a FROM t GROUP BY a HAVING count(*) > 1) AS twice", as: Int.self)
        #expect(twice == 0)
        await database.close()
    }

    @Test("an idle connection that is cut is noticed before it is used")
    func idleCut() async throws {
        let cluster = try TestCluster()
        let database = database(cluster)
        try await eventually { database.gauges.exclusive.open == 2 && database.gauges.point.open == 1 }
        for _ in 0..<5 {
            let killed = try cluster.sql(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name LIKE 'casebook.%'"
            )
            #expect(try #require(Int(killed)) >= 1)
            try await eventually {
                try cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'casebook.exclusive'")
                    == "2"
            }
            try await eventually { database.gauges.exclusive.open == 2 }
            _ = try await database.write(in: .none, "SELECT 1 AS value")
            #expect(try await database.value("SELECT 2 AS value") == 2)
        }
        await database.close()
    }

    @Test("a read that loses its connection goes to another one, once")
    func readGoesOn() async throws {
        let cluster = try TestCluster()
        let database = database(cluster)
        let read = Task {
            try await database.value(.scan, "SELECT 7 AS value FROM pg_sleep(1) AS resting", as: Int.self)
        }
        try await eventually {
            try cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"
        }
        _ = try cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%AS resting'")
        #expect(try await read.value == 7)
        await database.close()
    }

    @Test(
        "a cancel makes no false success: a commit that waits for a lost standby is unknown, by deadline and by warning"
    )
    func synchronousCommit() async throws {
        let cluster = try TestCluster(settings: ["synchronous_standby_names": "nobody", "synchronous_commit": "local"])
        let database = database(cluster)
        _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        let synchronous = Scope.setting("synchronous_commit", "on")

        // By deadline: the connection is closed, no cancel is sent, and nothing is called a success.
        let late = try await failure {
            _ = try await database.write(
                in: synchronous, "INSERT INTO t VALUES (1)", timeouts: WriteTimeouts(deadline: .seconds(1)))
        }
        #expect(late.code == .outcomeUnknown)
        let lateCommit = try await failure {
            try await database.transaction(in: synchronous, .init(deadline: .seconds(4))) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (2)")
            }
        }
        #expect(lateCommit.code == .outcomeUnknown, "\(String(reflecting: lateCommit))")

        // By warning: someone else's cancel request makes the server answer COMMIT with a 01000 notice.
        for isTransaction in [false, true] {
            let task = Task {
                if isTransaction {
                    try await database.transaction(in: synchronous, .init(deadline: .seconds(30))) { tx in
                        _ = try await tx.query("INSERT INTO t VALUES (3)")
                    }
                } else {
                    _ = try await database.write(
                        in: synchronous, "INSERT INTO t VALUES (4)", timeouts: WriteTimeouts(deadline: .seconds(30)))
                }
            }
            var known = try cluster.sql(
                "SELECT coalesce(max(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            try await eventually { try cluster.sql(waiting) != "0" }
            known = try cluster.sql(
                "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            #expect(known != "0")
            let error = try await failure { try await task.value }
            #expect(error.code == .outcomeUnknown, "transaction: \(isTransaction)")
            #expect(error.execution == .unknown)
        }
        await database.close(drainFor: .milliseconds(100))
    }

    @Test("a write whose session ends after its commit is unknown, is there once, and is not written again")
    func ambiguousWrite() async throws {
        let cluster = try TestCluster(settings: ["synchronous_standby_names": "nobody", "synchronous_commit": "local"])
        let database = database(cluster)
        _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
        let write = Task {
            _ = try await database.write(
                in: .setting("synchronous_commit", "on"), "INSERT INTO t VALUES (1)",
                timeouts: WriteTimeouts(deadline: .seconds(30)))
        }
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        try await eventually { try cluster.sql(waiting) == "1" }
        _ = try cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        let error = try await failure { try await write.value }
        #expect(error.code == .outcomeUnknown)
        #expect(error.execution == .unknown)
        try await eventually { database.gauges.exclusive.open == 2 }
        #expect(try cluster.sql("SELECT count(*) FROM t") == "1")
        #expect(try cluster.sql(waiting) == "0")
        await database.close()
    }

    @Test("a cancelled task sends no cancel request into a commit under way")
    func cancelDuringCommit() async throws {
        let cluster = try TestCluster(settings: ["synchronous_standby_names": "nobody", "synchronous_commit": "local"])
        let database = database(cluster)
        _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
        let task = Task {
            try await database.transaction(
                in: .setting("synchronous_commit", "on"), .init(deadline: .seconds(3))
            ) { tx in
                _ = try await tx.query("INSERT INTO t VALUES (1)")
            }
        }
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        try await eventually { try cluster.sql(waiting) == "1" }
        task.cancel()
        let error = try await failure { try await task.value }
        #expect(error.code == .outcomeUnknown)
        let log = try cluster.log()
        #expect(!log.contains("canceling wait for synchronous replication due to user request"))
        await database.close(drainFor: .milliseconds(100))
    }

    @Test("without a server callers are refused with what can have happened, and found work again after")
    func outage() async throws {
        let cluster = try TestCluster()
        try cluster.stop()
        let database = database(cluster) { $0.pointDeadline = .milliseconds(500) }
        let error = try await failure { try await database.ping() }
        #expect(error.code == .connectionUnavailable)
        #expect(error.execution == .notExecuted)
        #expect(error.isRetryable)
        try cluster.start()
        try await eventually { (try? await database.ping()) != nil }
        await database.close()
        let closed = try await failure { try await database.ping() }
        #expect(closed.code == .closed)
    }

    @Test("closing lets what is under way finish and refuses what comes after")
    func drain() async throws {
        let cluster = try TestCluster()
        let database = database(cluster)
        _ = try await database.write(in: .none, "CREATE TABLE t (a int8)")
        let write = Task { _ = try await database.write(in: .none, "INSERT INTO t SELECT 1 FROM pg_sleep(0.3)") }
        try await eventually { database.gauges.exclusive.inUse == 1 }
        await database.close()
        try await write.value
        #expect(try cluster.sql("SELECT count(*) FROM t") == "1")
        #expect(try await failure { try await database.ping() }.code == .closed)
        try await eventually {
            try cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'casebook.%'") == "0"
        }
    }

    @Test("what does not finish in the drain fails as closed, and closing ends in time")
    func drainLimit() async throws {
        let cluster = try TestCluster()
        let database = database(cluster)
        let scan = Task { _ = try await database.query(.scan, in: .none, "SELECT pg_sleep(20) AS slow") }
        try await eventually { database.gauges.scan.inUse == 1 }
        await database.close(drainFor: .milliseconds(50))
        #expect(try await failure { try await scan.value }.code == .closed)
    }

    @Test("a frozen server's point connection is given up, and its callers are answered by their deadline")
    func frozen() async throws {
        let cluster = try TestCluster()
        let database = database(cluster) {
            $0.pointDeadline = .milliseconds(300)
            $0.drainGrace = .milliseconds(200)
        }
        let session: Int = try await database.value("SELECT pg_backend_pid() AS value")
        try cluster.signal(session, "STOP")
        let error = try await failure { try await database.ping() }
        #expect(error.code == .deadlineExceeded)
        try await eventually { (try? await database.ping()) != nil }
        #expect(try await database.value("SELECT pg_backend_pid() AS value") != session)
        try cluster.signal(session, "CONT")
        await database.close()
    }
}
