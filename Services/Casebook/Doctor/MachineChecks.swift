import Foundation
import Glibc

/// Checks of the machine: programs, folder, disk, ports.
///
/// They need nothing to run.
struct MachineChecks: Sendable {
    let installation: Installation

    private var folder: DataFolder { installation.folder }

    /// Everything that can be seen without the database.
    func findings(isRunning: Bool) -> [Finding] {
        [executables, postgres, dataFolder, credentials, disk] + (isRunning ? [] : ports + [leftovers])
    }

    /// The services' programs beside this one.
    var executables: Finding {
        let missing = Installation.services.map { installation.executable(of: $0) }
            .filter { !FileManager.default.isExecutableFile(atPath: $0) }
        guard missing.isEmpty else {
            return .failure(
                "These programs are missing: \(missing.joined(separator: ", ")).",
                remedy: "Build them: deploy/up builds and starts, swift build only builds.")
        }
        return .fine("All services' programs are in \(installation.executables).")
    }

    /// The PostgreSQL that the embedded cluster runs on.
    var postgres: Finding {
        guard installation.settings.databaseURL == nil else {
            return .fine("CASEBOOK_DATABASE_URL is set: that server is used and no PostgreSQL is needed here.")
        }
        do {
            try installation.requirePostgresUser()
            let binaries = try installation.cluster(port: 0)?.binaries
            return .fine("PostgreSQL \(binaries?.version ?? 0) is in \(binaries?.folder ?? "").")
        } catch {
            return .failure("PostgreSQL cannot be run here.", remedy: "\(error).")
        }
    }

    /// The data folder, as far as it is there.
    var dataFolder: Finding {
        var parent = folder.path
        while parent != "/", !FileManager.default.fileExists(atPath: parent) {
            parent = URL(filePath: parent).deletingLastPathComponent().path
        }
        guard access(parent, W_OK) == 0 else {
            return .failure(
                "\(parent) cannot be written by this user (\(String(cString: strerror(errno)))).",
                remedy: "Start as the user it belongs to, or name another folder in CASEBOOK_HOME.")
        }
        guard parent == folder.path, folder.exists else {
            return .warning(
                "Nothing is set up in \(folder.path) yet.", remedy: "Start once with deploy/up or casebook up.")
        }
        return .fine("The data folder is \(folder.path).")
    }

    /// The file of secrets.
    var credentials: Finding {
        guard let status = FileStatus(of: folder.credentials) else {
            return .fine("There are no credentials yet; the first start generates them.")
        }
        guard status.mode & 0o077 == 0 else {
            return .failure(
                "\(folder.credentials) can be read by others.", remedy: "Run: chmod 600 '\(folder.credentials)'")
        }
        do {
            _ = try AtomicFile.read(Credentials.self, from: folder.credentials)
            return .fine("The credentials can be read by their owner alone.")
        } catch {
            return .failure("The credentials cannot be read.", remedy: "\(error).")
        }
    }

    /// The room left where the data lies.
    var disk: Finding {
        var info = statvfs()
        let path = folder.exists ? folder.path : "/"
        guard statvfs(path, &info) == 0 else { return .fine("The free disk space cannot be seen.") }
        return Self.disk(freeBytes: UInt64(info.f_bavail) * UInt64(info.f_frsize), path: path)
    }

    /// PostgreSQL stops when its log finds no room: below 2 GiB, which is the most the log may take, is a warning.
    static func disk(freeBytes: UInt64, path: String) -> Finding {
        let mebibytes = freeBytes >> 20
        let remedy = "Make room, or move the data folder and name it in CASEBOOK_HOME."
        if mebibytes < 256 { return .failure("Only \(mebibytes) MiB are free at \(path).", remedy: remedy) }
        if mebibytes < 2_048 { return .warning("Only \(mebibytes) MiB are free at \(path).", remedy: remedy) }
        return .fine("\(mebibytes >> 10) GiB are free at \(path).")
    }

    /// The ports that the next start wants.
    var ports: [Finding] {
        let book = (try? PortBook.load(from: folder)) ?? PortBook()
        do {
            return try installation.portRequests().map { request in
                let port = request.wanted ?? book.ports[request.name] ?? request.preferred
                guard PortReservation.again(port) == nil else {
                    return .fine("Port \(port) is free for \(request.name).")
                }
                let sentence = "Port \(port), meant for \(request.name), is taken by another program."
                guard request.wanted == nil else {
                    return .failure(
                        sentence, remedy: "Stop that program (see: ss -ltnp), or change \(request.variable).")
                }
                return .warning(sentence, remedy: "The next start moves on; or set \(request.variable) to a free port.")
            }
        } catch {
            return [.failure("The ports are not set well.", remedy: "\(error).")]
        }
    }

    /// What an earlier run left.
    var leftovers: Finding {
        do {
            guard try !Leftovers.find(in: folder).isEmpty else { return .fine("Nothing is left of an earlier run.") }
            return .warning("Casebook was killed and left something behind.", remedy: "The next start clears it up.")
        } catch {
            return .failure("What an earlier run left cannot be read.", remedy: "\(error).")
        }
    }
}
