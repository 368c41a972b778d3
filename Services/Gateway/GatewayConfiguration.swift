import Models
import Postgres
import ServiceClient
import ServiceKit

/// What the gateway is configured with besides ``ServiceConfiguration``; the limits stand at ``LimitQuotas`` and
/// ``EventLimits``.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `gateway.database.url` (secret) | connection string of `casebook_stream` | none: no live stream | |
/// | `identity.url`, … | URLs of a service's copies, commas between | http://127.0.0.1:8101, … | |
/// | `edge.secret` (secret) | text that identity has too | none: it knows no addresses | 32 characters or more |
/// | `proxy.addresses` | proxies before us, commas between: their `X-Forwarded-For` counts | none | |
/// | `upstream.timeoutSeconds` | seconds until a service's answer begins | 20 | 1-300 |
/// | `upstream.connections` | to each copy of a service, shared out among event loops, 8 or more to each | 256 | 1-10000 |
/// | `upstream.underWay` | requests at once to each service; half of it for one workspace, an eighth for an address | 256 | 1-100000 |
///
/// Half of `upstream.underWay` is less than `upstream.connections` to all copies of a service.
struct GatewayConfiguration: Sendable {
    /// The copies of each service.
    let upstreams: [ServiceName: Replicas]
    /// How long a service may take until its answer begins.
    let upstreamTimeout: Duration
    /// The most connections to one copy of a service.
    let upstreamConnections: Int
    /// The most requests at once to one service.
    let upstreamUnderWay: Int
    /// The proxies whose word on a caller's address counts.
    let proxies: Set<String>
    /// How often callers may ask.
    let quotas: LimitQuotas
    /// The bounds of the live stream.
    let events: EventLimits
    /// Vouches to identity for a caller's address; `nil` when nothing was agreed.
    let edge: EdgeProof?
    /// Where activity and revocations are heard.
    let stream: DatabaseConfiguration?

    init(_ settings: inout Settings) {
        var upstreams: [ServiceName: Replicas] = [:]
        for service in ServiceName.allCases where service != .gateway && !service.contracts.isEmpty {
            upstreams[service] = Self.replicas(of: service, &settings)
        }
        self.upstreams = upstreams
        upstreamTimeout = settings.seconds("upstream.timeoutSeconds", default: 20, in: 1...300)
        upstreamConnections = settings.integer("upstream.connections", default: 256, in: 1...10_000)
        upstreamUnderWay = settings.integer("upstream.underWay", default: 256, in: 1...100_000)
        // Who has the half must leave connections to the others.
        let copies = upstreams.values.map(\.addresses.count).min() ?? 1
        if upstreamUnderWay / 2 >= upstreamConnections * max(1, copies) {
            settings.note(
                "must be less than twice the connections to all copies of a service", about: "upstream.underWay")
        }
        proxies = ConnectionLimits.proxies(&settings)
        quotas = LimitQuotas(&settings)
        events = EventLimits(&settings)
        let secret = settings.optional("edge.secret", isSecret: true)
        edge = secret.flatMap { EdgeProof(secret: $0) }
        if secret != nil, edge == nil { settings.note("must have at least 32 characters", about: "edge.secret") }
        stream = settings.optional("gateway.database.url", isSecret: true).map { url in
            var configuration = DatabaseConfiguration(url: url)
            configuration.applicationName = "casebook-gateway"
            configuration.pointConnections = 1
            configuration.scanConnections = 2
            configuration.exclusiveConnections = 1
            return configuration
        }
    }

    private static func replicas(of service: ServiceName, _ settings: inout Settings) -> Replicas {
        let key = "\(service.rawValue).url"
        let replicas = Replicas(
            list: settings.string(key, default: "http://127.0.0.1:\(service.standardPort ?? 0)"))
        if replicas.addresses.isEmpty
            || !replicas.addresses.allSatisfy({ $0.hasPrefix("http://") || $0.hasPrefix("https://") })
        {
            settings.note("must be an http or https URL, or several with commas between", about: key)
        }
        return replicas
    }
}
