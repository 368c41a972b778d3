import Foundation
import Glibc
import Testing

@testable import Casebook

@Suite("processes of an earlier run")
struct LeftoversTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.data.create(for: nil)
    }

    @Test("one that still runs is found by its identity and ended")
    func found() async throws {
        let child = try await ChildProcess.launch(.shell("exec sleep 600", in: folder))
        try await ProcessLedger(folder.data).record("identity", child.identity)
        let leftovers = try Leftovers.find(in: folder.data)
        #expect(leftovers.recorded == ["identity": child.identity])
        try await leftovers.end(in: folder.data)
        #expect(await child.exitStatus(atMost: .seconds(20)) == .signal(SIGTERM))
    }

    @Test("a process that has the number of one of ours by now is left alone")
    func foreign() async throws {
        let child = try await ChildProcess.launch(.shell("exec sleep 600", in: folder))
        let old = ProcessIdentity(
            pid: child.identity.pid, startTicks: child.identity.startTicks - 1, boot: child.identity.boot)
        try await ProcessLedger(folder.data).record("identity", old)
        let leftovers = try Leftovers.find(in: folder.data)
        #expect(leftovers.isEmpty)
        try await leftovers.end(in: folder.data)
        #expect(child.identity.isRunning)
        await child.end(by: [StopStep(signal: SIGKILL, patience: .seconds(20))])
    }

    @Test("a lock file of PostgreSQL whose server is gone is removed")
    func staleLockFile() async throws {
        let path = "\(folder.data.cluster)/postmaster.pid"
        try FileManager.default.createDirectory(atPath: folder.data.cluster, withIntermediateDirectories: true)
        // The number of a process that runs, and is no server of this cluster.
        try "\(getpid())\n\(folder.data.cluster)\n".write(toFile: path, atomically: true, encoding: .utf8)
        let leftovers = try Leftovers.find(in: folder.data)
        #expect(!leftovers.isEmpty)
        try await leftovers.end(in: folder.data)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("nothing is left after an orderly end")
    func none() throws {
        #expect(try Leftovers.find(in: folder.data).isEmpty)
    }
}
