import TestSupport
import Testing

extension SuiteTests {
    /// Two sides with a copy of each process, one of which is stopped and started again while people work.
    @Suite("rolling restarts")
    struct RollingRestarts {
        private static let services = ["identity", "customers", "tickets", "tasks"]
        /// How often each copy is stopped.
        private static let rounds = 10

        @Test("R-10: SIGTERM to each copy ten times at 100 requests a second fails no request and loses no event")
        func rolling() async throws {
            try await underLoad(rate: 100) { sides, _ in
                for _ in 0..<Self.rounds {
                    for side in sides { try await restart(side) }
                }
            }
        }

        @Test("R-11: under load every table gains what a next version might add, and no request of this one fails")
        func upgraded() async throws {
            try await underLoad(rate: 50) { sides, suite in
                let tables = try await suite.sql(
                    """
                    SELECT n.nspname || '.' || c.relname
                    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE n.nspname IN ('core', 'identity', 'customers', 'tickets', 'tasks')
                        AND NOT c.relispartition AND c.relkind IN ('r', 'p')
                    """)
                #expect(tables.count > 30)
                for table in tables {
                    // As the runner of migrations does: a short wait for the lock, and another try.
                    try await eventually("\(table) is altered") {
                        _ = try await suite.sql(
                            "SET lock_timeout = '200ms'; ALTER TABLE \(table) ADD COLUMN of_the_next_version text")
                        return true
                    }
                }
                for schema in ["core"] + Self.services {
                    _ = try await suite.sql(
                        "INSERT INTO core.migration (schema, name, checksum) VALUES ('\(schema)', 'm9999_next', '')")
                }
                // What starts now finds the newer schema; what ran on has statements prepared for the older one.
                for side in sides { try await restart(side) }
            }
        }

        /// Runs a body while people work, and looks whether all that was asked for was done once and told.
        private func underLoad(
            rate: Int, _ body: @escaping ([[Replica]], RunningSuite) async throws -> Void
        ) async throws {
            // The load comes from one address and with one key.
            var settings = ["CASEBOOK_DRAIN_GRACE_SECONDS": "2"]
            for caller in ["ADDRESS", "PRINCIPAL", "WORKSPACE"] { settings["CASEBOOK_LIMIT_\(caller)_REQUESTS"] = "0" }
            try await RunningSuite.withSuite(settings) { suite in
                try await suite.start()
                let made = try await suite.casebook("admin", "create-key", "admin@example.com")
                let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
                let sides = try sides(of: suite)
                for side in sides { try await start(side) }
                let balancer = Balancer(
                    sides.compactMap { side in
                        side.last.map { Balancer.Door(address: $0.address, probe: $0.probe) }
                    })
                let load = SteadyLoad(balancer, key: key, rate: rate)
                let readers = [EventReader(balancer, key: key), EventReader(balancer, key: key)]
                try await working(balancer, load, readers) { try await body(sides, suite) }
                try await expectNothingLost(load, readers, in: suite)
            }
        }

        /// Both sides of an installation: a copy of each service, and a gateway before all copies.
        private func sides(of suite: RunningSuite) throws -> [[Replica]] {
            var sides: [[Replica]] = [[], []]
            var peers: [String: String] = [:]
            for service in Self.services {
                let pair = [try Replica(of: service, in: suite, peers), try Replica(of: service, in: suite, peers)]
                peers["CASEBOOK_\(service.uppercased())_URL"] = pair.map(\.address).joined(separator: ",")
                for index in sides.indices { sides[index].append(pair[index]) }
            }
            for index in sides.indices { sides[index].append(try Replica(of: "gateway", in: suite, peers)) }
            return sides
        }

        private func start(_ side: [Replica]) async throws {
            for copy in side { try copy.start() }
            for copy in side {
                try await eventually(within: .seconds(60), "\(copy.address) is ready\n\(copy.output)") {
                    await Balancer.isReady(copy.probe)
                }
            }
        }

        /// Stops a side's copies, each with exit status 0 within 10 s, and starts them again.
        private func restart(_ side: [Replica]) async throws {
            for copy in side { copy.terminate() }
            for copy in side {
                let status = try await copy.status(within: .seconds(10))
                #expect(status == 0, "\(copy.output)")
            }
            try await start(side)
        }

        private func working(
            _ balancer: Balancer, _ load: SteadyLoad, _ readers: [EventReader], _ body: () async throws -> Void
        ) async throws {
            let goesOn = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await balancer.run() }
                for reader in readers { group.addTask { await reader.run() } }
                try await eventually(within: .seconds(30), "streams are open") { readers.allSatisfy { $0.isOpen } }
                let working = Task { await load.run { goesOn.isSet } }
                defer { group.cancelAll() }
                do {
                    try await body()
                    // A fast machine is through before there is enough to look at.
                    try await eventually(within: .seconds(60), "enough was opened") {
                        ["tickets", "tasks"].allSatisfy { load.opened($0).count > 100 }
                    }
                } catch {
                    goesOn.clear()
                    throw error
                }
                goesOn.clear()
                await working.value
                let opened = Set(load.opened)
                try await eventually(within: .seconds(60), "all events have come") {
                    readers.allSatisfy { opened.isSubset(of: $0.changes.keys) }
                }
            }
        }

        private func expectNothingLost(
            _ load: SteadyLoad, _ readers: [EventReader], in suite: RunningSuite
        ) async throws {
            print(
                "\(load.requests) of \(load.offered) requests, \(load.opened.count) records, \(readers.map(\.endings))")
            #expect(load.failures == [])
            // People were at work all the time: what was due was asked, but for what a busy machine was late with.
            #expect(load.requests * 2 > load.offered, "\(load.requests) of \(load.offered)")
            for (plural, table) in [("tickets", "tickets.ticket"), ("tasks", "tasks.task")] {
                let opened = load.opened(plural)
                #expect(opened.count > 100, "\(plural)")
                let rows = try await suite.sql("SELECT count(*) FROM \(table)").first
                #expect(rows == "\(opened.count)", "\(plural)")
            }
            for reader in readers {
                #expect(reader.resets == 0)
                #expect(reader.endings["draining", default: 0] > 0)
                #expect(Set(load.opened).subtracting(reader.changes.keys) == [])
                #expect(reader.changes.filter { $0.value != $0.value.sorted() }.isEmpty)
            }
        }
    }
}
