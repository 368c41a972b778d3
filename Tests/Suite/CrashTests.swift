import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    /// Nothing acknowledged is lost: `kill -9` at whatever point, then a start that mends itself.
    @Suite("crashes")
    struct Crashes {
        @Test(
            "after kill -9 of the supervisor alone its children end, and the next start has all that was acknowledged")
        func supervisorKilled() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let writer = try await writer(suite, start)
                try await writing(writer) {
                    start.signal(SIGKILL)
                    _ = try await start.status()
                }
                try await eventually(within: .seconds(60), "the children end by themselves") { suite.processes.isEmpty }
                try await suite.start()
                #expect(writer.acknowledged.subtracting(try await writer.stored()) == [])
            }
        }

        @Test("after kill -9 of everything at once the next start mends itself, and has all that was acknowledged")
        func allKilled() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let writer = try await writer(suite, start)
                try await writing(writer) {
                    for pid in suite.processes { kill(pid, SIGKILL) }
                    _ = try await start.status()
                }
                let next = try await suite.start()
                #expect(next.address == start.address)
                #expect(writer.acknowledged.subtracting(try await writer.stored()) == [])
            }
        }

        @Test("a service and a database that are killed under a running supervisor come back, and lose nothing")
        func childrenKilled() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let writer = try await writer(suite, start)
                for name in ["identity", "gateway", "postgres"] {
                    let before = try #require(try suite.pid(of: name))
                    try await writing(writer) {
                        kill(before, SIGKILL)
                        try await eventually(within: .seconds(60), "\(name) runs again") {
                            try suite.pid(of: name).map { $0 != before } ?? false
                        }
                    }
                    try await eventually(within: .seconds(60), "requests succeed again") {
                        try await writer.stored().isSuperset(of: writer.acknowledged)
                    }
                }
                start.signal(SIGINT)
                #expect(try await start.status() == 0)
                #expect(suite.processes == [])
            }
        }

        /// A writer with a key of the administrator's.
        private func writer(_ suite: RunningSuite, _ start: SuiteStart) async throws -> TeamWriter {
            let made = try await suite.casebook("admin", "create-key", "admin@example.com")
            let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
            return TeamWriter(address: start.address, key: key)
        }

        /// Runs `body` while four writers write, as soon as some writes were acknowledged.
        private func writing(_ writer: TeamWriter, _ body: @escaping @Sendable () async throws -> Void) async throws {
            let before = writer.acknowledged.count
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { await writer.run() } }
                defer { group.cancelAll() }
                try await eventually("writes are acknowledged") { writer.acknowledged.count >= before + 20 }
                try await body()
            }
        }
    }
}
