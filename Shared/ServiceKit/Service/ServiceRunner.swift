import FoundationEssentials
import Logging
import Models
import Postgres
import ServiceLifecycle
import UnixSignals

/// Runs one service from its assembly to its last request.
struct ServiceRunner<Definition: ServiceDefinition> {
    let base: ServiceBase<Definition.Configuration>

    /// Serves until SIGTERM or SIGINT, or until the supervisor is gone.
    ///
    /// - Throws: What keeps the service from starting: a schema behind the binary, a port that is taken.
    func run() async throws {
        try await checkSchema()
        let ready = try await application()
        let service = base.service
        let server = ready.application.server(service, logger: base.logger) { port in
            announce(port: port, host: service.host, as: Definition.name.rawValue)
        }
        let privateServer = ready.application.privateServer(service, logger: base.logger) { port in
            announce(
                port: port, host: service.privateAddress?.host ?? "", as: "\(Definition.name.rawValue).private")
        }
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let pool = base.pool {
            services.append(.init(service: PoolService(pool: pool, drain: service.drainTimeout)))
        }
        for worker in ready.workers { services.append(.init(service: worker)) }
        if let privateServer { services.append(.init(service: privateServer)) }
        services.append(.init(service: server))
        services.append(
            .init(
                service: DrainMark(
                    readiness: ready.application.readiness, grace: service.drainGrace, onDrain: ready.onDrain)))
        if service.isSupervised {
            services.append(
                .init(service: SupervisorWatch(), successTerminationBehavior: .gracefullyShutdownGroup))
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: service.isSupervised ? [.sigterm] : [.sigterm, .sigint],
            logger: base.logger)
        // The drain is bounded, and so is all that follows it.
        configuration.maximumGracefulShutdownDuration = service.drainTimeout
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Refuses to run behind the schema: a statement that meets an older table fails where nobody looks.
    private func checkSchema() async throws {
        guard let url = base.service.database?.url else { return }
        for (schema, owner, migrations) in [
            (CoreSchema.name, CoreSchema.owner, CoreSchema.migrations),
            (Definition.name.rawValue, "\(Definition.name.rawValue)_owner", Definition.migrations),
        ] {
            try await Migrator(url: url, schema: schema, owner: owner, migrations: migrations).verify()
        }
    }

    /// The service with its routes, put together but not yet listening.
    func application() async throws -> ReadyService {
        let assembly = try await Definition.assemble(base)
        let verifier = TokenVerifier(clock: base.clock) { [pool = base.pool] in
            guard let pool else { return [] }
            return try await VerificationKeys.load(from: pool)
        }
        let environment = RouteEnvironment(
            verifier: verifier, database: base.pool, requestLimit: base.service.requestTimeout,
            bodyLimit: base.service.bodyTimeout)
        var workers = assembly.workers
        var checks: [Readiness.Check] = []
        if let pool = base.pool {
            workers.insert(RevocationListener(database: pool, verifier: verifier), at: 0)
            checks.append {
                do throws(PostgresError) {
                    try await pool.ping()
                    return nil
                } catch {
                    return "The database cannot be reached."
                }
            }
        }
        let application = ServiceApplication(
            name: Definition.name, assembly: assembly, environment: environment, base: base, checks: checks)
        return ReadyService(application: application, workers: workers, onDrain: assembly.onDrain)
    }

    private func announce(port: Int, host: String, as name: String) {
        base.logger.info("listening", metadata: ["http.host": "\(host)", "http.port": "\(port)"])
        guard let folder = base.service.runFolder else { return }
        let file = "\(folder)/\(name).port"
        do {
            try Data("\(port)\n".utf8).write(to: URL(filePath: file), options: .atomic)
        } catch {
            base.logger.error("cannot write the port's file", metadata: ["file": "\(file)", "error": "\(error)"])
        }
    }
}

/// A service put together, with what works beside its requests.
struct ReadyService {
    let application: ServiceApplication
    let workers: [any Service]
    let onDrain: @Sendable () -> Void
}
