import ArgumentParser
import Glibc
import Models
import ServiceKit

/// Fills a workspace with made-up data, to try things on.
struct SeedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Fills a workspace with made-up people, customers, tickets and tasks.",
        discussion: """
            The same seed makes the same data. The installation that runs is used, or one is started for the time. A \
            workspace that has tickets already is left alone, unless --add is given. The made-up people have no \
            passwords: casebook admin reset-password sets one.
            """)

    @Option(help: "How many tickets, 1 to 5000000; as many tasks; people and customers in proportion.")
    var tickets: Int
    @Option(help: "What all that is random comes from, a whole number.")
    var seed: UInt64 = 1
    @OptionGroup var place: AdminCommand.Place
    @Flag(help: "Add to a workspace that has tickets already.")
    var add = false

    func validate() throws {
        guard 1...SeedRequest.limit ~= tickets else {
            throw ValidationError("--tickets is a number from 1 to \(SeedRequest.limit).")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let installation = try Installation(settings: App.settings)
        let order = SeedRun.Order(workspace: try place.slug(), tickets: tickets, seed: seed, isAddition: add)
        let errand: SuiteRun.Errand = { environment in
            try await SeedRun(
                installation: installation, environment: environment, console: .standard, order: order
            ).run()
        }
        let isRunning = FolderLock.isHeld(in: installation.folder)
        try await StoppableRun.run { stop in
            if isRunning {
                let environment = try KnownInstallation().environment
                try await stop.interrupting { try await errand(environment) }
            } else {
                try await SuiteRun(installation: installation, console: .standard, purpose: .errand(errand)).run(
                    until: stop)
            }
        }
    }
}
