import Foundation
import Glibc

/// The private PostgreSQL cluster of one data folder.
struct EmbeddedCluster: Sendable {
    /// The cluster's administrator, a superuser.
    static let administrator = "casebook_admin"

    let folder: DataFolder
    let binaries: PostgresBinaries
    /// The user PostgreSQL runs as; nil for the user of this process.
    let user: SystemUser?
    let port: Int

    /// Where to connect.
    var address: DatabaseAddress { .embedded(in: folder, port: port) }

    private var socketFolder: String? {
        guard case .embedded(let socketFolder, _) = address else { return nil }
        return socketFolder
    }

    /// The version the cluster was made with; nil when it was not made yet.
    static func version(in folder: DataFolder) -> Int? {
        (try? String(contentsOfFile: "\(folder.cluster)/PG_VERSION", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Makes the cluster if it was not made yet: with data checksums, and passwords as SCRAM-SHA-256 for everyone.
    ///
    /// It is made under another name and renamed when it is whole, so a start that was killed here is started again.
    ///
    /// - Throws: ``CommandFailure``, ``FileFailure``.
    func initialise(password: String) async throws {
        guard Self.version(in: folder) == nil else { return }
        let draft = "\(folder.path)/postgres.new"
        try? FileManager.default.removeItem(atPath: draft)
        guard mkdir(draft, 0o700) == 0 else { throw FileFailure(path: draft, errno: errno) }
        try user?.takeOver(draft)
        let passwordFile = "\(folder.socket)/password"
        try AtomicFile.write(Data("\(password)\n".utf8), to: passwordFile, mode: 0o600)
        defer { unlink(passwordFile) }
        try user?.takeOver(passwordFile)
        let arguments = [
            "--pgdata", draft, "--username", Self.administrator, "--pwfile", passwordFile, "--data-checksums",
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8",
        ]
        try await OneOffCommand(launch: launch("initdb", arguments), limit: .seconds(180)).run()
        try await createDatabase(in: draft)
        // Should there be a folder of this name that is no cluster, rename(2) refuses unless it is empty.
        guard rename(draft, folder.cluster) == 0 else { throw FileFailure(path: folder.cluster, errno: errno) }
    }

    /// The suite's database is made in single-user mode, so that a cluster under its final name always has it.
    private func createDatabase(in draft: String) async throws {
        let statement = "\(folder.run)/create-database.sql"
        try AtomicFile.write(
            Data("CREATE DATABASE \(DatabaseAddress.database) TEMPLATE template0\n".utf8), to: statement, mode: 0o644)
        defer { unlink(statement) }
        var launch = launch("postgres", ["--single", "-D", draft, "template1"])
        launch.input = .file(statement)
        launch.log = folder.log(of: "initdb")
        try await OneOffCommand(launch: launch, limit: .seconds(60)).run()
    }

    /// How the server is started, stopped and seen to be ready.
    var process: ManagedProcess.Specification {
        let cluster = folder.cluster
        var launch = launch(
            "postgres",
            ClusterSettings.arguments(cluster: cluster, socketFolder: socketFolder, port: port))
        launch.log = folder.log(of: ManagedProcess.postgresName)
        return ManagedProcess.Specification(
            name: ManagedProcess.postgresName, launch: launch, stop: StopStep.postmaster
        ) { pid in
            guard let file = PostmasterFile(cluster), file.pid == pid else {
                return "it has not written postmaster.pid"
            }
            return file.isReady ? nil : "it is starting or recovering"
        }
    }

    /// A program of PostgreSQL, as its user, ending with this process: the parent-death signal (prctl(2)) is that of
    /// the fast shutdown, so a server whose supervisor was killed stops by itself.
    private func launch(_ program: String, _ arguments: [String]) -> Launch {
        let log = folder.log(of: program)
        let environment = ["PATH": "\(binaries.folder):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]
        let executable = "\(binaries.folder)/\(program)"
        guard access(Self.setpriv, X_OK) == 0 else {
            return Launch(
                executable: executable, arguments: arguments, environment: environment, log: log)
        }
        let identity = user.map { ["--reuid", "\($0.uid)", "--regid", "\($0.gid)", "--clear-groups"] } ?? []
        return Launch(
            executable: Self.setpriv,
            arguments: identity + ["--pdeathsig", "INT", "--", executable] + arguments,
            environment: environment, log: log)
    }

    /// util-linux, essential on Debian.
    private static let setpriv = "/usr/bin/setpriv"
}
