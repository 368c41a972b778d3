/// One process that is kept running: started, watched, started again when it ends by itself, stopped on request.
actor ManagedProcess {
    /// What tells one managed process from another.
    struct Specification: Sendable {
        let name: String
        let launch: Launch
        let stop: [StopStep]
        /// Why the process with this id does not do its work yet; nil when it does.
        let obstacle: @Sendable (_ pid: Int32) async -> String?
    }

    /// The name of PostgreSQL's server among the processes.
    static let postgresName = "postgres"

    nonisolated let specification: Specification
    private let folder: DataFolder
    private let ledger: ProcessLedger
    private let stopRequest = OneShot<Void>()
    private var child: ChildProcess?
    /// Set once the child of the last start is known, or could not be started.
    private var launching: OneShot<Void>?
    private var policy = RestartPolicy()
    private var failures = 0
    private var lastEnd: Ending?

    /// How a run of the process ended.
    private struct Ending {
        let sentence: String
        var status: ExitStatus?

        /// The BSD code of a configuration error (sysexits.h, EX_CONFIG): another start would end the same way.
        var isFinal: Bool { status == .code(78) }
    }

    /// How many times a process may end before it is ready until the start is given up.
    private static let patience = 5

    init(_ specification: Specification, in folder: DataFolder, ledger: ProcessLedger) {
        self.specification = specification
        self.folder = folder
        self.ledger = ledger
    }

    /// Keeps the process running until ``stop()``.
    ///
    /// - Parameter report: Is given a sentence whenever the process ended by itself.
    func run(report: @Sendable (String) -> Void) async {
        while stopRequest.current == nil {
            let began = ContinuousClock.now
            let ending = await runOnce()
            guard stopRequest.current == nil else { break }
            let delay = policy.delay(afterLiving: ContinuousClock.now - began)
            failures += 1
            lastEnd = ending
            report(
                "\(specification.name) \(ending.sentence); it starts again in \(delay.inSeconds). "
                    + "Its log: \(specification.launch.log)")
            _ = await stopRequest.value(atMost: delay)
        }
    }

    private func runOnce() async -> Ending {
        folder.rotateLog(of: specification.name)
        let launch = OneShot<Void>()
        launching = launch
        defer { launch.set(()) }
        do {
            let child = try await ChildProcess.launch(specification.launch)
            self.child = child
            launch.set(())
            try? await ledger.record(specification.name, child.identity)
            // A stop that waited for the start as long as it may is gone, and found no child.
            if stopRequest.current != nil { await child.end(by: specification.stop) }
            // A wait that cancellation does not end, in slices: a child is never left unwatched.
            while true {
                guard let status = await child.exitStatus(atMost: .seconds(3_600)) else { continue }
                self.child = nil
                try? await ledger.forget(specification.name)
                return Ending(sentence: "ended by itself (\(status))", status: status)
            }
        } catch {
            return Ending(sentence: "could not be started (\(error))")
        }
    }

    /// Ends the process for good, by the steps of its specification; returns when it has ended.
    func stop() async {
        stopRequest.set(())
        // A child that is being started is not known yet, and may be at work already.
        _ = await launching?.value(atMost: .seconds(30))
        await child?.end(by: specification.stop)
    }

    /// Waits until the process does its work.
    ///
    /// - Throws: ``NotReady`` after `limit`, or earlier when it ended by itself several times or for a configuration
    ///   error; `CancellationError`.
    func waitUntilReady(within limit: Duration) async throws {
        let deadline = ContinuousClock.now + limit
        var obstacle = "it was not started"
        while ContinuousClock.now < deadline {
            try Task.checkCancellation()
            if let child {
                guard let reason = await specification.obstacle(child.identity.pid) else {
                    failures = 0
                    return
                }
                obstacle = reason
            } else if let lastEnd {
                obstacle = "it \(lastEnd.sentence)"
                if failures >= Self.patience || lastEnd.isFinal { break }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotReady(
            name: specification.name, obstacle: obstacle, log: specification.launch.log,
            output: LogTail.lines(of: specification.launch.log))
    }
}

/// A process that does not do its work in time.
struct NotReady: Error, CustomStringConvertible {
    let name: String
    let obstacle: String
    let log: String
    let output: String

    var description: String {
        "\(name) is not ready: \(obstacle). The end of its log, \(log):\n\(output)"
    }
}

extension Duration {
    /// For people: `0.4 s`.
    var inSeconds: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
