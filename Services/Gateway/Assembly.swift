import AsyncHTTPClient
import Models
import NIOCore
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
        let publicURL = base.service.publicURL
        let exchange = CredentialExchange(
            issuer: TokenIssuer(
                client: ServiceClient(
                    http: client, configuration: ServiceClientConfiguration(addresses: configuration.upstreams),
                    // The credential in the body is what speaks: the gateway has no token of its own.
                    token: { _ in nil })),
            clock: base.clock)
        let door = Door(
            cookie: SessionCookie(publicURL: publicURL), csrf: CSRFCheck(origin: Origin.of(publicURL)),
            exchange: exchange)
        let upstream = Upstream(client: client, timeout: configuration.upstreamTimeout)
        var routes: [Route] = []
        for (service, url) in configuration.upstreams.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            routes += service.contracts.map { contract in
                .raw(contract) { request, context in
                    let token = try await door.token(for: request, contract, context.exchange)
                    return try await upstream.forward(request, to: url, token: token, context.exchange)
                }
            }
        }
        var workers: [any Service] = [ClientService(client: client)]
        if let hints = configuration.hints {
            workers.append(RevocationWatch(database: Database(configuration: hints), exchange: exchange))
        }
        return Assembly(routes: routes, workers: workers)
    }

    private static func httpConfiguration(_ configuration: GatewayConfiguration) -> HTTPClient.Configuration {
        var http = HTTPClient.Configuration()
        http.redirectConfiguration = .disallow
        http.timeout.connect = .seconds(2)
        http.timeout.read = .seconds(60)
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = configuration.upstreamConnections
        http.connectionPool.idleTimeout = .seconds(30)
        http.httpVersion = .http1Only
        return http
    }
}

/// Closes the client after the server has answered its last request.
struct ClientService: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
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
