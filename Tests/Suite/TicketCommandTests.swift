import Foundation
import TestSupport
import Testing

extension SuiteTests {
    @Suite("casebook ticket")
    struct TicketCommands {
        @Test("opens, lists, shows and claims as the person of the key, and tells who was faster (A2, B1, C2, K3)")
        func work() async throws {
            try await RunningSuite.withSuite { suite in
                try await suite.start()
                _ = try await suite.casebook("admin", "create-user", "ada@example.com", "--name", "Ada")
                let ada = try await key(of: "ada@example.com", suite)
                let administrator = try await key(of: "admin@example.com", suite)

                let opened = try await run(
                    ["open", "The pump leaks", "--memo", "the man at the counter", "--priority", "urgent"], ada, suite)
                let number = try #require(opened.output.firstMatch(of: /Opened (\d{9})/).map { String($0.1) })
                let listed = try await run(["list", "--query", "pump"], ada, suite)
                #expect(listed.output.contains(/\d{9} +open +urgent +– +the man at the counter +The pump leaks/))

                let claimed = try await run(["claim", number], ada, suite)
                #expect(claimed.status == 0 && claimed.output.contains("\(number) is yours"), "\(claimed.output)")
                let late = try await run(["claim", number], administrator, suite)
                #expect(late.status != 0 && late.output.contains("Ada"), "\(late.output)")
                let shown = try await run(["show", number], administrator, suite)
                #expect(shown.output.contains(/Assignee +Ada/) && shown.output.contains("The pump leaks"))
                let json = try await run(["list", "--mine", "--json"], ada, suite)
                #expect(json.output.contains(#""case_number":"\#(number)""#))
                #expect(try await run(["list", "--unassigned"], ada, suite).output.contains("no such tickets"))
            }
        }

        @Test("refuses without a key, with one that is none, and for a person who may only read")
        func refused() async throws {
            try await RunningSuite.withSuite { suite in
                try await suite.start()
                _ = try await suite.casebook("admin", "create-user", "viewer@example.com", "--role", "viewer")
                let viewer = try await key(of: "viewer@example.com", suite)
                let without = try await suite.casebook("ticket", "list")
                #expect(without.status != 0 && without.output.contains("CASEBOOK_API_KEY is not set"))
                #expect(try await run(["list"], "cbk_nonsense", suite).status != 0)
                #expect(try await run(["list"], viewer, suite).status == 0)
                let denied = try await run(["open", "x", "--memo", "y"], viewer, suite)
                #expect(denied.status != 0 && denied.output.contains("tickets:write"), "\(denied.output)")
            }
        }

        private func key(of mail: String, _ suite: RunningSuite) async throws -> String {
            let made = try await suite.casebook("admin", "create-key", mail)
            return try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
        }

        private func run(_ arguments: [String], _ key: String, _ suite: RunningSuite) async throws -> Command {
            try await Command.run(
                "\(Command.products)/casebook", ["ticket"] + arguments,
                environment: suite.environment.merging(["CASEBOOK_API_KEY": key]) { $1 })
        }
    }
}
