import ArgumentParser
import Glibc
import UnixSignals

/// Starts the suite and runs it until Ctrl-C or SIGTERM.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts PostgreSQL and all services, and runs them until Ctrl-C or SIGTERM.")

    func run() async throws {
        // Written to by whoever reads our output; a reader who has gone must not end the suite.
        signal(SIGPIPE, SIG_IGN)
        let stop = OneShot<Void>()
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let run = SuiteRun(installation: try Installation(settings: App.settings), console: .standard)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                // The first signal stops; more of them change nothing: every step of the stop is bounded.
                for await _ in signals { stop.set(()) }
            }
            defer { group.cancelAll() }
            try await run.run(until: stop)
        }
    }
}
