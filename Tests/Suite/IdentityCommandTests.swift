import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    @Suite("the operator's commands for people and keys")
    struct IdentityCommands {
        @Test("an invited person chooses a password with the printed link, and another one with a reset link (S-18)")
        func links() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let invited = try await suite.casebook(
                    "admin", "invite", "ada@example.com", "--name", "Ada", "--role", "manager")
                #expect(invited.status == 0, "\(invited.output)")
                try await choose("a long enough one", with: link(in: invited))
                #expect(try await signIn("ada@example.com", "a long enough one", start) == "201")

                let reset = try await suite.casebook("admin", "reset-link", "ada@example.com")
                #expect(reset.status == 0, "\(reset.output)")
                try await choose("another long one", with: link(in: reset))
                #expect(try await signIn("ada@example.com", "a long enough one", start) == "401")
                #expect(try await signIn("ada@example.com", "another long one", start) == "201")
                let used = try await Command.shell("curl -sS -o /dev/null -w '%{http_code}' \(link(in: reset))")
                #expect(used.output == "404")
                let nobody = try await suite.casebook("admin", "reset-link", "nobody@example.com")
                #expect(nobody.status != 0 && nobody.output.contains("nobody@example.com"))
            }
        }

        @Test("keys are changed while everybody stays signed in, and the chains of the audit are whole (S-17, S-21)")
        func keysAndAudit() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                _ = try await Command.shell(start.commands[0])
                let rotated = try await suite.casebook("admin", "rotate-keys")
                #expect(rotated.status == 0 && rotated.output.contains("signs from"), "\(rotated.output)")
                #expect(try await Command.shell(start.commands[1]).output.contains("admin@example.com"))
                try await eventually("the activity of the start is sealed") {
                    let verified = try await suite.casebook("audit", "verify")
                    return verified.status == 0 && verified.output.contains(/activity: whole, [1-9]/)
                }
                let verified = try await suite.casebook("audit", "verify")
                #expect(verified.output.contains(/audit: whole, [1-9][0-9]* links, last digest [0-9a-f]{64}/))
                let own = try await suite.casebook("audit", "verify", "--installation")
                #expect(own.status == 0 && own.output.contains(/audit: whole, 2 links, last digest/), "\(own.output)")
                #expect(!own.output.contains("activity"))
            }
        }

        @Test("blanked values are told with the line that says who asked, and a change of such a line is found (S-21)")
        func blanking() async throws {
            try await RunningSuite.withSuite { suite in
                _ = try await suite.start()
                let made = "SELECT id FROM identity.audit WHERE event = 'workspace_created' LIMIT 1"
                let id = try #require(try await suite.sql(made).first)
                let blanked = try await suite.casebook("audit", "blank", id)
                #expect(blanked.output.contains("Blanked 1, before 0; line"), "\(blanked.output)")
                #expect(try await suite.casebook("audit", "blank", id).output.contains("Blanked 0, before 1."))
                let whole = try await suite.casebook("audit", "verify")
                #expect(whole.status == 0 && whole.output.contains(", 1 blanked, "), "\(whole.output)")
                #expect(whole.output.contains("entry \(id): blanked, as line "))
                let unknown = try await suite.casebook("audit", "blank", UUID().uuidString)
                #expect(unknown.status != 0 && unknown.output.contains("/ids/0"), "\(unknown.output)")
                _ = try await suite.sql("UPDATE identity.audit SET request_id = 'another' WHERE id = '\(id)'")
                let broken = try await suite.casebook("audit", "verify")
                #expect(broken.status == 1 && broken.output.contains("entry \(id): changed"), "\(broken.output)")
            }
        }

        @Test("through the gateway a known device gets in while strangers guess from the same address (S-13)")
        func knownDevice() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                // The first printed command signs in and keeps the cookies; the others read them.
                #expect(try await Command.shell(start.commands[0]).output.contains("csrf_token"))
                var statuses: [String] = []
                for _ in 0..<13 {
                    statuses.append(try await signIn("admin@example.com", "not the password", start))
                }
                #expect(statuses.prefix(10).allSatisfy { $0 == "401" } && statuses.last == "429", "\(statuses)")
                let withoutCookies = start.commands[0].replacing(#/ -c '[^']*'/#, with: "")
                #expect(try await Command.shell(withoutCookies).output.contains("rate_limited"))
                let withCookies = start.commands[0].replacing(" -c ", with: " -b ")
                #expect(try await Command.shell(withCookies).output.contains("csrf_token"))
            }
        }

        private func link(in command: Command) throws -> String {
            try #require(command.output.firstMatch(of: /Link: (\S+)/).map { String($0.1) }, "\(command.output)")
        }

        private func choose(_ password: String, with link: String) async throws {
            let shown = try await Command.shell("curl -sS \(link)")
            #expect(shown.output.contains("ada@example.com"), "\(shown.output)")
            let body = #"{"new_password":"\#(password)"}"#
            let chosen = try await Command.shell(
                "curl -sS -w '%{http_code}' -H 'Content-Type: application/json' -d '\(body)' \(link)")
            #expect(chosen.output == "204", "\(chosen.output)")
        }

        private func signIn(_ mail: String, _ password: String, _ start: SuiteStart) async throws -> String {
            let body = #"{"workspace":"main","email":"\#(mail)","password":"\#(password)"}"#
            return try await Command.shell(
                "curl -sS -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' -d '\(body)' "
                    + "\(start.address)/v1/sessions"
            ).output
        }
    }
}
