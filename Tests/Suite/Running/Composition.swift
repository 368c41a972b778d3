import Foundation
import Glibc
import Synchronization
import TestSupport

/// The services of docker-compose.yml as processes of this machine: the same commands and variables, with secrets of
/// `deploy/secrets`, the names of hosts exchanged for ports of this machine, and PostgreSQL for a test's own server.
final class Composition: Sendable {
    private let services: BlockYAML
    private let variables: [String: String]
    private let ports: [String: UInt16]
    private let server: ScratchDatabase
    private let folder: String
    private let processes = Mutex<[Process]>([])

    private init(services: BlockYAML, variables: [String: String], server: ScratchDatabase, folder: String) throws {
        self.services = services
        self.variables = variables
        self.server = server
        self.folder = folder
        ports = try ["identity", "customers", "tickets", "tasks", "gateway"].reduce(into: [:]) {
            $0[$1] = try FreePort.next()
        }
    }

    /// Reads docker-compose.yml and makes the secrets.
    static func make(server: ScratchDatabase) async throws -> Composition {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = try String(contentsOf: root.appending(path: "docker-compose.yml"), encoding: .utf8)
        let folder = FileManager.default.temporaryDirectory.appending(path: "casebook-compose-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let secrets = folder.appending(path: "env").path
        _ = try await Command.run(root.appending(path: "deploy/secrets").path, [secrets])
        var variables: [String: String] = [:]
        for line in try String(contentsOfFile: secrets, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
        }
        return try Composition(
            services: try BlockYAML(file)["services"] ?? .mapping([:]), variables: variables, server: server,
            folder: folder.path)
    }

    /// Starts a service by its command.
    func start(_ service: String) throws {
        let command = services[service]?["command"]?.texts ?? []
        let process = try Process.started(
            "\(Command.products)/\(command[0])", Array(command.dropFirst()), environment: environment(of: service),
            output: "\(folder)/\(service).log")
        processes.withLock { $0.append(process) }
    }

    /// Runs a command to its end in the environment of a service; the service's own when none is named.
    func run(
        _ service: String, _ command: [String]? = nil, _ more: [String: String] = [:]
    ) async throws -> Command {
        let command = command ?? services[service]?["command"]?.texts ?? []
        return try await Command.run(
            "\(Command.products)/\(command[0])", Array(command.dropFirst()),
            environment: environment(of: service).merging(more) { $1 })
    }

    /// A service's health check, at the port that it has here.
    func healthCheck(of service: String) -> [String] {
        (services[service]?["healthcheck"]?["test"]?.texts ?? []).dropFirst().map { word in
            word.replacing(/http:\/\/127\.0\.0\.1:\d+/, with: address(of: service))
        }
    }

    /// Ends all processes.
    func end() {
        for process in processes.withLock({ $0 }) where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func address(of service: String) -> String { "http://127.0.0.1:\(ports[service] ?? 0)" }

    private func environment(of service: String) -> [String: String] {
        let written = services[service]?["environment"]
        var environment: [String: String] = (written?.keys ?? []).reduce(into: [:]) { values, name in
            values[name] = written?[name]?.text.map(translated)
        }
        environment["CASEBOOK_HOME"] = "\(folder)/home"
        if let port = ports[service] { environment["CASEBOOK_\(service.uppercased())_HTTP_PORT"] = String(port) }
        return environment
    }

    /// A value with its variables put in and its hosts exchanged.
    private func translated(_ value: String) -> String {
        var value = value.replacing(/\$\{(\w+):([-?])([^}]*)\}/) { match in
            variables[String(match.1)] ?? (match.2 == "-" ? String(match.3) : "")
        }
        // The administrator of the tests' server is called otherwise.
        value = value.replacing("//casebook_admin:", with: "//postgres:")
        if let match = value.wholeMatch(of: /postgresql:\/\/(\w+):(\w+)@postgres\/casebook/) {
            return server.url(user: "\(match.1)").replacing("//\(match.1)@", with: "//\(match.1):\(match.2)@")
        }
        for (service, _) in ports {
            value = value.replacing(/http:\/\/(\w+):\d+/) { match in
                match.1 == service ? address(of: service) : String(match.0)
            }
        }
        return value
    }
}
