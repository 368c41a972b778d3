import ArgumentParser
import Postgres

/// What happens in the installation, as it happens.
struct ActivityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity", abstract: "Shows what happens in all workspaces.", subcommands: [Tail.self])

    /// Shows the newest changes and, until Ctrl-C, those that follow.
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the newest changes, and with --follow those that come.")

        @Option(name: .shortAndLong, help: "How many of the newest changes to show, 0 to 500.")
        var count = 20

        @Flag(name: .shortAndLong, help: "Go on with what follows, until Ctrl-C.")
        var follow = false

        @Flag(help: "One JSON object a line instead of text.")
        var json = false

        func validate() throws {
            guard 0...500 ~= count else { throw ValidationError("--count is a number from 0 to 500.") }
        }

        func run() async throws {
            let known = try KnownInstallation()
            var configuration = DatabaseConfiguration(url: try known.databaseURL(role: "casebook_stream"))
            configuration.applicationName = "casebook-activity"
            configuration.pointConnections = 1
            configuration.scanConnections = 1
            configuration.exclusiveConnections = 1
            let database = Database(configuration: configuration)
            database.start()
            do {
                try await show(ActivityTail(database: database))
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }

        private func show(_ tail: ActivityTail) async throws {
            let line = json ? ActivityLine.json : ActivityLine.text
            let position = try await tail.newest(count) { Console.standard.say(try line($0, $1)) }
            guard follow else { return }
            try await follow(tail, from: position) { Console.standard.say(try line($0, $1)) }
        }

        /// Looks after every hint, and each second for hints that were lost.
        private func follow(
            _ tail: ActivityTail, from start: ActivityTail.Position, show: (ResultSet, Int) throws -> Void
        ) async throws {
            let (wakeups, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in tail.database.listen(to: ["casebook_activity"]) { wake.yield() } }
                group.addTask {
                    while true {
                        try await Task.sleep(for: .seconds(1))
                        wake.yield()
                    }
                }
                defer { group.cancelAll() }
                var position = start
                for await _ in wakeups {
                    var isFull = true
                    while isFull { (position, isFull) = try await tail.next(after: position, show: show) }
                }
            }
        }
    }
}
