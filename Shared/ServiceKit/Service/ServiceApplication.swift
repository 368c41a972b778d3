import CoreMetrics
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
    /// The responder of figures and readiness, for a process whose own port faces the public; else `nil`.
    package let privateRouter: Router<ExchangeContext>?
    /// Whether the process can serve.
    package let readiness: Readiness
    /// All routes, the system's own among them.
    package let table: RouteTable
    private let census: ConnectionCensus

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
        let census = ConnectionCensus(limits: base.service.connections)
        self.census = census
        let gauge = base.metrics.makeMeter(label: "http_connections", dimensions: [])
        base.metrics.beforeExposition { gauge.set(Int64(census.count)) }
        readiness = Readiness(checks: checks + assembly.readiness)
        let system = SystemRoutes(
            name: name, readiness: readiness, metrics: base.metrics, contracts: assembly.routes.map(\.contract))
        let edge = ErrorMiddleware(
            clock: base.clock, metrics: RequestMetrics(factory: base.metrics),
            load: RequestLoad(limit: base.service.requestsUnderWay, metrics: base.metrics), logger: base.logger,
            isReachedByTLS: base.service.isReachedByTLS)
        let inner = InnerRoutes(RouteTable(assembly.routes).inner, edge.ofParts, environment)
        func router(_ table: RouteTable) -> Router<ExchangeContext> {
            let router = Router(context: ExchangeContext.self, options: .autoGenerateHeadEndpoints)
            router.add(middleware: edge)
            table.register(on: router, environment.calling(inner))
            return router
        }
        table = RouteTable(assembly.routes + assembly.pages + (name.facesPublic ? system.publicRoutes : system.routes))
        self.router = router(table)
        privateRouter = name.facesPublic ? router(RouteTable(system.routes)) : nil
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
        let settings = guarding(configuration.connections, tls: configuration.tls)
        let responder = ConnectionResponder(
            routes: router.buildResponder(), lastingPaths: table.lastingPaths, logger: logger)
        return Application(
            router: router,
            server: HTTPServerBuilder { _ in
                LoopBoundChannel(settings.channel { try await responder.respond(to: $0, $1, on: $2) })
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), backlog: 1_024),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? configuration.port) },
            logger: logger)
    }

    /// The server of figures and readiness, for a process whose own port faces the public.
    package func privateServer(
        _ configuration: ServiceConfiguration, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) -> (any Service)? {
        guard let privateRouter, let (host, port) = configuration.privateAddress else { return nil }
        let settings = guarding(configuration.connections, tls: nil)
        return Application(
            router: privateRouter, server: HTTPServerBuilder { LoopBoundChannel(settings.channel($0)) },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? port) },
            logger: logger)
    }

    private func guarding(_ limits: ConnectionLimits, tls: TLSFiles?) -> Guarding {
        Guarding(limits: limits, census: census, tls: tls, readiness: readiness)
    }
}

/// What every connection of a server shares.
private struct Guarding: Sendable {
    let limits: ConnectionLimits
    let census: ConnectionCensus
    let tls: TLSFiles?
    let readiness: Readiness

    func channel(_ responder: @escaping HTTPChannelHandler.Responder) -> GuardedChannel {
        GuardedChannel(
            responder: responder, limits: limits, census: census, tls: tls?.context,
            isDraining: { readiness.isDraining })
    }
}
