import Foundation

/// An installed PostgreSQL.
struct PostgresBinaries: Sendable, Equatable {
    /// The folder that holds `postgres` and `initdb`.
    let folder: String
    /// The major version, 15 or later.
    let version: Int

    /// The oldest version that Casebook runs on.
    static let oldest = 15

    /// Chooses among the installed versions: the one the cluster was made with, or the newest for a new cluster.
    ///
    /// - Parameters:
    ///   - installed: What was found.
    ///   - cluster: The version in the cluster's `PG_VERSION`; nil when there is no cluster yet.
    /// - Returns: The version to run.
    /// - Throws: ``NoPostgres`` when none of them will do.
    static func choose(from installed: [PostgresBinaries], cluster: Int?) throws(NoPostgres) -> PostgresBinaries {
        let usable = installed.filter { $0.version >= oldest }
        if let cluster {
            guard let match = usable.first(where: { $0.version == cluster }) else { throw .otherVersion(cluster) }
            return match
        }
        guard let newest = usable.max(by: { $0.version < $1.version }) else { throw .notInstalled }
        return newest
    }

    /// Looks in the folder that `CASEBOOK_POSTGRES_BIN` names or, without it, where Debian, PostgreSQL's own packages
    /// and a build from source put it, and in the search path.
    static func installed(named: String?, searchPath: String) -> [PostgresBinaries] {
        if let named, !named.isEmpty { return [at(named)].compactMap(\.self) }
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        let folders =
            versions.map { "/usr/lib/postgresql/\($0)/bin" }
            + ["/usr/pgsql/bin", "/usr/local/pgsql/bin"] + searchPath.split(separator: ":").map(String.init)
        return folders.compactMap(at)
    }

    private static func at(_ folder: String) -> PostgresBinaries? {
        let files = FileManager.default
        guard files.isExecutableFile(atPath: "\(folder)/postgres") else { return nil }
        // The search path may hold links; the programs find their libraries and files from their real place.
        let real = URL(filePath: "\(folder)/postgres").resolvingSymlinksInPath().deletingLastPathComponent().path
        guard files.isExecutableFile(atPath: "\(real)/initdb"), let version = version(of: real) else { return nil }
        return PostgresBinaries(folder: real, version: version)
    }

    /// The version, by the folder's name where that holds it, as on Debian; otherwise by what the program says.
    private static func version(of folder: String) -> Int? {
        let parts = folder.split(separator: "/")
        if parts.count > 1, let version = Int(parts[parts.count - 2]) { return version }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "\(folder)/postgres")
        process.arguments = ["--version"]
        process.standardOutput = output
        guard (try? process.run()) != nil, let data = try? output.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        return version(inText: String(decoding: data, as: UTF8.self))
    }

    /// The major version in text such as `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)`.
    static func version(inText text: String) -> Int? {
        text.split(separator: " ").lazy.compactMap { word in
            word.first?.isNumber == true ? Int(word.prefix(while: \.isNumber)) : nil
        }.first
    }
}

/// No PostgreSQL to run the cluster with.
enum NoPostgres: Error, Equatable, CustomStringConvertible {
    case notInstalled
    case otherVersion(Int)

    var description: String {
        switch self {
        case .notInstalled:
            "PostgreSQL \(PostgresBinaries.oldest) or later was not found. Install it with: "
                + "sudo apt-get install postgresql-15, or name the folder of its programs in CASEBOOK_POSTGRES_BIN"
        case .otherVersion(let version):
            "The data folder's cluster was made by PostgreSQL \(version), which was not found. Install it with: sudo "
                + "apt-get install postgresql-\(version), or name the folder of its programs in CASEBOOK_POSTGRES_BIN"
        }
    }
}
