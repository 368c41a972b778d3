import AsyncHTTPClient
import CoreMetrics
import Models
import NIOCore
import NIOPosix
import NIOSSL
import Postgres
import ServiceClient
import ServiceKit
import ServiceLifecycle

/// The gateway, put together.
enum GatewayService: ServiceDefinition {
    static let name = ServiceName.gateway
    static let usesDatabase = false
    static let migrations: [Migration] = []
    static var contracts: [Contract] { ServiceName.allCases.flatMap(\.contracts) }

    static func configuration(_ settings: inout Settings) -> GatewayConfiguration {
        GatewayConfiguration(&settings)
    }

    static func assemble(_ base: ServiceBase<GatewayConfiguration>) async throws -> Assembly {
        let configuration = base.configuration
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: httpConfiguration(configuration))
        let links = try links(configuration, reader: base.service.connections.reader)
        let calls = ServiceClient(
            http: client, configuration: ServiceClientConfiguration(replicas: configuration.upstreams),
            // The credential in the body is what speaks: the gateway has no token of its own.
            token: { _ in nil })
        let limits = RequestLimits(
            quotas: configuration.quotas, limiter: RateLimiter(windowSeconds: configuration.quotas.windowSeconds))
        let verifier = PrincipalReader.verifier(calls, clock: base.clock)
        let exchange = CredentialExchange(
            issuer: TokenIssuer(client: calls),
            reader: PrincipalReader(limits: limits) { try await verifier.verify($0) }, clock: base.clock)
        let publicURL = base.service.publicURL
        let relay = Relay(
            addresses: CallerAddress(trustedProxies: configuration.proxies), limits: limits,
            door: Door(
                cookie: SessionCookie(publicURL: publicURL), csrf: CSRFCheck(origin: Origin.of(publicURL)),
                exchange: exchange),
            upstream: Upstream(links: links, timeout: configuration.upstreamTimeout), edge: configuration.edge)
        var workers: [any Service] = [
            ClientService(client: client, links: links),
            ReplicaWatch(client: client, services: Array(configuration.upstreams.values)),
        ]
        var hub: EventHub?
        if let stream = configuration.stream {
            let database = Database(configuration: stream)
            let events = EventHub(
                reader: StreamReader(database: database), limits: configuration.events, logger: base.logger)
            hub = events
            workers += [
                StreamPool(database: database),
                RevocationWatch(database: database, verifier: verifier, exchange: exchange, hub: events),
                events, StreamRenewal(hub: events, exchange: exchange, clock: base.clock, limits: configuration.events),
            ]
            let gauge = base.metrics.makeMeter(label: "gateway_event_streams", dimensions: [])
            base.metrics.beforeExposition { gauge.set(Int64(events.count)) }
        }
        let routes = passedOn(configuration, relay, base.metrics) + [EventRoutes(relay: relay, hub: hub).route]
        let pages = reference(to: routes.map(\.contract), configuration, publicURL)
        return Assembly(
            routes: routes, pages: ReferenceRoutes(relay: relay, pages: pages).routes, workers: workers,
            onDrain: { [hub] in hub?.drain() })
    }

    /// The operations of all services, each passed on to the one that serves it.
    private static func passedOn(
        _ configuration: GatewayConfiguration, _ relay: Relay, _ metrics: PrometheusRegistry
    ) -> [Route] {
        configuration.upstreams.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { name, replicas in
            let service = UpstreamService(name: name, replicas: replicas, limit: configuration.upstreamUnderWay)
            let gauge = metrics.makeMeter(
                label: "gateway_upstream_under_way", dimensions: [("service", name.rawValue)])
            metrics.beforeExposition { gauge.set(Int64(service.count)) }
            return name.contracts.map { contract in
                Route.raw(contract) { request, context in
                    try await relay.pass(request, context, contract, to: service)
                }
            }
        }
    }

    /// The reference's pages, made from what `/openapi.json` is made from.
    private static func reference(
        to contracts: [Contract], _ configuration: GatewayConfiguration, _ publicURL: String
    ) -> ReferencePages {
        let facts = GuideFacts(
            address: publicURL, quotas: configuration.quotas, heartbeat: configuration.events.heartbeat)
        return ReferencePages { ReferencePages.Source(contracts, facts) }
    }

    /// The connections that requests are passed on by.
    private static func links(_ configuration: GatewayConfiguration, reader: Duration) throws -> LinkPool {
        let group = MultiThreadedEventLoopGroup.singleton
        let isTLS = configuration.upstreams.values.contains { $0.addresses.contains { $0.hasPrefix("https://") } }
        let limits = LinkLimits(
            count: max(LinkLimits.leastCount, configuration.upstreamConnections / System.coreCount),
            part: TimeAmount(configuration.upstreamTimeout), reader: TimeAmount(reader))
        return LinkPool(
            on: group, limits: limits,
            tls: isTLS ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil)
    }

    private static func httpConfiguration(_ configuration: GatewayConfiguration) -> HTTPClient.Configuration {
        var http = HTTPClient.Configuration()
        http.redirectConfiguration = .disallow
        http.timeout.connect = .seconds(2)
        // Between two parts of an answer; until its beginning the time is that of the request.
        http.timeout.read = TimeAmount(configuration.upstreamTimeout)
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.upstreamConnections
        http.connectionPool.idleTimeout = .seconds(30)
        // Another copy is asked at once; who waits is counted here, not in the pool.
        http.connectionPool.retryConnectionEstablishment = false
        http.httpVersion = .http1Only
        // The exchange's own trace goes along; the client's would cost a twentieth of the way for nobody.
        http.tracing.tracer = nil
        return http
    }
}

/// Keeps the connections to the stream open until what reads them has ended.
struct StreamPool: Service {
    let database: Database

    func run() async throws {
        database.start()
        try? await gracefulShutdown()
        await database.close()
    }
}

/// Closes the client and the links after the server has answered its last request.
struct ClientService: Service {
    let client: HTTPClient
    let links: LinkPool

    func run() async throws {
        try? await gracefulShutdown()
        links.close()
        try await client.shutdown()
    }
}

/// Where a page of ours comes from, as browsers write it in `Origin` (RFC 6454, section 6.2).
enum Origin {
    /// The scheme, host and port of a URL.
    static func of(_ url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty else { return url }
        return "\(parts[0])//\(parts[2])".lowercased()
    }
}
