import Foundation
import Glibc
import TestSupport
import Testing

@testable import Casebook

@Suite("child processes")
struct ChildProcessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var log: String { (try? String(contentsOfFile: "\(folder.path)/shell.log", encoding: .utf8)) ?? "" }

    @Test("a child's exit status is reported", arguments: [0, 1, 78] as [Int32])
    func exitStatus(_ code: Int32) async throws {
        let child = try await ChildProcess.launch(.shell("exit \(code)", in: folder))
        #expect(await child.exitStatus(atMost: .seconds(20)) == .code(code))
    }

    @Test("a child that a signal ended is reported as such, and a later signal reaches nobody")
    func signalled() async throws {
        let child = try await ChildProcess.launch(.shell("exec sleep 600", in: folder))
        child.send(SIGKILL)
        #expect(await child.exitStatus(atMost: .seconds(20)) == .signal(SIGKILL))
        child.send(SIGKILL)
    }

    @Test("a child leads a process group of its own, so that Ctrl-C in a terminal does not reach it")
    func ownGroup() async throws {
        let child = try await ChildProcess.launch(.shell("exec sleep 600", in: folder))
        #expect(getpgid(child.identity.pid) == child.identity.pid)
        await child.end(by: [StopStep(signal: SIGKILL, patience: .seconds(20))])
    }

    @Test("a child sees only the environment it was given")
    func environment() async throws {
        var launch = Launch.shell("env", in: folder)
        launch.environment["CASEBOOK_X"] = "a b"
        let child = try await ChildProcess.launch(launch)
        _ = await child.exitStatus(atMost: .seconds(20))
        let names = Set(log.split(separator: "\n").compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(names.subtracting(["PWD", "OLDPWD", "SHLVL", "_"]) == ["PATH", "CASEBOOK_X"])
        #expect(log.contains("CASEBOOK_X=a b"))
    }

    @Test("a child has the held end of nobody's pipe, nor any other file of ours")
    func noFiles() async throws {
        let other = try await ChildProcess.launch(.shell("exec cat", in: folder, input: .held))
        let child = try await ChildProcess.launch(.shell("ls /proc/self/fd | wc -l", in: folder, input: .held))
        #expect(await child.exitStatus(atMost: .seconds(20)) == .code(0))
        // Input, output, errors, and the folder that ls reads.
        #expect(log.trimmingCharacters(in: .whitespacesAndNewlines) == "4")
        await other.end(by: [StopStep(signal: SIGKILL, patience: .seconds(20))])
    }

    @Test("what cannot be started says so")
    func missing() async throws {
        let launch = Launch(
            executable: "/nowhere/casebook", arguments: [], environment: [:], log: "\(folder.path)/shell.log")
        let failure = await #expect(throws: LaunchFailure.self) { _ = try await ChildProcess.launch(launch) }
        #expect(failure?.description.contains("/nowhere/casebook") == true)
    }

    @Test("a child that ignores SIGTERM is ended by SIGKILL after its time")
    func stubborn() async throws {
        let child = try await ChildProcess.launch(
            .shell("trap '' TERM; echo ready; while :; do sleep 1; done", in: folder))
        try await eventually("the trap is set") { log.contains("ready") }
        let status = await child.end(by: [
            StopStep(signal: SIGTERM, patience: .milliseconds(200)), StopStep(signal: SIGKILL, patience: .seconds(20)),
        ])
        #expect(status == .signal(SIGKILL))
    }

    @Test("a command that fails says how, with the end of its output")
    func failingCommand() async throws {
        let command = OneOffCommand(launch: .shell("echo one; echo two >&2; exit 3", in: folder), limit: .seconds(20))
        let failure = await #expect(throws: CommandFailure.self) { try await command.run() }
        #expect(failure?.status == .code(3))
        #expect(failure?.description.contains("one") == true && failure?.description.contains("two") == true)
    }

    @Test("a command that takes too long is ended")
    func slowCommand() async throws {
        let command = OneOffCommand(launch: .shell("exec sleep 600", in: folder), limit: .milliseconds(100))
        let failure = await #expect(throws: CommandFailure.self) { try await command.run() }
        #expect(failure?.description.contains("too long") == true)
    }

    @Test("a command whose task is cancelled has ended when the call returns")
    func cancelledCommand() async throws {
        let command = OneOffCommand(
            launch: .shell("echo $$; exec sleep 600", in: folder), limit: .seconds(600))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) { try await command.run() }
            }
            try? await eventually("the command runs") { !log.isEmpty }
            group.cancelAll()
        }
        let pid = try #require(Int32(log.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(ProcessIdentity.current(of: pid) == nil)
    }
}
