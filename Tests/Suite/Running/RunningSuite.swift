import Foundation
import Glibc
import Synchronization
import TestSupport

/// A data folder of a test's own, and the `casebook up` that runs from it.
///
/// Whatever happens in the test, ``withSuite(_:)`` ends every process of the folder before it returns.
final class RunningSuite: Sendable {
    /// The data folder, where PostgreSQL's user can reach it.
    let folder: String
    private let starts = Mutex(0)
    private let supervisor = Mutex<Int32>(0)
    private let settings: [String: String]

    private init(_ settings: [String: String]) {
        self.settings = settings
        folder = FileManager.default.temporaryDirectory.appending(path: "casebook-suite-\(UUID().uuidString)").path
    }

    /// Lends a folder that does not exist yet, and cleans up after it.
    ///
    /// - Parameters:
    ///   - settings: Environment variables that `casebook` is told beside the folder.
    ///   - body: What is done with the folder.
    /// - Throws: What `body` throws.
    static func withSuite(
        _ settings: [String: String] = [:], _ body: (RunningSuite) async throws -> Void
    ) async throws {
        let suite = RunningSuite(settings)
        do {
            try await body(suite)
        } catch {
            await suite.cleanUp()
            throw error
        }
        await suite.cleanUp()
    }

    /// What every `casebook` command of this folder is told.
    var environment: [String: String] { settings.merging(["CASEBOOK_HOME": folder]) { $1 } }

    /// Starts `casebook up` and waits until it says that it is ready.
    @discardableResult
    func start(within limit: Duration = .seconds(120)) async throws -> SuiteStart {
        let start = try launch()
        try await eventually(within: limit, "casebook is ready\n\(start.output)") {
            start.output.contains("Casebook is ready") && start.output.contains("Ctrl-C stops everything")
        }
        return start
    }

    /// Starts `casebook up`, ready or not.
    func launch() throws -> SuiteStart {
        let number = starts.withLock { starts in
            starts += 1
            return starts
        }
        let path = "\(folder).output-\(number)"
        let process = try Process.started(
            "\(Command.products)/casebook", ["up"], environment: environment, output: path)
        supervisor.withLock { $0 = process.processIdentifier }
        return SuiteStart(process: process, path: path)
    }

    /// Runs another command of `casebook` on the folder.
    func casebook(_ arguments: String...) async throws -> Command {
        try await Command.run("\(Command.products)/casebook", arguments, environment: environment)
    }

    /// The processes whose current folder is this data folder or the cluster in it: all that `up` starts.
    var processes: [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            let cwd = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
            return cwd == folder || cwd?.hasPrefix("\(folder)/") == true
        }
    }

    /// The process id of a service or of PostgreSQL's server, as `up` wrote it down.
    func pid(of name: String) throws -> Int32? {
        struct Entry: Decodable {
            let pid: Int32
        }
        let data = try Data(contentsOf: URL(filePath: "\(folder)/run/processes.json"))
        return try JSONDecoder().decode([String: Entry].self, from: data)[name]?.pid
    }

    /// The port that was chosen for a process.
    func port(of name: String) throws -> Int {
        struct Book: Decodable {
            let ports: [String: Int]
        }
        let data = try Data(contentsOf: URL(filePath: "\(folder)/ports.json"))
        return try JSONDecoder().decode(Book.self, from: data).ports[name] ?? 0
    }

    private func cleanUp() async {
        for pid in processes { kill(pid, SIGKILL) }
        let supervisor = supervisor.withLock { $0 }
        if supervisor > 0, processes.contains(supervisor) { kill(supervisor, SIGKILL) }
        try? await eventually("nothing of the folder runs") { processes.isEmpty }
        try? FileManager.default.removeItem(atPath: folder)
        for number in 1...max(1, starts.withLock { $0 }) {
            try? FileManager.default.removeItem(atPath: "\(folder).output-\(number)")
        }
    }
}

/// One `casebook up`.
struct SuiteStart: Sendable {
    private let process: Process
    private let path: String

    init(process: Process, path: String) {
        self.process = process
        self.path = path
    }

    var pid: Int32 { process.processIdentifier }

    /// What it has written so far, errors too.
    var output: String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// The commands it printed to try.
    var commands: [String] {
        output.split(separator: "\n").filter { $0.hasPrefix("  curl ") }.map { String($0.dropFirst(2)) }
    }

    /// The address it printed.
    var address: String {
        output.firstMatch(of: /Address:\s+(\S+)/).map { String($0.1) } ?? ""
    }

    /// Sends a signal to the supervisor alone.
    func signal(_ signal: Int32) { kill(pid, signal) }

    /// Waits for the end.
    func status(within limit: Duration = .seconds(90)) async throws -> Int32 {
        try await eventually(within: limit, "casebook up ends") { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
}
