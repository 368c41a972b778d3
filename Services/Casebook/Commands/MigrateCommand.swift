import ArgumentParser
import Glibc

/// Brings the database up to this version without starting the services.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Makes missing roles and schemas and runs missing migrations.",
        discussion: """
            Uses the server of CASEBOOK_DATABASE_URL if it is set, otherwise the embedded cluster: the running one, or \
            one that is started for the time of the migration.
            """)

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let installation = try Installation(settings: App.settings)
        if installation.settings.databaseURL == nil, FolderLock.isHeld(in: installation.folder) {
            let known = try KnownInstallation()
            try await Schemas(
                installation: known.installation, environment: known.environment, console: .standard
            ).bringUpToDate()
        } else {
            try await StoppableRun.run { stop in
                try await SuiteRun(installation: installation, console: .standard, purpose: .migrating).run(
                    until: stop)
            }
        }
    }
}
