import Glibc
import Models

/// One run of the whole suite: from an empty folder, or one that a crash left, to an orderly end.
struct SuiteRun: Sendable {
    let installation: Installation
    let console: Console
    /// What is done once everything is up to date.
    var purpose = Purpose.serving

    /// Something to do with running services.
    typealias Errand = @Sendable (ServiceEnvironment) async throws -> Void

    /// What a run is for.
    enum Purpose: Sendable {
        /// The services run until the stop.
        case serving
        /// Nothing: the database and its schemas were all.
        case migrating
        /// The services run for something to be done with them.
        case errand(Errand)
    }

    private var folder: DataFolder { installation.folder }

    /// How long the first readiness of a process is waited for.
    ///
    /// PostgreSQL may have to replay its log after a kill.
    private static let patience = (postgres: Duration.seconds(300), service: Duration.seconds(60))

    /// Starts everything, runs until `stop` is set, and stops everything in order.
    ///
    /// - Throws: What kept the suite from starting, after what had started was stopped again.
    func run(until stop: OneShot<Void>) async throws {
        try installation.requirePostgresUser()
        try folder.create(for: installation.postgresUser)
        // Children start here: PostgreSQL's user may not be able to enter the folder of the shell.
        guard chdir(folder.path) == 0 else { throw FileFailure(path: folder.path, errno: errno) }
        let lock = try FolderLock(folder)
        defer { lock.release() }
        let crew = Crew()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await crew.run(report: console.warn) }
            let failure = await failure(startingUntil: stop, crew)
            console.say(failure == nil ? "Stopping." : "The start failed; stopping what was started.")
            await crew.stop { console.step("stopping \($0)") }
            try await group.waitForAll()
            if let failure { throw failure }
        }
        console.say("Casebook has stopped.")
    }

    /// Starts everything and waits for `stop`; a stop in the middle of the start is none of its failures.
    private func failure(startingUntil stop: OneShot<Void>, _ crew: Crew) async -> (any Error)? {
        do {
            try await stop.interrupting { try await startAll(crew, stop) }
            _ = await stop.value()
            return nil
        } catch {
            return stop.current == nil ? error : nil
        }
    }

    /// Everything up to the printed address; each step leaves what a next start can go on from.
    private func startAll(_ crew: Crew, _ stop: OneShot<Void>) async throws {
        let began = ContinuousClock.now
        console.say("Casebook starts. Its data folder is \(folder.path)")
        if installation.isFolderMoved {
            console.say("PostgreSQL runs as the user postgres, who cannot reach the clone; so the folder is there.")
        }
        try await endLeftovers()
        var credentials = try Credentials.load(from: folder, installation.settings)
        var book = try PortBook.load(from: folder)
        let (reservations, remarks) = try book.reserve(installation.portRequests(), in: folder)
        for remark in remarks { console.say(remark) }

        let ledger = ProcessLedger(folder)
        let address = try await database(crew, ledger, credentials, port: book.ports[ManagedProcess.postgresName])
        let environment = ServiceEnvironment(
            base: installation.settings.forChildren, folder: folder, address: address, credentials: credentials,
            ports: book.ports)
        try await Schemas(installation: installation, environment: environment, console: console).bringUpToDate()
        switch purpose {
        case .migrating:
            stop.set(())
        case .serving:
            try await services(crew, ledger, environment)
            try await greet(&credentials, environment, since: began)
        case .errand(let errand):
            try await services(crew, ledger, environment)
            try await greet(&credentials, environment, since: began)
            try await errand(environment)
            stop.set(())
        }
        withExtendedLifetime(reservations) {}
    }

    /// Makes the first administrator if that was not done yet, and prints what to do next.
    ///
    /// The password is forgotten only after it was printed, so that a start which is killed in between prints it the
    /// next time.
    private func greet(
        _ credentials: inout Credentials, _ environment: ServiceEnvironment, since began: ContinuousClock.Instant
    ) async throws {
        let administrator = credentials.firstAdministrator
        if let administrator, let client = OperatorClient(environment) {
            try await administrator.create(with: client)
        }
        let greeting = Greeting(
            address: environment.url(of: .gateway) ?? "", administrator: administrator, cookies: folder.cookies)
        console.say("Casebook is ready after \((ContinuousClock.now - began).inSeconds).\n\(greeting.text)")
        try credentials.forgetFirstAdministrator(in: folder)
    }

    private func endLeftovers() async throws {
        let leftovers = try Leftovers.find(in: folder)
        guard !leftovers.isEmpty else { return }
        try await console.timed("cleared up after an earlier run that was killed") {
            try await leftovers.end(in: folder)
        }
    }

    /// The embedded cluster, made at the first start, or the server that the operator gave.
    private func database(
        _ crew: Crew, _ ledger: ProcessLedger, _ credentials: Credentials, port: Int?
    ) async throws -> DatabaseAddress {
        guard let port, let cluster = try installation.cluster(port: port) else {
            return .given(installation.settings.databaseURL ?? "")
        }
        if EmbeddedCluster.version(in: folder) == nil {
            try await console.timed("PostgreSQL \(cluster.binaries.version) cluster made") {
                try await cluster.initialise(
                    password: credentials.databasePasswords[EmbeddedCluster.administrator] ?? "")
            }
        }
        let server = ManagedProcess(cluster.process, in: folder, ledger: ledger)
        await crew.start(server)
        try await console.timed("PostgreSQL \(cluster.binaries.version) ready on port \(port)") {
            try await server.waitUntilReady(within: Self.patience.postgres)
        }
        return cluster.address
    }

    private func services(_ crew: Crew, _ ledger: ProcessLedger, _ environment: ServiceEnvironment) async throws {
        var started: [(ServiceName, ManagedProcess)] = []
        for service in Installation.services {
            let process = ManagedProcess(
                environment.process(of: service, executable: installation.executable(of: service)), in: folder,
                ledger: ledger)
            await crew.start(process)
            started.append((service, process))
        }
        for (service, process) in started {
            try await console.timed("\(service.rawValue) ready on port \(environment.ports[service.rawValue] ?? 0)") {
                try await process.waitUntilReady(within: Self.patience.service)
            }
        }
    }
}
