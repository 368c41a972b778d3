import Foundation
import TestSupport
import Testing

extension SuiteTests {
    /// Signing out everywhere, with three copies of the door that each keep tokens for 30 s.
    @Suite("signing out of three copies")
    struct SignOutCopies {
        @Test("signed out everywhere, all sessions are refused by three copies of the gateway at once (S-15)")
        func copies() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let replicas = [try Replica(of: "gateway", in: suite), try Replica(of: "gateway", in: suite)]
                for replica in replicas { try replica.start() }
                let addresses = [start.address] + replicas.map(\.address)
                let jars = addresses.indices.map { "\(suite.folder).jar-\($0)" }
                defer { for jar in jars { try? FileManager.default.removeItem(atPath: jar) } }
                var token = ""
                for (address, jar) in zip(addresses, jars) {
                    try await eventually("\(address) lets people in") {
                        let answer = try await signIn(start, address, jar)
                        token = answer.firstMatch(of: /"csrf_token":"([^"]+)"/).map { String($0.1) } ?? ""
                        return !token.isEmpty
                    }
                }
                let everywhere = try await statuses(addresses, jars)
                #expect(everywhere == Array(repeating: "200", count: 18))
                let began = ContinuousClock.now
                let ended = try await Command.shell(
                    "curl -sS -o /dev/null -w '%{http_code}' -X DELETE -b \(jars[2]) -H 'X-CSRF-Token: \(token)' "
                        + "\(addresses[2])/v1/sessions")
                #expect(ended.output == "204")
                // Without a hint each copy would go on with the token that it keeps for 30 s.
                try await eventually(within: .seconds(5), "three copies refuse three sessions") {
                    try await statuses(addresses, jars) == Array(repeating: "401", count: 18)
                }
                print("three copies refused all sessions \(ContinuousClock.now - began) after the request began")
                for replica in replicas { try await replica.kill() }
            }
        }

        /// Signs in as the start's first command does, at another copy and into another file of cookies.
        private func signIn(_ start: SuiteStart, _ address: String, _ jar: String) async throws -> String {
            let line = start.commands[0].replacing(#/ -c ('[^']*'|\S+)/#, with: " -c \(jar)")
            return try await Command.shell(line.replacing(start.address, with: address)).output
        }

        /// What each copy answers each session: of what identity answers, and of the live stream, to which the copy
        /// itself lets people in by the token that it keeps.
        private func statuses(_ addresses: [String], _ jars: [String]) async throws -> [String] {
            let lines = addresses.flatMap { address in
                jars.flatMap { jar in
                    ["\(address)/v1/users/me", "--head \(address)/v1/events"].map { asked in
                        "curl -sS -o /dev/null -w '%{http_code} ' -b \(jar) \(asked)"
                    }
                }
            }
            return try await Command.shell(lines.joined(separator: "; ")).output.split(separator: " ").map(String.init)
        }
    }
}
