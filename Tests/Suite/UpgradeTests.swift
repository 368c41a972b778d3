import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    /// An installation that an older version made.
    @Suite("upgrades")
    struct Upgrades {
        @Test(
            "an installation from before customers, tickets and tasks gains their schemas, processes and secrets"
        )
        func newServices() async throws {
            try await RunningSuite.withSuite { suite in
                let first = try await suite.start()
                first.signal(SIGINT)
                _ = try await first.status()
                try forget(["customers", "tickets", "tasks"], in: suite)

                let second = try await suite.start()
                for service in ["customers", "tickets", "tasks"] {
                    #expect(second.output.contains("\(service) ready on port"))
                    let ready = "http://127.0.0.1:\(try suite.port(of: service))/readyz"
                    let answer = try await Command.shell("curl -sS -o /dev/null -w '%{http_code}' \(ready)")
                    #expect(answer.output == "200")
                }
                // The gateway routes to them: without a credential it is their door that refuses, not a missing route.
                for path in ["/v1/tickets", "/v1/individuals", "/v1/tasks", "/v1/worklist"] {
                    let answer = try await Command.shell(
                        "curl -sS -o /dev/null -w '%{http_code}' \(second.address)\(path)")
                    #expect(answer.output == "401", "\(path)")
                }
            }
        }

        /// Takes services out of what an installation knows, as if it had been made before they were there.
        private func forget(_ services: [String], in suite: RunningSuite) throws {
            for file in ["credentials.json", "ports.json"] {
                let url = URL(filePath: "\(suite.folder)/\(file)")
                let read = try JSONSerialization.jsonObject(with: try Data(contentsOf: url))
                var document = try #require(read as? [String: Any])
                for (name, value) in document {
                    guard var members = value as? [String: Any] else { continue }
                    for service in services { members[service] = nil }
                    document[name] = members
                }
                try JSONSerialization.data(withJSONObject: document).write(to: url)
                chmod(url.path, 0o600)
            }
        }
    }
}
