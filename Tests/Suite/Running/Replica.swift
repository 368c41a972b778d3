import Foundation
import Glibc
import TestSupport

/// A second process of a service beside the supervised one, started with the same environment: a replica that a test
/// may kill as often as it likes without anybody waiting before it starts again.
final class Replica {
    /// Where it listens.
    let address: String
    /// Where it says whether it takes requests: the gateway does so at a port of its own.
    let probe: String
    private let executable: String
    private let environment: [String: String]
    private let log: String
    private var process: Process?

    /// Prepares a replica of a running service on a port of its own.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - suite: Where one copy of it runs.
    ///   - settings: Environment variables that it is told otherwise than that copy.
    /// - Throws: `CocoaError` when that copy does not run; `POSIXError` when no port is free.
    init(of service: String, in suite: RunningSuite, _ settings: [String: String] = [:]) throws {
        let pid = try suite.pid(of: service) ?? 0
        let text = try Data(contentsOf: URL(filePath: "/proc/\(pid)/environ"))
        var environment: [String: String] = [:]
        for entry in text.split(separator: 0) {
            let parts = String(decoding: entry, as: UTF8.self).split(separator: "=", maxSplits: 1)
            if parts.count == 2 { environment[String(parts[0])] = String(parts[1]) }
        }
        let port = try FreePort.next()
        environment["CASEBOOK_\(service.uppercased())_HTTP_PORT"] = String(port)
        environment["CASEBOOK_SUPERVISED"] = "false"
        environment["CASEBOOK_RUN_DIR"] = nil
        let privatePort = try FreePort.next()
        environment["CASEBOOK_PRIVATE_PORT"] = String(privatePort)
        self.environment = environment.merging(settings) { $1 }
        executable = "\(Command.products)/\(service)"
        address = "http://127.0.0.1:\(port)"
        probe = (service == "gateway" ? "http://127.0.0.1:\(privatePort)" : address) + "/readyz"
        log = "\(suite.folder).replica-\(port)"
    }

    /// Starts it; it listens a moment later.
    func start() throws {
        process = try Process.started(executable, ["serve"], environment: environment, output: log)
    }

    /// Whether it was started and has not ended.
    var isRunning: Bool { process?.isRunning == true }

    /// Starts it again if it has ended by itself, as it does when it finds no database at its start.
    func keepRunning() throws {
        if !isRunning { try start() }
    }

    /// Ends it as a power cut would, and waits until it is gone.
    func kill() async throws {
        guard let process else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        try await eventually("the replica is gone") { !process.isRunning }
    }

    /// Asks it to stop.
    func terminate() { process?.terminate() }

    /// Waits for its end.
    ///
    /// - Returns: Its exit status; the number of the signal below zero when one ended it.
    func status(within limit: Duration) async throws -> Int32 {
        guard let process else { return 0 }
        try await eventually(within: limit, "\(executable) ends\n\(output)") { !process.isRunning }
        return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }

    /// What it has written.
    var output: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    deinit {
        if let process, process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: log)
    }
}
