package import Hummingbird
import HummingbirdCore
package import Logging
package import Models
import NIOCore
import Postgres
package import ServiceLifecycle

/// A service's server: its router with the edge around it, and the address it listens on.
package struct ServiceApplication {
    /// The responder of every route, for tests that need no socket.
    package let router: Router<ExchangeContext>
    /// Whether the process can serve.
    package let readiness: Readiness
    /// All routes, the system's own among them.
    package let table: RouteTable

    /// Puts a service's routes behind the edge.
    ///
    /// - Parameters:
    ///   - name: The process.
    ///   - assembly: Its routes and checks.
    ///   - environment: What each route needs.
    ///   - base: Clock, log and figures.
    ///   - checks: Readiness checks that come before the assembly's own.
    package init<Configuration>(
        name: ServiceName, assembly: Assembly, environment: RouteEnvironment, base: ServiceBase<Configuration>,
        checks: [Readiness.Check]
    ) {
        readiness = Readiness(checks: checks + assembly.readiness)
        let system = SystemRoutes(
            name: name, readiness: readiness, metrics: base.metrics, contracts: assembly.routes.map(\.contract))
        table = RouteTable(assembly.routes + system.routes)
        router = Router(context: ExchangeContext.self, options: .autoGenerateHeadEndpoints)
        let edge = ErrorMiddleware(
            clock: base.clock, metrics: RequestMetrics(factory: base.metrics), logger: base.logger)
        router.add(middleware: edge)
        table.register(on: router, environment.calling(InnerRoutes(table.inner, edge, environment)))
    }

    /// The HTTP server as a service of the process's group.
    ///
    /// - Parameters:
    ///   - configuration: The address to listen on.
    ///   - logger: The process's log.
    ///   - onListening: Called with the port that was taken.
    /// - Returns: The service that runs the server until a graceful shutdown.
    package func server(
        _ configuration: ServiceConfiguration, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) -> some Service {
        Application(
            router: router,
            server: HTTPServerBuilder { responder in
                LoopBoundChannel(
                    HTTP1Channel(responder: responder, configuration: .init(idleTimeout: .seconds(60))))
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1_024),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? configuration.port) },
            logger: logger)
    }
}
