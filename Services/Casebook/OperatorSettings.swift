import Models

/// What the operator's environment says.
///
/// Every key is optional.
///
/// - `CASEBOOK_HOME`: the data folder; `.casebook` in the clone by default.
/// - `CASEBOOK_DATABASE_URL` (secret): a connection string of an administrator (superuser, or a role that may create
///   roles and schemas). That server is used then instead of an embedded cluster.
/// - `CASEBOOK_POSTGRES_BIN`: the folder of PostgreSQL's programs, where they are not found by themselves.
/// - `CASEBOOK_<SERVICE>_HTTP_PORT`: the port of a service, 1-65535; the gateway's is the public one, 8080 by default.
/// - `CASEBOOK_<SERVICE>_DATABASE_URL` (secret): the connection string of a service's role. Its password becomes that
///   of the role at the next migration, instead of a generated one; so containers are told theirs from outside.
/// - `CASEBOOK_IDENTITY_URL` and `CASEBOOK_CLIENT_SECRET` (secret): where identity is and the secret of the client
///   `casebook`, for `casebook admin` away from the data folder.
/// - `CASEBOOK_API_KEY` (secret): the key of the person that `casebook ticket` works as.
/// - `CASEBOOK_URL`: the gateway that `casebook ticket` talks to; this machine's own by default.
/// - Every other `CASEBOOK_...` is handed to the services, which document their own.
struct OperatorSettings: Sendable {
    /// The data folder, if one is named.
    let home: String?
    /// An administrator's connection string to the operator's own server.
    let databaseURL: String?
    /// The folder of PostgreSQL's programs.
    let postgresFolder: String?
    /// Where identity is, for commands away from the data folder.
    let identityURL: String?
    /// The secret of the client `casebook`, for commands away from the data folder.
    let clientSecret: String?
    /// The key that `casebook ticket` presents.
    let apiKey: String?
    /// The gateway that `casebook ticket` talks to, without a slash at the end.
    let gatewayURL: String?
    /// Where executables are searched.
    let searchPath: String
    private let environment: [String: String]

    init(environment: [String: String]) {
        func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        home = value("CASEBOOK_HOME")
        databaseURL = value("CASEBOOK_DATABASE_URL")
        postgresFolder = value("CASEBOOK_POSTGRES_BIN")
        func address(_ key: String) -> String? {
            value(key).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        }
        identityURL = address("CASEBOOK_IDENTITY_URL")
        clientSecret = value("CASEBOOK_CLIENT_SECRET")
        apiKey = value("CASEBOOK_API_KEY")
        gatewayURL = address("CASEBOOK_URL")
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

    /// The password that the environment names for a service's role; nil when it names none.
    func password(of service: ServiceName) -> String? {
        environment["CASEBOOK_\(service.rawValue.uppercased())_DATABASE_URL"].flatMap { ConnectionString($0).password }
    }

    /// What every child sees: the system's basics and what the operator set for services, but neither connection
    /// strings, of which each is given its own, nor a client's secret, nor a person's key.
    var forChildren: [String: String] {
        let basics: Set = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"]
        let own: Set = [
            "CASEBOOK_HOME", "CASEBOOK_POSTGRES_BIN", "CASEBOOK_CLIENT_SECRET", "CASEBOOK_API_KEY", "CASEBOOK_URL",
        ]
        return environment.filter { key, _ in
            basics.contains(key)
                || (key.hasPrefix("CASEBOOK_") && !own.contains(key) && !key.hasSuffix("_DATABASE_URL"))
        }
    }
}

/// A variable of the environment with a value that cannot be used.
struct InvalidSetting: Error, Equatable, CustomStringConvertible {
    let variable: String
    let expected: String

    var description: String { "\(variable) is not \(expected)" }
}
