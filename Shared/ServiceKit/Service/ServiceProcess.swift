package import Configuration
import Glibc
import Logging
import Models
import Postgres
import ServiceLifecycle
import UnixSignals

/// A service's `main`: `serve`, `migrate`, `seed` or `routes`.
package enum ServiceProcess<Definition: ServiceDefinition> {
    /// Runs the command that the arguments name and ends the process with its exit code.
    ///
    /// Exit codes follow `sysexits.h`: 64 usage, 69 a dependency is not there, 70 our fault, 78 configuration.
    package static func main(_ arguments: [String], environment: ConfigReader) async -> Never {
        switch arguments.dropFirst().first ?? "serve" {
        case "serve": exit(await serve(environment))
        case "migrate": exit(await migrate(environment))
        case "seed": exit(await seed(Array(arguments.dropFirst(2)), environment))
        case "routes":
            say(RouteTable.listing(of: Definition.contracts), to: STDOUT_FILENO)
            exit(EXIT_SUCCESS)
        case let other:
            say("\(Definition.name.rawValue): unknown command \(other); known are serve, migrate, seed, routes")
            exit(EX_USAGE)
        }
    }

    private static func serve(_ environment: ConfigReader) async -> Int32 {
        var settings = Settings(environment, service: Definition.name)
        let service = ServiceConfiguration(&settings, service: Definition.name, usesDatabase: Definition.usesDatabase)
        let configuration = Definition.configuration(&settings)
        guard settings.problems.isEmpty else {
            for problem in settings.problems { say("\(Definition.name.rawValue): \(problem)") }
            return EX_CONFIG
        }
        LoggingSystem.bootstrap { _ in JSONLogHandler(service: Definition.name.rawValue, level: service.logLevel) }
        let logger = Logger(label: Definition.name.rawValue)
        raiseFileLimit()
        do {
            try await run(service, configuration, logger)
            logger.info("stopped")
            return EXIT_SUCCESS
        } catch {
            logger.critical("cannot serve", metadata: ["error": "\(String(reflecting: error))"])
            return EX_UNAVAILABLE
        }
    }

    /// Takes as many open files as the system gives: each connection is one, and the usual first limit is 1,024.
    private static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private static func run(
        _ service: ServiceConfiguration, _ configuration: Definition.Configuration, _ logger: Logger
    ) async throws {
        let metrics = PrometheusRegistry()
        let pool = service.database.map {
            Database(configuration: $0, observer: StatementMetrics(factory: metrics))
        }
        pool?.start()
        let base = ServiceBase(
            service: service, configuration: configuration, clock: .system, logger: logger, metrics: metrics,
            pool: pool)
        let runner = ServiceRunner<Definition>(base: base)
        try await runner.run()
    }

    private static func migrate(_ environment: ConfigReader) async -> Int32 {
        var settings = Settings(environment, service: Definition.name)
        let url = settings.required(
            "admin.database.url", "the connection string of the role that migrates", isSecret: true)
        guard settings.problems.isEmpty else {
            for problem in settings.problems { say("\(Definition.name.rawValue): \(problem)") }
            return EX_CONFIG
        }
        do {
            let migrator = Migrator(
                url: url, schema: Definition.name.rawValue, owner: "\(Definition.name.rawValue)_owner",
                migrations: Definition.migrations)
            let applied = try await migrator.run { say($0) }
            say("\(Definition.name.rawValue): \(applied.count) migrations applied")
            return EXIT_SUCCESS
        } catch {
            say("\(Definition.name.rawValue): cannot migrate: \(String(reflecting: error))")
            return EX_UNAVAILABLE
        }
    }

    /// Writes a line for the person or supervisor who started the process.
    static func say(_ text: String, to descriptor: Int32 = STDERR_FILENO) {
        let line = Array((text + "\n").utf8)
        line.withUnsafeBytes { bytes in _ = write(descriptor, bytes.baseAddress, bytes.count) }
    }
}
