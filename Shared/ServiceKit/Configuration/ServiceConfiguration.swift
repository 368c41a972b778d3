package import Logging
package import Models
package import Postgres

/// What every service is configured with.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `http.host` | address | 127.0.0.1 | |
/// | `http.port` | TCP port | the service's own; 0 for any free one | 0-65535 |
/// | `database.url` (secret) | libpq connection string | required where there is a schema | |
/// | `database.prepared` | boolean | true; false behind a transaction-pooling proxy | |
/// | `database.pointConnections` | connections | 3 | 1-64 |
/// | `database.scanConnections` | connections | 3 | 1-64 |
/// | `database.exclusiveConnections` | connections | 4 | 1-64 |
/// | `log.level` | word | info | trace, debug, info, notice, warning, error, critical |
/// | `drain.graceSeconds` | seconds that a stopping process goes on taking requests, for others to notice | 1 | 0-60 |
/// | `drain.timeoutSeconds` | seconds | 10 | 1-300 |
/// | `requests.underWay` | requests to `/v1` at once; one more is 503 | 512 | 1-100000 |
/// | `request.timeoutSeconds` | seconds | 15 | 1-300 |
/// | `body.timeoutSeconds` | seconds | 30 | 1-300 |
/// | `public.url` | URL | http://127.0.0.1:8080 | |
/// | `run.dir` | folder | none; where `<service>.port` is written | |
/// | `supervised` | boolean | false; true ends the process when its standard input closes | |
///
/// The limits of a connection stand in ``ConnectionLimits``. A process that faces the public, the gateway, also has:
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `private.host` | address of the port for figures and readiness | 127.0.0.1 | |
/// | `private.port` | TCP port; 0 for any free one | 0 | 0-65535 |
/// | `tls.certificateFile` | file of the certificate and its chain, PEM | none: plain HTTP | |
/// | `tls.keyFile` | file of its private key, PEM | required with a certificate | |
package struct ServiceConfiguration: Sendable {
    /// The address to listen on.
    package let host: String
    /// The port to listen on; 0 for any free one.
    package let port: Int
    /// How to reach the database; `nil` for a process without a schema.
    package let database: DatabaseConfiguration?
    /// The least important log line that is written.
    package let logLevel: Logger.Level
    /// How long a stopping process goes on taking requests while it says that it is not ready.
    package let drainGrace: Duration
    /// The most requests at once.
    package let requestsUnderWay: Int
    /// What one connection may take.
    package let connections: ConnectionLimits
    /// Where figures and readiness are told, for a process that faces the public.
    package let privateAddress: (host: String, port: Int)?
    /// The certificate of a process that speaks TLS.
    package let tls: TLSFiles?
    /// How long a stopping process waits for requests under way.
    package let drainTimeout: Duration
    /// The longest time for a write.
    package let requestTimeout: Duration
    /// The longest time for a request's body to arrive.
    package let bodyTimeout: Duration
    /// The address under which people reach the suite.
    package let publicURL: String
    /// Where the port that was taken is written down, for a supervisor.
    package let runFolder: String?
    /// Whether a supervisor holds the process's standard input.
    package let isSupervised: Bool

    /// Reads the keys of the table above; what is wrong is noted in `settings`.
    package init(_ settings: inout Settings, service: ServiceName, usesDatabase: Bool) {
        host = settings.string("http.host", default: "127.0.0.1")
        port = settings.integer("http.port", default: service.standardPort ?? 0, in: 0...65_535)
        let level = settings.word(
            "log.level", default: Logger.Level.info.rawValue, of: Logger.Level.allCases.map(\.rawValue))
        logLevel = Logger.Level(rawValue: level) ?? .info
        drainTimeout = settings.seconds("drain.timeoutSeconds", default: 10, in: 1...300)
        requestTimeout = settings.seconds("request.timeoutSeconds", default: 15, in: 1...300)
        bodyTimeout = settings.seconds("body.timeoutSeconds", default: 30, in: 1...300)
        drainGrace = settings.seconds("drain.graceSeconds", default: 1, in: 0...60)
        requestsUnderWay = settings.integer("requests.underWay", default: 512, in: 1...100_000)
        let isPublic = service.facesPublic
        connections = ConnectionLimits(&settings, isPublic: isPublic, body: bodyTimeout)
        privateAddress =
            isPublic
            ? (
                settings.string("private.host", default: "127.0.0.1"),
                settings.integer("private.port", default: 0, in: 0...65_535)
            ) : nil
        tls = isPublic ? TLSFiles(&settings) : nil
        publicURL = settings.string("public.url", default: "http://127.0.0.1:8080")
        runFolder = settings.optional("run.dir")
        isSupervised = settings.flag("supervised", default: false)
        database = usesDatabase ? Self.database(&settings, service: service) : nil
    }

    /// Whether browsers reach the suite over TLS, here or at a proxy before us.
    package var isReachedByTLS: Bool { publicURL.hasPrefix("https://") }

    private static func database(_ settings: inout Settings, service: ServiceName) -> DatabaseConfiguration {
        let url = settings.required(
            "\(service.rawValue).database.url", "the connection string of the service's role", isSecret: true)
        var configuration = DatabaseConfiguration(url: url)
        configuration.applicationName = "casebook-\(service.rawValue)"
        configuration.prepared = settings.flag("database.prepared", default: true)
        configuration.pointConnections = settings.integer("database.pointConnections", default: 3, in: 1...64)
        configuration.scanConnections = settings.integer("database.scanConnections", default: 3, in: 1...64)
        configuration.exclusiveConnections = settings.integer(
            "database.exclusiveConnections", default: 4, in: 1...64)
        return configuration
    }
}
