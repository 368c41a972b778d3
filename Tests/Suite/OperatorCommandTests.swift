import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    @Suite("the operator's commands")
    struct OperatorCommands {
        @Test("admin makes a person who can sign in, resets their password, and makes a key that works")
        func admin() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let created = try await suite.casebook(
                    "admin", "create-user", "ada@example.com", "--name", "Ada", "--role", "manager")
                #expect(created.status == 0, "\(created.output)")
                #expect(try await signIn("ada@example.com", password(created), start) == "201")

                let reset = try await suite.casebook("admin", "reset-password", "ada@example.com")
                #expect(reset.status == 0, "\(reset.output)")
                #expect(try await signIn("ada@example.com", password(created), start) == "401")
                #expect(try await signIn("ada@example.com", password(reset), start) == "201")

                let made = try await suite.casebook("admin", "create-key", "ada@example.com")
                let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
                let me = try await Command.shell(
                    "curl -sS -H 'Authorization: Bearer \(key)' \(start.address)/v1/users/me")
                #expect(me.output.contains(#""name":"Ada""#), "\(me.output)")

                let twice = try await suite.casebook("admin", "create-user", "ada@example.com")
                #expect(twice.status != 0)
                let nobody = try await suite.casebook("admin", "reset-password", "nobody@example.com")
                #expect(nobody.status != 0 && nobody.output.contains("nobody@example.com"))
            }
        }

        @Test("activity tail shows what was done, as text and as JSON")
        func activity() async throws {
            try await RunningSuite.withSuite { suite in
                try await suite.start()
                _ = try await suite.casebook("admin", "create-user", "ada@example.com")
                let text = try await suite.casebook("activity", "tail")
                #expect(text.output.contains(/user [0-9a-f]{8}…[0-9a-f]{4} created by service casebook/))
                let json = try await suite.casebook("activity", "tail", "--json", "--count", "1")
                let line = try #require(json.output.split(separator: "\n").first)
                let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
                #expect(row.verb == "created" && row.subject.kind == "user")
            }
        }

        @Test(
            "doctor is content with a running suite, names a service that is down, and says how to start a stopped one")
        func doctor() async throws {
            try await RunningSuite.withSuite { suite in
                let before = try await suite.casebook("doctor")
                #expect(before.status == 0 && before.output.contains("Nothing is set up"))
                let start = try await suite.start()
                let running = try await suite.casebook("doctor")
                #expect(running.status == 0 && !running.output.contains("FAIL"), "\(running.output)")

                let identity = try #require(try suite.pid(of: "identity"))
                kill(identity, SIGSTOP)
                let stuck = try await suite.casebook("doctor")
                #expect(stuck.status == 1 && stuck.output.contains("FAIL  identity is not ready"), "\(stuck.output)")
                kill(identity, SIGCONT)

                start.signal(SIGINT)
                _ = try await start.status()
                let stopped = try await suite.casebook("doctor")
                #expect(stopped.status == 0 && stopped.output.contains("does not run"), "\(stopped.output)")
            }
        }

        @Test("migrate brings a new folder up to date without services, and commands that need these say so")
        func migrate() async throws {
            try await RunningSuite.withSuite { suite in
                let migrated = try await suite.casebook("migrate")
                #expect(migrated.status == 0, "\(migrated.output)")
                #expect(migrated.output.contains("schema identity up to date") && !migrated.output.contains("gateway"))
                #expect(suite.processes == [])
                let refused = try await suite.casebook("admin", "create-user", "ada@example.com")
                #expect(refused.status != 0 && refused.output.contains("does not run"))
            }
        }

        private func password(_ command: Command) throws -> String {
            try #require(command.output.firstMatch(of: /assword[^:]*: (\S+)/).map { String($0.1) }, "\(command.output)")
        }

        private func signIn(_ mail: String, _ password: String, _ start: SuiteStart) async throws -> String {
            let body = #"{"workspace":"main","email":"\#(mail)","password":"\#(password)"}"#
            return try await Command.shell(
                "curl -sS -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '\(body)' "
                    + "\(start.address)/v1/sessions"
            ).output
        }

        private struct Row: Decodable {
            let verb: String
            let subject: Subject

            struct Subject: Decodable {
                let kind: String
            }
        }
    }
}
