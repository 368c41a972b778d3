import Foundation
import TestSupport

/// A program run to its end, with what it wrote.
struct Command: Sendable {
    let status: Int32
    let output: String

    /// The products of this build: the test runner lies beside them.
    static let products: String = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: runner).deletingLastPathComponent().path
    }()

    /// Runs a program with exactly this environment and a search path.
    static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:],
        within limit: Duration = .seconds(120)
    ) async throws -> Command {
        let file = FileManager.default.temporaryDirectory.appending(path: "casebook-command-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let process = try Process.started(executable, arguments, environment: environment, output: file.path)
        defer { if process.isRunning { process.terminate() } }
        try await eventually(within: limit, "\(executable) \(arguments.joined(separator: " ")) ends") {
            !process.isRunning
        }
        return Command(
            status: process.terminationStatus, output: (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }

    /// Runs a line of shell as a person would.
    static func shell(_ line: String) async throws -> Command { try await run("/bin/sh", ["-c", line]) }
}

extension Process {
    /// Starts a program whose output and errors go to one file.
    static func started(
        _ executable: String, _ arguments: [String], environment: [String: String], output path: String
    ) throws -> Process {
        try Data().write(to: URL(filePath: path))
        let output = try FileHandle(forWritingTo: URL(filePath: path))
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        // Nothing of the test run's own environment reaches what is tested.
        process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }
}
