/// Where the suite's database is, without saying who connects.
enum DatabaseAddress: Sendable, Equatable {
    /// The embedded cluster, by its Unix socket's folder, or by TCP where the path of that is too long.
    case embedded(socketFolder: String?, port: Int)
    /// A server of the operator's, by an administrator's connection string.
    case given(String)

    /// The database of the embedded cluster.
    static let database = "casebook"

    /// The embedded cluster of a data folder: by its socket, unless the socket's path is too long for the system.
    static func embedded(in folder: DataFolder, port: Int) -> DatabaseAddress {
        let isShort = "\(folder.socket)/.s.PGSQL.\(port)".utf8.count <= ClusterSettings.longestSocketPath
        return .embedded(socketFolder: isShort ? folder.socket : nil, port: port)
    }

    /// A connection string for a role (libpq, section 34.1.1).
    ///
    /// A given string keeps what it says of the server; the credentials in it are replaced.
    func url(role: String, password: String) -> String {
        switch self {
        case .embedded(let socketFolder?, let port):
            return "postgresql://\(Self.escaped(role)):\(Self.escaped(password))@/\(Self.database)"
                + "?host=\(Self.escaped(socketFolder))&port=\(port)"
        case .embedded(nil, let port):
            return "postgresql://\(Self.escaped(role)):\(Self.escaped(password))@127.0.0.1:\(port)/\(Self.database)"
        case .given(let url):
            return ConnectionString(url).replacingCredentials(role: role, password: password)
        }
    }

    private static func escaped(_ text: String) -> String { ConnectionString.escaped(text) }
}
