/// What the operator's environment says.
///
/// Every key is optional.
///
/// - `CASEBOOK_HOME`: the data folder; `.casebook` in the clone by default.
/// - `CASEBOOK_DATABASE_URL` (secret): a connection string of an administrator (superuser, or a role that may create
///   roles and schemas). That server is used then instead of an embedded cluster.
/// - `CASEBOOK_POSTGRES_BIN`: the folder of PostgreSQL's programs, where they are not found by themselves.
/// - `CASEBOOK_<SERVICE>_HTTP_PORT`: the port of a service, 1-65535; the gateway's is the public one, 8080 by default.
/// - Every other `CASEBOOK_...` is handed to the services, which document their own.
struct OperatorSettings: Sendable {
    /// The data folder, if one is named.
    let home: String?
    /// An administrator's connection string to the operator's own server.
    let databaseURL: String?
    /// The folder of PostgreSQL's programs.
    let postgresFolder: String?
    /// Where executables are searched.
    let searchPath: String
    private let environment: [String: String]

    init(environment: [String: String]) {
        func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        home = value("CASEBOOK_HOME")
        databaseURL = value("CASEBOOK_DATABASE_URL")
        postgresFolder = value("CASEBOOK_POSTGRES_BIN")
        searchPath = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        self.environment = environment
    }

    /// The port asked for by a variable.
    ///
    /// - Throws: ``InvalidSetting`` unless it is a number in 1-65535.
    func port(_ variable: String) throws(InvalidSetting) -> Int? {
        guard let text = environment[variable], !text.isEmpty else { return nil }
        guard let port = Int(text), 1...65_535 ~= port else {
            throw InvalidSetting(variable: variable, expected: "a port, 1 to 65535")
        }
        return port
    }

    /// What every child sees: the system's basics and what the operator set for services, but not the administrator's
    /// connection string.
    var forChildren: [String: String] {
        let basics: Set = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"]
        let own: Set = ["CASEBOOK_DATABASE_URL", "CASEBOOK_HOME", "CASEBOOK_POSTGRES_BIN"]
        return environment.filter {
            basics.contains($0.key) || ($0.key.hasPrefix("CASEBOOK_") && !own.contains($0.key))
        }
    }
}

/// A variable of the environment with a value that cannot be used.
struct InvalidSetting: Error, Equatable, CustomStringConvertible {
    let variable: String
    let expected: String

    var description: String { "\(variable) is not \(expected)" }
}
