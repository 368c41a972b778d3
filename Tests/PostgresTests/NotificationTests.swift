import Postgres
import TestSupport
import Testing

@Suite("Notifications and hints", .scratchDatabase)
struct NotificationTests {
    @Test("a listener is told to look first, then hears hints, equal ones once")
    func listening() async throws {
        try await ScratchDatabase.current.withDatabase {
            $0.hintInterval = .seconds(2)
        } _: { database in
            var heard = database.listen(to: ["activity", "Odd \"name\""]).makeAsyncIterator()
            #expect(await heard.next() == .resynchronise)
            for _ in 0..<50 { database.hint("activity", "w1") }
            database.hint("Odd \"name\"")
            database.hint("elsewhere", "x")
            // The first may leave at once; all that come within the interval after it leave together.
            var next = await heard.next()
            var repeats = 0
            while next == .message(channel: "activity", payload: "w1") {
                repeats += 1
                next = await heard.next()
            }
            #expect((1...2).contains(repeats))
            #expect(next == .message(channel: "Odd \"name\"", payload: ""))
            database.hint("activity", "w2")
            #expect(await heard.next() == .message(channel: "activity", payload: "w2"))
        }
    }

    @Test("a transaction's hint is sent after its commit, and none when it is undone")
    func afterCommit() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            var heard = database.listen(to: ["told", "fence"]).makeAsyncIterator()
            #expect(await heard.next() == .resynchronise)
            func fence(_ number: Int) async -> Bool {
                database.hint("fence", "\(number)")
                return await heard.next() == .message(channel: "fence", payload: "\(number)")
            }
            try await database.transaction(in: .none) { tx in
                tx.hint("told")
                _ = try await tx.query("SELECT 1 AS n")
                #expect(await fence(1))
            }
            #expect(await heard.next() == .message(channel: "told", payload: ""))
            await #expect(throws: PostgresTestError.onPurpose) {
                try await database.transaction(in: .none) { tx in
                    tx.hint("told")
                    _ = try await tx.query("SELECT 1 AS n")
                    throw PostgresTestError.onPurpose
                }
            }
            #expect(await fence(2))
            #expect(await fence(3))
        }
    }

    @Test("after a reconnect the listener is told to look again, and hears what comes then")
    func reconnecting() async throws {
        let scratch = try ScratchDatabase.current
        try await scratch.withDatabase { database in
            var heard = database.listen(to: ["activity"]).makeAsyncIterator()
            #expect(await heard.next() == .resynchronise)
            for round in 0..<3 {
                _ = try scratch.cluster.sql(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = '\(scratch.name)' AND application_name = 'casebook.hint'
                    """
                )
                #expect(await heard.next() == .resynchronise)
                database.hint("activity", "\(round)")
                #expect(await heard.next() == .message(channel: "activity", payload: "\(round)"))
            }
        }
    }

    @Test("two listeners each hear their own channels, and one that leaves disturbs no other")
    func twoListeners() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            var one = database.listen(to: ["a"]).makeAsyncIterator()
            #expect(await one.next() == .resynchronise)
            do {
                var two = database.listen(to: ["b"]).makeAsyncIterator()
                #expect(await two.next() == .resynchronise)
                database.hint("b", "1")
                #expect(await two.next() == .message(channel: "b", payload: "1"))
            }
            database.hint("b", "2")
            database.hint("a", "3")
            #expect(await one.next() == .message(channel: "a", payload: "3"))
        }
    }

    @Test("a listener that is too slow for the buffer is told to look instead")
    func slowListener() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            var heard = database.listen(to: ["a", "end"]).makeAsyncIterator()
            #expect(await heard.next() == .resynchronise)
            var other = database.listen(to: ["end"]).makeAsyncIterator()
            #expect(await other.next() == .resynchronise)
            _ = try await database.write(
                in: .none, "SELECT count(pg_notify('a', n::text)) AS n FROM generate_series(1, 400) AS n")
            _ = try await database.write(in: .none, "SELECT pg_notify('end', '')")
            #expect(await other.next() == .message(channel: "end", payload: ""))
            #expect(await heard.next() == .resynchronise)
        }
    }

    @Test("hints that cannot be sent as they are do no harm")
    func oddHints() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            var heard = database.listen(to: ["a"]).makeAsyncIterator()
            #expect(await heard.next() == .resynchronise)
            database.hint("", "x")
            database.hint(String(repeating: "n", count: 70), "x")
            database.hint("a\0b", "x")
            database.hint("a", String(repeating: "x", count: 9_000))
            #expect(await heard.next() == .message(channel: "a", payload: ""))
        }
    }

    @Test("closing the database ends its streams")
    func closing() async throws {
        try await ScratchDatabase.current.withDatabase { database in
            var heard = database.listen(to: ["a"]).makeAsyncIterator()
            #expect(await heard.next() == .resynchronise)
            await database.close()
            #expect(await heard.next() == nil)
        }
    }
}
