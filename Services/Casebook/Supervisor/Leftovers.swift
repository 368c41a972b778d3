import Foundation
import Glibc

/// Processes of an earlier run that outlived their supervisor.
struct Leftovers: Sendable, Equatable {
    /// Services and tools by name, still the same processes that were recorded.
    let recorded: [String: ProcessIdentity]
    /// Processes of PostgreSQL whose current folder is our cluster; the postmaster, if it lives, among them.
    let postgres: [ProcessIdentity]
    let postmaster: ProcessIdentity?

    /// Whether there is a `postmaster.pid` of a server that no longer runs.
    let hasStaleLockFile: Bool

    var isEmpty: Bool { recorded.isEmpty && postgres.isEmpty && !hasStaleLockFile }

    /// Looks at what the last run wrote down and at what runs now.
    static func find(in folder: DataFolder) throws -> Leftovers {
        let postgres = postgresProcesses(in: folder)
        let postmaster = PostmasterFile(folder.cluster).flatMap { file in postgres.first { $0.pid == file.pid } }
        let recorded = try ProcessLedger.entries(in: folder)
        return Leftovers(
            recorded: recorded.filter { $0.key != ManagedProcess.postgresName && $0.value.isRunning },
            postgres: postgres, postmaster: postmaster,
            hasStaleLockFile: postmaster == nil && PostmasterFile(folder.cluster) != nil)
    }

    /// Ends them: services first, as in an ordinary stop, then PostgreSQL with its fast shutdown.
    ///
    /// - Throws: ``StubbornProcess`` when one does not end.
    func end(in folder: DataFolder) async throws {
        for process in recorded.values { kill(process.pid, SIGTERM) }
        try await end(Array(recorded.values), patience: .seconds(13))
        if let postmaster {
            for step in StopStep.postmaster where postmaster.isRunning {
                kill(postmaster.pid, step.signal)
                await Self.wait(for: [postmaster], atMost: step.patience)
            }
        }
        // Without their postmaster the rest end by themselves, each after its statement.
        try await end(postgres, patience: .seconds(3))
        // PostgreSQL would take the number in a stale lock file for a running server as long as any process has it, a
        // corpse that nobody buried too. No process of the cluster runs now, so the file means nothing.
        if Self.postgresProcesses(in: folder).isEmpty { unlink("\(folder.cluster)/postmaster.pid") }
    }

    private func end(_ processes: [ProcessIdentity], patience: Duration) async throws {
        await Self.wait(for: processes, atMost: patience)
        for process in processes where process.isRunning { kill(process.pid, SIGKILL) }
        await Self.wait(for: processes, atMost: .seconds(5))
        if let left = processes.first(where: \.isRunning) { throw StubbornProcess(pid: left.pid) }
    }

    /// They are not our children, so their end is looked for every 20 ms.
    private static func wait(for processes: [ProcessIdentity], atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while processes.contains(where: \.isRunning), ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// A process of PostgreSQL changes into its data directory at its start and stays there.
    private static func postgresProcesses(in folder: DataFolder) -> [ProcessIdentity] {
        let cluster = URL(filePath: folder.cluster).resolvingSymlinksInPath().path
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { Int32($0) }.filter { pid in
            guard let name = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8),
                name == "postgres\n" || name == "postmaster\n"
            else { return false }
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")) == cluster
        }.compactMap(ProcessIdentity.current)
    }
}

/// A process of an earlier run that not even SIGKILL ends.
struct StubbornProcess: Error, CustomStringConvertible {
    let pid: Int32

    var description: String {
        "Process \(pid) of an earlier start does not end. Look at it with: ps -p \(pid) -o pid,stat,wchan,cmd"
    }
}
