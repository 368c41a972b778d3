import Foundation
import TestSupport
import Testing

extension SuiteTests {
    /// Requests that schemathesis makes up from each service's own description, sent through the door by people of two
    /// workspaces: valid and broken ones, in any order, with links followed.
    @Suite("generated requests")
    struct GeneratedRequests {
        @Test("schemathesis finds nothing; refusals are problem details that tell nothing of the inside (R-5, S-26)")
        func schemathesis() async throws {
            let program = try #require(ProcessInfo.processInfo.environment["CASEBOOK_SCHEMATHESIS"])
            // The rate limits have tests of their own; here they would answer everything with 429.
            let unlimited = ["PRINCIPAL", "ADDRESS", "WORKSPACE"].map { ("CASEBOOK_LIMIT_\($0)_REQUESTS", "0") }
            try await RunningSuite.withSuite(Dictionary(uniqueKeysWithValues: unlimited)) { suite in
                try await suite.start()
                let run = try await GeneratedRun.make(in: suite, program: program)
                defer { run.end() }
                // Requests to identity end sessions and keys: it goes first, the others go at once.
                var outcomes = [("identity", try await run.send(to: "identity", cases: 6))]
                outcomes += try await withThrowingTaskGroup(of: (String, GeneratedRun.Outcome).self) { group in
                    for (service, cases) in [("customers", 15), ("tickets", 15), ("tasks", 10)] {
                        group.addTask { (service, try await run.send(to: service, cases: cases)) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                for (service, outcome) in outcomes {
                    #expect(outcome.status == 0, "\(service)\n\(outcome.report)")
                    #expect(outcome.exchanges.count > 300, "\(service): \(outcome.exchanges.count) requests")
                    // Both people were signed in, and the one asked for what the other had.
                    let good = outcome.exchanges.filter { (200..<300).contains($0.status) }
                    #expect(good.count >= 50, "\(service): \(good.count) were let in")
                    let signedIn = outcome.exchanges.filter { $0.status != 401 }.compactMap(\.peer)
                    let peers = Dictionary(grouping: signedIn) { $0 }.mapValues(\.count)
                    #expect(Set(peers.keys).isSuperset(of: ["first", "second"]), "\(service): \(peers)")
                    #expect(outcome.checks.contains("object_level_authorization"), "\(service): \(outcome.checks)")
                    let refused = outcome.exchanges.filter { $0.status >= 400 }
                    #expect(refused.count > 100, "\(service): \(refused.count) refusals")
                    #expect(refused.filter { !$0.isProblem }.map(\.status) == [], "\(service)")
                    #expect(outcome.exchanges.compactMap(\.leak) == [], "\(service)")
                    #expect(outcome.exchanges.filter { $0.status == 500 }.isEmpty, "\(service)")
                }
            }
        }
    }
}
