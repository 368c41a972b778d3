import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Migrations", .scratchDatabase)
struct MigrationTests {
    private let steps = [
        Migration(
            name: "m0001_thing",
            sql: "CREATE TABLE things.thing (id int8 PRIMARY KEY); INSERT INTO things.thing VALUES (1);"),
        Migration(name: "m0002_name", sql: "ALTER TABLE things.thing ADD name text"),
        Migration(
            name: "m0003_index", sql: "-- no-transaction\nCREATE INDEX CONCURRENTLY thing_name ON things.thing (name)"),
    ]

    private func migrator(_ steps: [Migration], owner: String = "nobody_owner") throws -> Migrator {
        Migrator(url: try ScratchDatabase.current.url, schema: "things", owner: owner, migrations: steps)
    }

    @Test("steps are applied in order from zero, once, and verified")
    func fromZero() async throws {
        let behind = await #expect(throws: MigrationError.self) { try await migrator(steps).verify() }
        #expect(behind == .behind(schema: "things", missing: steps.map(\.name)))
        let lines = Mutex<[String]>([])
        let applied = try await migrator(Array(steps.prefix(2))).run { line in lines.withLock { $0.append(line) } }
        #expect(applied == ["m0001_thing", "m0002_name"])
        #expect(lines.withLock { $0.last } == "schema things: applied m0002_name")
        #expect(try await migrator(steps).run() == ["m0003_index"])
        #expect(try await migrator(steps).run() == [])
        try await migrator(steps).verify()
        // An older version starts on a newer schema.
        try await migrator(Array(steps.prefix(1))).verify()
        try await ScratchDatabase.current.withDatabase { database in
            let unnamed: Int = try await database.value("SELECT count(*) AS value FROM things.thing WHERE name IS NULL")
            #expect(unnamed == 1)
            let names: String = try await database.value(
                "SELECT string_agg(name, ',' ORDER BY applied_at) AS value FROM core.migration")
            #expect(names == "m0001_thing,m0002_name,m0003_index")
        }
    }

