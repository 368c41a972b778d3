import Foundation
import Glibc
import Models

/// One installation as the environment describes it: where its data lies, which programs it uses, who runs PostgreSQL.
struct Installation: Sendable {
    let settings: OperatorSettings
    let folder: DataFolder
    /// Whether the folder moved to where PostgreSQL's user can reach it.
    let isFolderMoved: Bool
    /// The folder of this executable, where the services' executables lie too.
    let executables: String
    /// The user PostgreSQL runs as; nil for the user of this process.
    let postgresUser: SystemUser?

    /// Reads the environment; touches nothing.
    ///
    /// - Throws: ``UnreachableFolder``; ``NoPostgresUser`` for root without a user `postgres`.
    init(settings: OperatorSettings) throws {
        self.settings = settings
        let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        executables = URL(filePath: executable).deletingLastPathComponent().path
        postgresUser = geteuid() == 0 && settings.databaseURL == nil ? SystemUser(named: "postgres") : nil
        var isReachable: (@Sendable (String) -> Bool)?
        if let postgresUser { isReachable = { postgresUser.reaches($0) } }
        let choice = DataFolderChoice(
            home: settings.home, executable: executable,
            currentFolder: FileManager.default.currentDirectoryPath,
            fileExists: { FileManager.default.fileExists(atPath: $0) },
            isReachable: isReachable)
        (folder, isFolderMoved) = try choice.folder()
    }

    /// Root cannot run PostgreSQL and needs the user that Debian's package makes.
    ///
    /// - Throws: ``NoPostgresUser``.
    func requirePostgresUser() throws(NoPostgresUser) {
        if geteuid() == 0, settings.databaseURL == nil, postgresUser == nil { throw NoPostgresUser() }
    }

    /// The services of the suite in the order they start; the gateway, which needs all others, comes last.
    static let services = ServiceName.allCases.filter { $0.standardPort != nil && $0 != .gateway } + [.gateway]

    /// The path of a service's executable.
    func executable(of service: ServiceName) -> String { "\(executables)/\(service.rawValue)" }

    /// The variable that asks for a service's port.
    static func portVariable(of service: ServiceName) -> String {
        "CASEBOOK_\(service.rawValue.uppercased())_HTTP_PORT"
    }

    /// What needs a port: the embedded cluster, unless a server is given, and every service.
    ///
    /// - Throws: ``InvalidSetting``.
    func portRequests() throws -> [PortRequest] {
        let services = try Self.services.map { service in
            let variable = Self.portVariable(of: service)
            return PortRequest(
                name: service.rawValue, wanted: try settings.port(variable), variable: variable,
                preferred: service.standardPort ?? 8_100)
        }
        guard settings.databaseURL == nil else { return services }
        let variable = "CASEBOOK_POSTGRES_PORT"
        let postgres = PortRequest(
            name: ManagedProcess.postgresName, wanted: try settings.port(variable), variable: variable,
            preferred: 54_320)
        return [postgres] + services
    }

    /// The embedded cluster; nil when a server is given.
    ///
    /// - Throws: ``NoPostgres`` when no PostgreSQL is installed that can run it.
    func cluster(port: Int) throws -> EmbeddedCluster? {
        guard settings.databaseURL == nil else { return nil }
        let installed = PostgresBinaries.installed(named: settings.postgresFolder, searchPath: settings.searchPath)
        let binaries = try PostgresBinaries.choose(from: installed, cluster: EmbeddedCluster.version(in: folder))
        return EmbeddedCluster(folder: folder, binaries: binaries, user: postgresUser, port: port)
    }
}

/// Root started Casebook, and there is no user to run PostgreSQL as.
struct NoPostgresUser: Error, CustomStringConvertible {
    var description: String {
        "PostgreSQL does not run as root and there is no user postgres. Install PostgreSQL with: "
            + "apt-get install postgresql-15, or start Casebook as an ordinary user"
    }
}
