import Foundation
import Glibc
import TestSupport
import Testing

/// Real processes, one installation at a time: each test starts `casebook up` on a data folder of its own.
@Suite("suite", .serialized, .timeLimit(.minutes(10)))
struct SuiteTests {}

extension SuiteTests {
    @Suite("start and stop")
    struct StartAndStop {
        @Test("a first start prints an administrator and three commands, and each works exactly as printed")
        func firstStart() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                #expect(start.commands.count == 3)
                let answers = try await start.commands.asyncMap { try await Command.shell($0) }
                for answer in answers { #expect(answer.status == 0, "\(answer.output)") }
                #expect(answers[0].output.contains(#""csrf_token""#))
                #expect(answers[1].output.contains(#""email":"admin@example.com""#))
                #expect(answers[1].output.contains(#""role":"administrator""#))
                #expect(answers[2].output.contains(#""openapi":"3.1"#))
            }
        }

        @Test("Ctrl-C stops the gateway, then the services, PostgreSQL last, with exit status 0 and nothing left")
        func interrupt() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                start.signal(SIGINT)
                #expect(try await start.status() == 0)
                let stopped = start.output.matches(of: /stopping (\w+)/).map { String($0.1) }
                #expect(stopped.first == "gateway" && stopped.last == "postgres" && stopped.contains("identity"))
                #expect(suite.processes == [])
                #expect(!FileManager.default.fileExists(atPath: "\(suite.folder)/postgres/postmaster.pid"))
            }
        }

        @Test("SIGTERM in the middle of a first start stops it, and the next start goes on from there")
        func interruptedStart() async throws {
            try await RunningSuite.withSuite { suite in
                let first = try suite.launch()
                try await eventually("it has begun") { first.output.contains("starts") }
                first.signal(SIGTERM)
                #expect(try await first.status() == 0)
                #expect(suite.processes == [])
                let second = try await suite.start()
                #expect(try await Command.shell(second.commands[0]).output.contains("csrf_token"))
            }
        }

        @Test("a second start takes seconds and prints no password")
        func secondStart() async throws {
            try await RunningSuite.withSuite { suite in
                let first = try await suite.start()
                first.signal(SIGINT)
                _ = try await first.status()
                let began = ContinuousClock.now
                let second = try await suite.start()
                // The target is 3 s (DESIGN.md section 8).
                #expect(ContinuousClock.now - began < .seconds(9))
                #expect(!second.output.contains("Password"))
                #expect(second.address == first.address)
            }
        }

        @Test("a second start from the same folder says that one runs, and changes nothing")
        func refused() async throws {
            try await RunningSuite.withSuite { suite in
                let first = try await suite.start()
                let second = try await suite.casebook("up")
                #expect(second.status != 0)
                #expect(second.output.contains("already runs") && second.output.contains("\(first.pid)"))
                #expect(
                    try await Command.shell("curl -sS -o /dev/null -w '%{http_code}' \(first.address)/readyz").output
                        == "200")
            }
        }

        @Test("two folders run side by side, started at the same time")
        func sideBySide() async throws {
            try await RunningSuite.withSuite { one in
                try await RunningSuite.withSuite { two in
                    async let first = one.start()
                    async let second = two.start()
                    let starts = try await [first, second]
                    #expect(starts[0].address != starts[1].address)
                    for start in starts {
                        #expect(try await Command.shell(start.commands[0]).output.contains("csrf_token"))
                        #expect(try await Command.shell(start.commands[1]).output.contains("admin@example.com"))
                    }
                }
            }
        }
    }
}

extension Array {
    /// The results of one call after the other.
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