    @Test("an index whose building broke off is built anew")
    func brokenOffIndex() async throws {
        let scratch = try ScratchDatabase.current
        _ = try await migrator(Array(steps.prefix(2))).run()
        let validity = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'things.thing_name'::regclass"
        _ = try scratch.cluster.sql(
            "INSERT INTO things.thing VALUES (2, 'same'), (3, 'same')", database: scratch.name)
        // Two equal values break it off, as a lock that was not to be had would.
        #expect(throws: (any Error).self) {
            try scratch.cluster.sql(
                "CREATE UNIQUE INDEX CONCURRENTLY thing_name ON things.thing (name)", database: scratch.name)
        }
        #expect(try scratch.cluster.sql(validity, database: scratch.name).contains("f"))
        #expect(try await migrator(steps).run() == ["m0003_index"])
        #expect(try scratch.cluster.sql(validity, database: scratch.name).contains("t"))
    }

    @Test("R-11: an index that the server finished after its runner had died is noted, and nothing else of its name is")
    func finishedWithoutRunner() async throws {
        let scratch = try ScratchDatabase.current
        let noted = "SELECT count(*) FROM core.migration WHERE name = 'm0003_index'"
        _ = try await migrator(Array(steps.prefix(2))).run()
        // A table, and an index of another table, that happen to have the name.
        for (make, drop) in [
            ("CREATE TABLE things.thing_name ()", "DROP TABLE things.thing_name"),
            (
                "CREATE TABLE things.other (name text); CREATE INDEX thing_name ON things.other (name)",
                "DROP TABLE things.other"
            ),
        ] {
            _ = try scratch.cluster.sql(make, database: scratch.name)
            let error = try await failure { _ = try await migrator(steps).run() }
            #expect(error.sqlState == "42P07")
            #expect(try scratch.cluster.sql(noted, database: scratch.name) == "0")
            _ = try scratch.cluster.sql(drop, database: scratch.name)
        }
        _ = try scratch.cluster.sql(
            "CREATE INDEX CONCURRENTLY thing_name ON things.thing (name)", database: scratch.name)
        #expect(try await migrator(steps).run() == ["m0003_index"])
        #expect(try scratch.cluster.sql(noted, database: scratch.name) == "1")
        try await migrator(steps).verify()
    }

    @Test("R-11: an index built concurrently waits for an old writer in one try, and keeps nobody out meanwhile")
    func waitsForWriters() async throws {
        _ = try await migrator(Array(steps.prefix(2))).run()
        try await ScratchDatabase.current.withDatabase { database in
            let run = try await database.transaction(in: .none, .init(deadline: .seconds(30))) { tx in
                _ = try await tx.query("INSERT INTO things.thing VALUES (7, 'old')")
                let run = Task { try await migrator(steps).run() }
                try await eventually {
                    try await database.value(
                        """
                        SELECT count(*) AS value FROM pg_stat_activity
                        WHERE wait_event_type = 'Lock' AND query LIKE '%CREATE INDEX CONCURRENTLY%'
                          AND now() - query_start > INTERVAL '1 second' AND pid <> pg_backend_pid()
                        """) == 1
                }
                _ = try await database.write(in: .none, "INSERT INTO things.thing VALUES (8, 'new')")
                return run
            }
            #expect(try await run.value == ["m0003_index"])
        }
    }

    @Test("from zero twice gives the same schema")
    func twice() async throws {
        let scratch = try ScratchDatabase.current
        let describe = """
            SELECT string_agg(table_name || '.' || column_name || ':' || data_type, ',' ORDER BY 1)
            FROM information_schema.columns WHERE table_schema = 'things'
            """
        _ = try await migrator(steps).run()
        let first = try scratch.cluster.sql(describe, database: scratch.name)
        _ = try scratch.cluster.sql("DROP SCHEMA things CASCADE; DROP SCHEMA core CASCADE", database: scratch.name)
        _ = try await migrator(steps).run()
        #expect(try scratch.cluster.sql(describe, database: scratch.name) == first)
        #expect(!first.isEmpty)
    }

    @Test("an edited step is refused by the runner and by the service")
    func edited() async throws {
        _ = try await migrator(steps).run()
        var changed = steps
        changed[1] = Migration(name: "m0002_name", sql: steps[1].sql + " ")
        for work in [{ try await migrator(changed).verify() }, { _ = try await migrator(changed).run() }] {
            let error = await #expect(throws: MigrationError.self) { try await work() }
            #expect(error == .edited(schema: "things", name: "m0002_name"))
        }
    }

    @Test("a step put in before an applied one is refused, as is a list out of order or with a name twice")
    func order() async throws {
        _ = try await migrator(steps).run()
        let between = Migration(name: "m0001_z_between", sql: "SELECT 1")
        let late = await #expect(throws: MigrationError.self) {
            _ = try await migrator([steps[0], between, steps[1], steps[2]]).run()
        }
        #expect(late == .outOfOrder(schema: "things", name: "m0001_z_between"))
        for list in [[steps[1], steps[0]], [steps[0], steps[0]]] {
            let error = await #expect(throws: MigrationError.self) { _ = try await migrator(list).run() }
            #expect(error == .unordered(schema: "things", name: list[1].name))
        }
    }

    @Test("a failing step leaves nothing of itself and keeps those before it")
    func failing() async throws {
        let broken =
            steps.prefix(1) + [
                Migration(name: "m0002_broken", sql: "CREATE TABLE things.half (a int8); SELECT 1 / 0")
            ]
        let error = try await failure { _ = try await migrator(Array(broken)).run() }
        #expect(error.sqlState == "22012")
        try await ScratchDatabase.current.withDatabase { database in
            let half: String? = try await database.value("SELECT to_regclass('things.half')::text AS value")
            #expect(half == nil)
            let count: Int = try await database.value("SELECT count(*) AS value FROM core.migration")
            #expect(count == 1)
        }
    }

    @Test("ten runners at once apply each step once")
    func concurrent() async throws {
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<10 { group.addTask { try await migrator(steps).run() } }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        #expect(applied == steps.map(\.name))
    }

    @Test("what a step creates belongs to the owner, and the ledger does not")
    func ownership() async throws {
        let scratch = try ScratchDatabase.current
        let owner = "owner_\(UInt32.random(in: 0 ..< .max))"
        _ = try scratch.cluster.sql("CREATE ROLE \(owner)")
        _ = try await migrator(steps, owner: owner).run()
        try await scratch.withDatabase { database in
            let owners = try await database.query(
                .scan, in: .none,
                """
                SELECT tablename AS name, tableowner AS owner FROM pg_tables
                WHERE schemaname IN ('things', 'core') ORDER BY 1
                """
            )
            #expect(
                try owners.json == #"[{"name":"migration","owner":"postgres"},{"name":"thing","owner":"\#(owner)"}]"#)
        }
        _ = try scratch.cluster.sql(
            "DROP SCHEMA things CASCADE; DROP OWNED BY \(owner); DROP ROLE \(owner)", database: scratch.name)
    }

    @Test("a step waits its turn behind a lock instead of queueing everybody behind itself")
    func locked() async throws {
        _ = try await migrator(Array(steps.prefix(1))).run()
        try await ScratchDatabase.current.withDatabase { database in
            let run = try await database.transaction(in: .none, .init(deadline: .seconds(20))) { tx in
                _ = try await tx.query("LOCK TABLE things.thing IN ACCESS SHARE MODE")
                let run = Task { try await migrator(steps).run() }
                try await eventually {
                    try await database.value(
                        """
                        SELECT count(*) AS value FROM pg_stat_activity
                        WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE things%'
                        """) == 1
                }
                // While the step waits others still read, at the latest when its lock_timeout ends the wait.
                _ = try await database.query(.scan, in: .none, "SELECT count(*) AS n FROM things.thing")
                return run
            }
            #expect(try await run.value == ["m0002_name", "m0003_index"])
        }
    }

    @Test("R-11: beside an open reader a column more in 200,000 rows fails no other read or write, and moves no row")
    func underLoad() async throws {
        let scratch = try ScratchDatabase.current
        _ = try await migrator(Array(steps.prefix(1))).run()
        _ = try scratch.cluster.sql(
            "INSERT INTO things.thing SELECT generate_series(2, 200000)", database: scratch.name)
        let file = "SELECT pg_relation_filenode('things.thing')"
        let before = try scratch.cluster.sql(file, database: scratch.name)
        try await scratch.withDatabase { database in
            let run = try await database.transaction(in: .none, .init(deadline: .seconds(60))) { tx in
                _ = try await tx.query("LOCK TABLE things.thing IN ACCESS SHARE MODE")
                let run = Task { try await migrator(Array(steps.prefix(2))).run() }
                // Each wait has the driver's limit, 2 s; the step waits 200 ms and lets the others pass.
                for id in 1...20 {
                    _ = try await tx.query("SELECT 1 AS n")
                    _ = try await database.query(
                        .scan, in: .none, "SELECT id FROM things.thing WHERE id = \(id) LIMIT 1")
                    _ = try await database.write(in: .none, "UPDATE things.thing SET id = -\(id) WHERE id = \(id)")
                }
                // The step is still at it.
                #expect(
                    try scratch.cluster.sql(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'casebook.migrate'") != "0")
                return run
            }
            #expect(try await run.value == ["m0002_name"])
        }
        #expect(try scratch.cluster.sql(file, database: scratch.name) == before)
        #expect(
            try scratch.cluster.sql(
                "SELECT count(*), count(*) FILTER (WHERE id < 0), count(name) FROM things.thing", database: scratch.name
            ) == "200000|20|0")
    }
}
