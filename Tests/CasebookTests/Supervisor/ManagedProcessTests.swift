import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Casebook

@Suite("managed processes")
struct ManagedProcessTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.data.create(for: nil)
    }

    private func process(
        _ name: String, _ line: String, obstacle: @escaping @Sendable (Int32) async -> String? = { _ in nil }
    ) -> ManagedProcess {
        var launch = Launch.shell(line, in: folder, input: .held)
        launch.log = folder.data.log(of: name)
        let specification = ManagedProcess.Specification(
            name: name, launch: launch,
            stop: [
                StopStep(signal: SIGTERM, patience: .seconds(20)), StopStep(signal: SIGKILL, patience: .seconds(20)),
            ],
            obstacle: obstacle)
        return ManagedProcess(specification, in: folder.data, ledger: ProcessLedger(folder.data))
    }

    private func log(of name: String) -> String {
        (try? String(contentsOfFile: folder.data.log(of: name), encoding: .utf8)) ?? ""
    }

    /// Runs processes as `casebook up` does, and stops them when the body has ended.
    private func running(
        _ processes: [ManagedProcess], _ body: @escaping @Sendable (Crew) async throws -> Void
    ) async throws {
        let crew = Crew()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await crew.run { _ in } }
            for process in processes { await crew.start(process) }
            let result: Result<Void, any Error>
            do { result = .success(try await body(crew)) } catch { result = .failure(error) }
            await crew.stop { _ in }
            try await group.waitForAll()
            try result.get()
        }
    }

    @Test("a process that ends by itself is started again, and written down under its new number")
    func restart() async throws {
        try await running([process("worker", "echo $$; exec sleep 600")]) { _ in
            try await eventually(within: .seconds(60), "it runs") {
                try log(of: "worker").contains("\n")
                    && ProcessLedger.entries(in: folder.data)["worker"]?.isRunning == true
            }
            let first = try #require(try ProcessLedger.entries(in: folder.data)["worker"])
            kill(first.pid, SIGKILL)
            try await eventually(within: .seconds(60), "another runs") {
                let entry = try ProcessLedger.entries(in: folder.data)["worker"]
                let lines = log(of: "worker").split(separator: "\n").count
                return lines == 2 && entry != nil && entry != first && entry?.isRunning == true
            }
        }
        #expect(log(of: "worker").split(separator: "\n").count == 2)
        #expect(try ProcessLedger.entries(in: folder.data) == [:])
    }

    @Test("the last started stops first, and each has ended before the next is asked to")
    func order() async throws {
        let all = folder.data.log(of: "order")
        let line = { (name: String) in
            "trap 'echo \(name) >> \(all); exit 0' TERM; echo ready; while :; do sleep 0.02; done"
        }
        let names = ["database", "identity", "gateway"]
        try await running(names.map { process($0, line($0)) }) { _ in
            for name in names {
                try await eventually(within: .seconds(60), "\(name) runs") { log(of: name).contains("ready") }
            }
        }
        #expect(log(of: "order").split(separator: "\n").map(String.init) == names.reversed())
    }

    @Test("a process that is at work before its start is known has ended when the stop returns")
    func stopDuringStart() async throws {
        for round in 1...20 {
            let name = "early\(round)"
            let early = process(name, "echo $$; exec sleep 600")
            try await running([early]) { _ in
                try await eventually(within: .seconds(60), "it runs") { log(of: name).contains("\n") }
                await early.stop()
                let pid = try #require(Int32(log(of: name).split(separator: "\n").first ?? ""))
                #expect(kill(pid, 0) != 0, "round \(round)")
            }
        }
    }

    @Test("a process that never gets ready is given up with the end of its log")
    func notReady() async throws {
        let failing = process("broken", "echo 'no such table'; exit 1") { _ in "it does not answer" }
        try await running([failing]) { _ in
            let failure = await #expect(throws: NotReady.self) {
                try await failing.waitUntilReady(within: .seconds(60))
            }
            #expect(failure?.description.contains("no such table") == true)
            #expect(failure?.description.contains("exit status 1") == true)
        }
    }

    @Test("a configuration error is not tried again (exit status 78)")
    func misconfigured() async throws {
        let failing = process("misconfigured", "echo once; exit 78") { _ in "it does not answer" }
        try await running([failing]) { _ in
            await #expect(throws: NotReady.self) { try await failing.waitUntilReady(within: .seconds(60)) }
        }
        #expect(log(of: "misconfigured").contains("once"))
    }

    @Test("a process is ready when nothing stands in its way any more")
    func ready() async throws {
        let obstacles = Mutex(["it warms up", "it warms up"])
        let slow = process("slow", "exec sleep 600") { _ in obstacles.withLock { $0.popLast() } }
        try await running([slow]) { _ in try await slow.waitUntilReady(within: .seconds(60)) }
        let left = obstacles.withLock { $0 }
        #expect(left.isEmpty)
    }

    @Test("a child whose supervisor let go of its standard input ends by itself")
    func inputCloses() async throws {
        let child = try await ChildProcess.launch(.shell("cat; echo gone", in: folder, input: .held))
        child.send(SIGKILL)
        #expect(await child.exitStatus(atMost: .seconds(20)) != nil)
    }
}

@Suite("restart policy")
struct RestartPolicyTests {
    @Test("the wait doubles from 0.2 s to 10 s and begins again after a long run")
    func delays() {
        var policy = RestartPolicy()
        let delays = (0..<8).map { _ in policy.delay(afterLiving: .seconds(1)) }
        #expect(delays == [200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000].map { .milliseconds($0) })
        #expect(policy.delay(afterLiving: .seconds(30)) == .milliseconds(200))
    }
}
