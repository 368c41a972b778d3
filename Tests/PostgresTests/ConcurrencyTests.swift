import Postgres
import TestSupport
import Testing

@Suite("Callers side by side", .scratchDatabase)
struct ConcurrencyTests {
    @Test("1,000 concurrent callers on 4 connections each get their own answer")
    func thousandCallers() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 4
            $0.pointDeadline = .seconds(30)
            $0.pointTimeout = .seconds(10)
        } _: { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let answer: Int = try await database.value(
                            in: .setting("a.b", "x"), "SELECT \(number) + 1 AS value")
                        #expect(answer == number + 1)
                    }
                }
                try await group.waitForAll()
            }
            let sessions: Int = try await database.value(
                """
                SELECT count(*) AS value FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'casebook.point'
                """)
            #expect(sessions == 4)
        }
    }

    @Test("a failing statement fails no neighbour in its pipeline and leaves no open transaction")
    func failingNeighbour() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.pointConnections = 1
            $0.pointTimeout = .seconds(10)
        } _: { database in
            let failures = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        do {
                            let answer: Int = try await database.value("SELECT 100 / \(number % 4) AS value")
                            #expect(answer == 100 / (number % 4))
                            return nil
                        } catch {
                            return error as? PostgresError
                        }
                    }
                }
                return try await group.reduce(into: [PostgresError]()) { failures, error in
                    if let error { failures.append(error) }
                }
            }
            #expect(failures.count == 50)
            #expect(failures.allSatisfy { $0.sqlState == "22012" && $0.execution == .failed })
            let idle: Int = try await database.value(
                .scan,
                """
                SELECT count(*) AS value FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'
                """)
            #expect(idle == 0)
        }
    }

    @Test("searches that fill the scan lane delay no point read")
    func searchesAndReads() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanTimeout = .seconds(20)
            $0.scanDeadline = .seconds(30)
        } _: { database in
            let search = Task {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            _ = try await database.query(.scan, in: .none, "SELECT pg_sleep(20) AS search")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            try await eventually { try await database.sleepers(in: "AS search") == 2 }
            for number in 0..<100 {
                #expect(try await database.value("SELECT \(number) AS value") == number)
            }
            // The reads are done while all searches still sleep: none waited for one.
            #expect(try await database.sleepers(in: "AS search") == 2)
            #expect(database.gauges.scan.waiting == 4)
            search.cancel()
            _ = await search.result
        }
    }

    @Test("a full queue refuses the next caller at once, and says that nothing ran")
    func queueLimit() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.scanConnections = 1
            $0.queueLimit = 2
            $0.scanTimeout = .seconds(20)
            $0.scanDeadline = .seconds(30)
        } _: { database in
            try await eventually { database.gauges.scan.open == 1 }
            let busy = (0..<3).map { _ in
                Task { _ = try await database.query(.scan, in: .none, "SELECT pg_sleep(20) AS busy") }
            }
            try await eventually { database.gauges.scan.inUse == 1 && database.gauges.scan.waiting == 2 }
            let error = try await failure { _ = try await database.query(.scan, in: .none, "SELECT 1 AS value") }
            #expect(error.code == .queueFull)
            #expect(error.execution == .notExecuted)
            for task in busy { task.cancel() }
            for task in busy { _ = await task.result }
        }
    }
}
