import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    /// The programs with the commands and the environment of docker-compose.yml, on a server given from outside: all
    /// but the engine itself.
    @Suite("containers", .scratchDatabase)
    struct Containers {
        @Test("with what docker-compose.yml says the migrations run, every process is healthy, and people can work")
        func composed() async throws {
            let composition = try await Composition.make(server: try ScratchDatabase.current)
            defer { composition.end() }
            let migrated = try await composition.run("migrate")
            #expect(migrated.status == 0, "\(migrated.output)")
            for service in ["identity", "customers", "tickets", "tasks", "gateway"] {
                try composition.start(service)
                try await eventually(within: .seconds(60), "\(service) is healthy") {
                    try await composition.run(service, composition.healthCheck(of: service)).status == 0
                }
            }
            let made = try await composition.run(
                "casebook", ["casebook", "admin", "create-workspace", "main", "--mail", "you@example.com"])
            #expect(made.status == 0 && made.output.contains("Password: "), "\(made.output)")
            let keyed = try await composition.run("casebook", ["casebook", "admin", "create-key", "you@example.com"])
            let key = try #require(keyed.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(keyed.output)")
            let opened = try await composition.run(
                "casebook", ["casebook", "ticket", "open", "It leaks", "--memo", "a man"], ["CASEBOOK_API_KEY": key])
            #expect(opened.status == 0 && opened.output.contains("Opened "), "\(opened.output)")
        }
    }
}
