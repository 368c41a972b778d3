import Models

/// Every secret of an installation, generated at the first start and kept in one file that only its owner reads.
struct Credentials: Codable, Sendable, Equatable {
    /// Passwords of database roles, by role.
    var databasePasswords: [String: String] = [:]
    /// Secrets of the service clients, by client; services are given hashes of those that are not their own.
    var clientSecrets: [String: String] = [:]
    /// Encrypts what `identity` must be able to read again, such as its signing keys: 32 bytes in base64.
    var encryptionKey: String
    /// What the gateway and `identity` share, so that the one believes the other's word for a client's address.
    var edgeSecret: String?
    /// The first administrator until its password was shown once.
    var firstAdministrator: FirstAdministrator?

    /// Database roles that sign in with a password of their own.
    static let roles =
        [EmbeddedCluster.administrator, "casebook_stream"]
        + Installation.services.filter(\.ownsSchema).map(\.rawValue)
    /// Service clients that exchange a secret for a token.
    static let clients = ServiceName.allCases.map(\.rawValue)

    /// Reads the file, or generates the secrets and writes it; adds what a newer version needs and an older one did
    /// not generate.
    ///
    /// Passwords that the environment names take the place of generated ones.
    ///
    /// - Throws: ``UnreadableFile``, ``FileFailure``.
    static func load(from folder: DataFolder, _ settings: OperatorSettings? = nil) throws -> Credentials {
        let stored = try AtomicFile.read(Credentials.self, from: folder.credentials)
        var credentials = stored ?? Credentials(encryptionKey: Secret.base64(), firstAdministrator: .generate())
        for role in Self.roles where credentials.databasePasswords[role] == nil {
            credentials.databasePasswords[role] = Secret.hexadecimal()
        }
        for client in Self.clients where credentials.clientSecrets[client] == nil {
            credentials.clientSecrets[client] = Secret.hexadecimal()
        }
        credentials.edgeSecret = credentials.edgeSecret ?? Secret.hexadecimal()
        for service in Installation.services {
            guard let password = settings?.password(of: service) else { continue }
            credentials.databasePasswords[ServiceEnvironment.role(of: service)] = password
        }
        if credentials != stored { try credentials.save(to: folder) }
        return credentials
    }

    /// Forgets the first administrator's password, once it was shown.
    mutating func forgetFirstAdministrator(in folder: DataFolder) throws {
        guard firstAdministrator != nil else { return }
        firstAdministrator = nil
        try save(to: folder)
    }

    /// Writes the file, so that only its owner can read it.
    func save(to folder: DataFolder) throws {
        try AtomicFile.write(self, to: folder.credentials, mode: 0o600)
    }
}
