package import Configuration
package import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
package import Models
import NIOCore
package import Postgres
package import ServiceKit

/// A service put together on the test's database, as its own login role, and called through its router.
///
/// Tokens are signed by the test, so that no identity has to run.
package struct ServiceUnderTest<Definition: ServiceDefinition>: Sendable {
    /// The service's own pool.
    package let database: Database
    /// The clock of the service and of its tokens.
    package let clock: TestClock
    /// What the service does besides answering; a test runs what it needs.
    package let assembly: Assembly
    private let signer: TokenSigner
    private let client: any TestClientProtocol

    /// Runs a test against a fresh service on the test's database.
    ///
    /// - Parameters:
    ///   - values: Configuration beside the standard, by key without the prefix.
    ///   - clock: The clock of the service.
    ///   - observer: Hears of the service's statements.
    ///   - body: The test.
    /// - Throws: What the test throws.
    package static func run(
        values: [AbsoluteConfigKey: ConfigValue] = [:], clock: TestClock = TestClock(),
        observer: (any DatabaseObserver)? = nil,
        _ body: @escaping @Sendable (ServiceUnderTest) async throws -> Void
    ) async throws {
        try await ScratchDatabase.current.withService(Definition.name, observer: observer) { database in
            try await run(on: database, values, clock, body)
        }
    }

    private static func run(
        on database: Database, _ values: [AbsoluteConfigKey: ConfigValue], _ clock: TestClock,
        _ body: @escaping @Sendable (ServiceUnderTest) async throws -> Void
    ) async throws {
        var logger = Logger(label: Definition.name.rawValue)
        logger.logLevel = .critical
        var settings = Settings(ConfigReader(provider: InMemoryProvider(values: values)), service: Definition.name)
        let base = ServiceBase(
            service: ServiceConfiguration(&settings, service: Definition.name, usesDatabase: false),
            configuration: Definition.configuration(&settings), clock: clock.service, logger: logger,
            metrics: PrometheusRegistry(), pool: database)
        let assembly = try await Definition.assemble(base)
        let signer = TokenSigner()
        let application = ServiceApplication(
            name: Definition.name, assembly: assembly,
            environment: RouteEnvironment(verifier: signer.verifier(clock: clock.service), database: database),
            base: base, checks: [])
        try await Application(router: application.router, logger: logger).test(.router) { client in
            try await body(
                ServiceUnderTest(
                    database: database, clock: clock, assembly: assembly, signer: signer, client: client))
        }
    }

    /// A token of a person with a role, issued at the service's instant.
    package func token(
        _ role: Role = .agent, in workspace: ID<Workspace>, as user: ID<User> = .make(at: .now)
    ) async throws -> String {
        try await token(in: workspace, subject: user.description, permissions: role.permissions)
    }

    /// A token with some permissions.
    package func token(
        in workspace: ID<Workspace>, kind: PrincipalKind = .staff, subject: String, permissions: Set<Permission>
    ) async throws -> String {
        try await signer.token(
            for: .sample(
                workspace: workspace, kind: kind, subject: subject, permissions: permissions,
                expiresAt: clock.now.adding(.seconds(60))),
            issuedAt: clock.now)
    }

    /// Sends a request; the body is JSON text.
    package func send(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = nil, _ body: String? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(method, path, as: token, bytes: body.map { Array($0.utf8) }, headers)
    }

    /// Sends a request whose body is bytes that may be no text at all.
    package func send(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = nil, bytes: [UInt8]?,
        _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await client.answer(method, path, as: token, bytes, headers)
    }
}

extension TestClientProtocol {
    /// Sends a request with its body's length and type, and reads the whole answer.
    package func answer(
        _ method: HTTPRequest.Method, _ path: String, as token: String?, _ bytes: [UInt8]?,
        _ headers: [String: String]
    ) async throws -> TestAnswer {
        var fields = HTTPFields()
        if bytes != nil { fields[.contentType] = "application/json" }
        if let bytes { fields[.contentLength] = String(bytes.count) }
        if let token { fields[.authorization] = "Bearer \(token)" }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return try await execute(
            uri: path, method: method, headers: fields, body: bytes.map { ByteBuffer(bytes: $0) }
        ) { response in
            TestAnswer(status: response.status.code, headers: response.headers, bytes: Array(buffer: response.body))
        }
    }
}
