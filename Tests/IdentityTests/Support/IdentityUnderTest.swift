import Configuration
import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Models
import Postgres
import ServiceKit
import TestSupport

@testable import Identity

extension MigratedSchema {
    /// Identity's schema.
    static let identity = MigratedSchema(.identity, IdentityDefinition.migrations)
}

extension DatabaseTemplate {
    /// An installation with identity.
    static let identity = DatabaseTemplate.core(with: [.identity], key: "identity")
}

/// Identity put together on the test's database, as its own login role, and called through its router.
struct IdentityUnderTest: Sendable {
    /// The secret of the service client `casebook`.
    static let operatorSecret = "VhJ1c0RBb0tkU2VjcmV0T2ZUaGVPcGVyYXRvcg"
    /// A cost that takes no time.
    static let cheap = ScryptCost(logRounds: 4, blockSize: 1, parallelism: 1)
    /// What identity and the gateway share.
    static let edgeSecret = "a secret that the gateway has too"
    static let encryptionKey = Data(repeating: 42, count: 32).base64EncodedString()

    let database: Database
    let clock: TestClock
    let hasher: PasswordHasher
    let mint: TokenMint
    /// Every operation that the service serves, but for those that every service has.
    let contracts: [Contract]
    private let client: any TestClientProtocol

    /// Runs a test against a fresh service on the test's database.
    static func run(
        hasher: PasswordHasher = PasswordHasher(cost: cheap, waitingLimit: 1_000), clock: TestClock = TestClock(),
        observer: (any DatabaseObserver)? = nil,
        _ body: @escaping @Sendable (IdentityUnderTest) async throws -> Void
    ) async throws {
        try await ScratchDatabase.current.withService(.identity, observer: observer) { database in
            try await run(on: database, hasher, clock, body)
        }
    }

    private static func run(
        on database: Database, _ hasher: PasswordHasher, _ clock: TestClock,
        _ body: @escaping @Sendable (IdentityUnderTest) async throws -> Void
    ) async throws {
        let base = base(database, clock)
        let assembly = try await IdentityDefinition.assemble(base, hasher: hasher)
        let verifier = TokenVerifier(clock: clock.service) { try await PublishedKeyStore(database: database).keys() }
        let application = ServiceApplication(
            name: .identity, assembly: assembly, environment: RouteEnvironment(verifier: verifier, database: database),
            base: base, checks: [])
        guard let ring = Keyring(encryptionKey) else { return }
        let keyring = try await SigningKeyStore(database: database, keyring: ring).open(at: clock.now)
        try await Application(router: application.router, logger: base.logger).test(.router) { client in
            try await body(
                IdentityUnderTest(
                    database: database, clock: clock, hasher: hasher, mint: TokenMint(keyring: keyring),
                    contracts: assembly.routes.map(\.contract), client: client))
        }
    }

    static func base(_ database: Database, _ clock: TestClock) -> ServiceBase<IdentityConfiguration> {
        var logger = Logger(label: "identity")
        logger.logLevel = .critical
        let secretHash = SHA256.hash(data: Data(operatorSecret.utf8)).hexadecimal
        let reader = ConfigReader(
            provider: InMemoryProvider(values: [
                "casebook.identity.encryptionKey": .init(.string(encryptionKey), isSecret: true),
                "casebook.edge.secret": .init(.string(edgeSecret), isSecret: true),
                "casebook.identity.serviceClients": .init(.string("casebook:\(secretHash)"), isSecret: true),
            ]))
        var settings = Settings(reader, service: .identity)
        return ServiceBase(
            service: ServiceConfiguration(&settings, service: .identity, usesDatabase: false),
            configuration: IdentityConfiguration(&settings), clock: clock.service, logger: logger,
            metrics: PrometheusRegistry(), pool: database)
    }

    /// Sends a request; the body is JSON text.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = nil, _ body: String? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(method, path, as: token, bytes: body.map { Array($0.utf8) }, headers)
    }

    /// Sends a request whose body is bytes that may be no text at all.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as token: String? = nil, bytes: [UInt8]?,
        _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var headers = headers
        if headers["X-Request-Id"] == nil { headers["X-Request-Id"] = operation(method, path) }
        return try await client.answer(method, path, as: token, bytes, headers)
    }

    /// The name of the operation that answers a request: each request says it as its id, and the audit writes it down.
    private func operation(_ method: HTTPRequest.Method, _ path: String) -> String? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        return contracts.filter { contract in
            let names = contract.path.split(separator: "/")
            return contract.method.rawValue == method.rawValue && names.count == parts.count
                && zip(names, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.min { $0.path.filter { $0 == "{" }.count < $1.path.filter { $0 == "{" }.count }?.id
    }
}
