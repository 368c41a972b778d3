import Models
import Postgres
import ServiceKit

/// What the gateway is configured with besides ``ServiceConfiguration``.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `gateway.database.url` (secret) | connection string of `casebook_stream` | none: revocations act by expiry | |
/// | `identity.url` | URL | http://127.0.0.1:8101 | |
/// | `upstream.timeoutSeconds` | seconds until a service's answer begins | 20 | 1-300 |
/// | `upstream.connections` | connections to each service | 64 | 1-1024 |
struct GatewayConfiguration: Sendable {
    /// Where each service listens, without a slash at the end.
    let upstreams: [ServiceName: String]
    /// How long a service may take until its answer begins.
    let upstreamTimeout: Duration
    /// The most connections to one service.
    let upstreamConnections: Int
    /// Where revocations are heard.
    let hints: DatabaseConfiguration?

    init(_ settings: inout Settings) {
        var upstreams: [ServiceName: String] = [:]
        for service in ServiceName.allCases where !service.contracts.isEmpty {
            let url = settings.string(
                "\(service.rawValue).url", default: "http://127.0.0.1:\(service.standardPort ?? 0)")
            if !url.hasPrefix("http://") && !url.hasPrefix("https://") {
                settings.note("must be an http or https URL", about: "\(service.rawValue).url")
            }
            upstreams[service] = url.hasSuffix("/") ? String(url.dropLast()) : url
        }
        self.upstreams = upstreams
        upstreamTimeout = settings.seconds("upstream.timeoutSeconds", default: 20, in: 1...300)
        upstreamConnections = settings.integer("upstream.connections", default: 64, in: 1...1_024)
        hints = settings.optional("gateway.database.url", isSecret: true).map { url in
            var configuration = DatabaseConfiguration(url: url)
            configuration.applicationName = "casebook-gateway"
            configuration.pointConnections = 1
            configuration.scanConnections = 1
            configuration.exclusiveConnections = 1
            return configuration
        }
    }
}
