import Models

/// What the services are told about each other and the database.
///
/// By environment variables only, since every user of the machine can read arguments.
struct ServiceEnvironment: Sendable {
    /// What every child sees.
    var base: [String: String]
    var folder: DataFolder
    var address: DatabaseAddress
    var credentials: Credentials
    /// Ports by service.
    var ports: [String: Int]

    /// The address of a service on this machine.
    func url(of service: ServiceName) -> String? {
        ports[service.rawValue].map { "http://127.0.0.1:\($0)" }
    }

    /// The environment of `<service> serve`.
    func serving(_ service: ServiceName) -> [String: String] {
        var environment = base
        let own = "CASEBOOK_\(service.rawValue.uppercased())_"
        environment["CASEBOOK_SUPERVISED"] = "true"
        environment["CASEBOOK_RUN_DIR"] = folder.run
        environment["\(own)HTTP_PORT"] = ports[service.rawValue].map(String.init)
        environment["\(own)DATABASE_URL"] = databaseURL(role: Self.role(of: service))
        for peer in ServiceName.allCases { environment["CASEBOOK_\(peer.rawValue.uppercased())_URL"] = url(of: peer) }
        environment["CASEBOOK_PUBLIC_URL"] = environment["CASEBOOK_PUBLIC_URL"] ?? url(of: .gateway)
        if service == .identity || service == .gateway { environment["CASEBOOK_EDGE_SECRET"] = credentials.edgeSecret }
        // There is one copy of each: nobody is left to look for another while it stops.
        environment["CASEBOOK_DRAIN_GRACE_SECONDS"] = environment["CASEBOOK_DRAIN_GRACE_SECONDS"] ?? "0"
        if service == .identity { environment.merge(forIdentity) { $1 } }
        return environment
    }

    /// How a service is started, stopped and seen to be ready.
    func process(of service: ServiceName, executable: String) -> ManagedProcess.Specification {
        let name = service.rawValue
        let launch = Launch(
            executable: executable, arguments: ["serve"], environment: serving(service),
            log: folder.log(of: name), input: .held)
        let url = url(of: service) ?? ""
        return ManagedProcess.Specification(name: name, launch: launch, stop: StopStep.service) { _ in
            await Readiness.obstacle(at: url)
        }
    }

    /// The environment of `<service> migrate`.
    func migrating(_ service: ServiceName) -> [String: String] {
        var environment = serving(service)
        environment["CASEBOOK_ADMIN_DATABASE_URL"] = administratorURL
        return environment
    }

    /// A connection string for one of the roles with a generated password.
    func databaseURL(role: String) -> String? {
        credentials.databasePasswords[role].map { address.url(role: role, password: $0) }
    }

    /// The connection string of the role that migrates: the given one, or that of the embedded cluster's superuser.
    var administratorURL: String {
        if case .given(let url) = address { return url }
        return databaseURL(role: EmbeddedCluster.administrator) ?? ""
    }

    private var forIdentity: [String: String] {
        let clients = credentials.clientSecrets.sorted { $0.key < $1.key }.map { client, secret in
            "\(client):\(Secret.digest(of: secret))"
        }
        return [
            "CASEBOOK_IDENTITY_SERVICE_CLIENTS": clients.joined(separator: ","),
            "CASEBOOK_IDENTITY_ENCRYPTION_KEY": credentials.encryptionKey,
        ]
    }

    /// A service without a schema of its own, the gateway, reads the stream of activity.
    static func role(of service: ServiceName) -> String {
        service.ownsSchema ? service.rawValue : "casebook_stream"
    }
}

extension ServiceName {
    /// Whether the service has a schema in the database, and so migrations and a role.
    var ownsSchema: Bool { self != .gateway && self != .casebook }
}
