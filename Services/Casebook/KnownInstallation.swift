import Models

/// An installation that was started before, as the commands beside `up` find it.
struct KnownInstallation: Sendable {
    let installation: Installation
    let environment: ServiceEnvironment

    var folder: DataFolder { installation.folder }

    /// Reads what `up` wrote; changes nothing.
    ///
    /// - Throws: ``NothingSetUp`` when there is no data folder; ``UnreadableFile``.
    init(settings: OperatorSettings = App.settings) throws {
        installation = try Installation(settings: settings)
        let folder = installation.folder
        guard let credentials = try AtomicFile.read(Credentials.self, from: folder.credentials) else {
            throw NothingSetUp(folder: folder)
        }
        let book = try PortBook.load(from: folder)
        environment = ServiceEnvironment(
            base: settings.forChildren, folder: folder,
            address: Self.address(installation, port: book.ports[ManagedProcess.postgresName] ?? 0),
            credentials: credentials, ports: book.ports)
    }

    private static func address(_ installation: Installation, port: Int) -> DatabaseAddress {
        if let url = installation.settings.databaseURL { return .given(url) }
        return .embedded(in: installation.folder, port: port)
    }

    /// A connection string for one of the roles of the installation.
    ///
    /// - Throws: ``NothingSetUp`` when the role has no password yet.
    func databaseURL(role: String) throws(NothingSetUp) -> String {
        guard let url = environment.databaseURL(role: role) else { throw NothingSetUp(folder: folder) }
        return url
    }

    /// A client of `identity` with the operator's credential.
    ///
    /// - Throws: ``NothingSetUp``; ``NotRunning`` when no supervisor runs from the folder.
    func operatorClient() throws -> OperatorClient {
        guard FolderLock.isHeld(in: folder) else { throw NotRunning(folder: folder) }
        guard let client = OperatorClient(environment) else { throw NothingSetUp(folder: folder) }
        return client
    }
}

/// A command that needs an installation where there is none.
struct NothingSetUp: Error, CustomStringConvertible {
    let folder: DataFolder

    var description: String {
        "Nothing is set up in \(folder.path) yet. Start Casebook once with deploy/up or casebook up, "
            + "or name another folder in CASEBOOK_HOME"
    }
}

/// A command that needs running services.
struct NotRunning: Error, CustomStringConvertible {
    let folder: DataFolder

    var description: String { "Casebook does not run from \(folder.path). Start it with deploy/up or casebook up" }
}
