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
        let run = SuiteRun(installation: try Installation(settings: App.settings), console: .standard)
        try await StoppableRun.run { stop in try await run.run(until: stop) }
    }
}

/// Runs something that signals stop.
enum StoppableRun {
    /// Hands `body` a value that the first SIGINT, SIGTERM or SIGHUP sets.
    ///
    /// More signals change nothing: every step of a stop is bounded.
    static func run(_ body: @escaping @Sendable (OneShot<Void>) async throws -> Void) async throws {
        let stop = OneShot<Void>()
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { stop.set(()) } }
            defer { group.cancelAll() }
            try await body(stop)
        }
    }
}
