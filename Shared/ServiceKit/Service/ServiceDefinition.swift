package import Logging
package import Models
package import Postgres
package import ServiceLifecycle

/// What makes one service of the suite: everything else is the same for all.
package protocol ServiceDefinition: Sendable {
    /// What the service is configured with besides ``ServiceConfiguration``.
    associatedtype Configuration: Sendable

    /// The process's name.
    static var name: ServiceName { get }
    /// Whether the service has a schema of its own.
    static var usesDatabase: Bool { get }
    /// The migrations of its schema, in order.
    static var migrations: [Migration] { get }
    /// The operations it serves; its route table must be equal to them.
    static var contracts: [Contract] { get }
    /// Reads its configuration; what is wrong is noted in `settings`.
    static func configuration(_ settings: inout Settings) -> Configuration
    /// Constructs stores, workers and routes: the only place that constructs things.
    static func assemble(_ base: ServiceBase<Configuration>) async throws -> Assembly
    /// Why a workspace should not be filled with made-up data, as one sentence; `nil`, as by default, when it may be.
    static func seedObstacle(_ request: SeedRequest, in database: Database) async throws -> String?
    /// Fills a workspace with made-up data; makes nothing by default.
    ///
    /// Equal requests on an equal database make equal data. Runs in a process of its own, as the service's role, beside
    /// the service that serves.
    static func seed(
        _ request: SeedRequest, in database: Database, progress: @escaping @Sendable (SeedProgress) -> Void
    ) async throws
}

extension ServiceDefinition {
    /// The operations that its name stands for.
    package static var contracts: [Contract] { name.contracts }
}

/// What a service is assembled from.
package struct ServiceBase<Configuration: Sendable>: Sendable {
    /// What every service is configured with.
    package let service: ServiceConfiguration
    /// What this service is configured with.
    package let configuration: Configuration
    /// Where the time is read.
    package let clock: ServiceClock
    /// The process's log.
    package let logger: Logger
    /// The process's figures.
    package let metrics: PrometheusRegistry
    /// The pool of connections; not started yet.
    let pool: Database?

    /// The pool of connections.
    ///
    /// A service that says ``ServiceDefinition/usesDatabase`` has one.
    package var database: Database {
        guard let pool else { preconditionFailure("a service without a schema asked for its database") }
        return pool
    }

    /// Takes the parts.
    package init(
        service: ServiceConfiguration, configuration: Configuration, clock: ServiceClock, logger: Logger,
        metrics: PrometheusRegistry, pool: Database?
    ) {
        self.service = service
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.metrics = metrics
        self.pool = pool
    }
}

/// A service put together.
package struct Assembly: Sendable {
    /// The endpoints it serves.
    package let routes: [Route]
    /// Pages for people, which are no operations: `/openapi.json` does not name them.
    package let pages: [Route]
    /// What works beside the requests; each ends at a graceful shutdown.
    package let workers: [any Service]
    /// What must hold before it is ready, besides the database and its schema.
    package let readiness: [Readiness.Check]
    /// What is done when the process begins to stop, while it still takes requests: answers without an end are ended.
    package let onDrain: @Sendable () -> Void

    /// Takes the parts.
    package init(
        routes: [Route], pages: [Route] = [], workers: [any Service] = [], readiness: [Readiness.Check] = [],
        onDrain: @escaping @Sendable () -> Void = {}
    ) {
        self.routes = routes
        self.pages = pages
        self.workers = workers
        self.readiness = readiness
        self.onDrain = onDrain
    }
}
