import TestSupport
import Testing

extension SuiteTests {
    /// A request that is repeated under its key because nobody knows whether it happened.
    @Suite("repeated requests")
    struct Repeats {
        @Test("R-1: kill -9 of a service at 100 moments: what was repeated under its key happened once")
        func killed() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let made = try await suite.casebook("admin", "create-key", "admin@example.com")
                let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
                let replica = try Replica(of: "identity", in: suite)
                let writer = KeyedWriter(address: replica.address, credential: key)
                let goesOn = Flag()
                try replica.start()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 { group.addTask { await writer.run { goesOn.isSet } } }
                    defer { goesOn.clear() }
                    for _ in 0..<100 {
                        let enough = writer.acknowledged.count + Int.random(in: 1...8)
                        try await eventually(within: .seconds(60), "writes are acknowledged") {
                            writer.acknowledged.count >= enough
                        }
                        try await replica.kill()
                        try replica.start()
                    }
                    goesOn.clear()
                    try await group.waitForAll()
                }
                #expect(writer.conflicts == [])
                #expect(try await TeamWriter(address: start.address, key: key).stored() == writer.acknowledged)
            }
        }
    }
}
