import Models
import ServiceKit

/// One service's part of a seed: its own program, run as its own role, as a child.
struct SeedStep: Sendable {
    let service: ServiceName
    let request: SeedRequest
    let installation: Installation
    let environment: ServiceEnvironment
    let console: Console

    /// A million tickets take minutes; what takes longer than an hour hangs.
    private static let limit = Duration.seconds(3_600)

    /// Why the workspace should not be filled; nil when it may be.
    ///
    /// - Throws: ``CommandFailure`` when the service cannot say.
    func obstacle() async throws -> String? {
        let start = LogTail.position(of: log)
        do {
            try await OneOffCommand(launch: launch(["--check"]), limit: .seconds(60)).run()
            return nil
        } catch let failure as CommandFailure {
            guard let line = LogTail.last(of: log, from: start, startingWith: SeedOrder.obstacle) else { throw failure }
            return String(line.dropFirst(SeedOrder.obstacle.count))
        }
    }

    /// Writes the service's part and shows how far it has come.
    ///
    /// - Throws: ``CommandFailure`` with the end of what the service said; `CancellationError`.
    func run() async throws {
        let start = LogTail.position(of: log)
        let began = ContinuousClock.now
        let last = try await withThrowingTaskGroup(of: SeedProgress?.self) { group in
            group.addTask {
                try await OneOffCommand(launch: launch([]), limit: Self.limit).run()
                return nil
            }
            group.addTask { await watch(from: start) }
            defer { group.cancelAll() }
            _ = try await group.next()
            group.cancelAll()
            return try await group.next() ?? nil
        }
        let written = last.map { "\(ProgressDisplay.grouped($0.done)) records" } ?? "nothing to write"
        console.step("\(service.rawValue): \(written) (\((ContinuousClock.now - began).inSeconds))")
    }

    private var log: String { environment.folder.log(of: "\(service.rawValue)-seed") }

    private func launch(_ more: [String]) -> Launch {
        Launch(
            executable: installation.executable(of: service),
            arguments: [
                "seed", "--workspace", request.workspace.description, "--tickets", String(request.tickets), "--seed",
                String(request.seed), "--now", request.now.description,
            ] + more, environment: environment.serving(service), log: log, input: .held)
    }

    /// Reads the log ten times a second until it is cancelled, and once more after that.
    ///
    /// - Returns: The last progress.
    private func watch(from start: UInt64) async -> SeedProgress? {
        var display = ProgressDisplay(name: service.rawValue, isTerminal: console.isTerminal)
        var shown: SeedProgress?
        while true {
            try? await Task.sleep(for: .milliseconds(100))
            let line = LogTail.last(of: log, from: start, startingWith: "progress ")
            if let progress = line.flatMap({ SeedProgress(line: $0) }), progress != shown {
                shown = progress
                if let text = display.text(for: progress) { console.write(text) }
            }
            if Task.isCancelled {
                console.write(display.end)
                return shown
            }
        }
    }
}
