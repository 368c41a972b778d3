import Configuration
import Crypto
import FoundationEssentials
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Models
import NIOCore
import Postgres
import ServiceKit
import Synchronization
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

/// A clock that a test sets.
final class TestClock: Sendable {
    private let instant: Mutex<Timestamp>

    init(_ start: Timestamp = .now) {
        instant = Mutex(Timestamp(microseconds: start.microseconds / 1_000_000 * 1_000_000))
    }

    var now: Timestamp { instant.withLock { $0 } }
    func advance(by duration: Duration) { instant.withLock { $0 = $0.adding(duration) } }
    var service: ServiceClock { ServiceClock { [self] in now } }
}

/// Identity put together on the test's database, as its own login role, and called through its router.
struct IdentityUnderTest: Sendable {
    /// The secret of the service client `casebook`.
    static let operatorSecret = "VhJ1c0RBb0tkU2VjcmV0T2ZUaGVPcGVyYXRvcg"
    /// A cost that takes no time.
    static let cheap = ScryptCost(logRounds: 4, blockSize: 1, parallelism: 1)
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
        guard let key = EncryptionKey(base64: encryptionKey) else { return }
        let keyring = try await SigningKeyStore(database: database, encryption: key).open(at: clock.now)
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
                "casebook.identity.serviceClients": .init(.string("casebook:\(secretHash)"), isSecret: true),
            ]))
        var settings = Settings(reader, service: .identity)
        return ServiceBase(
            service: ServiceConfiguration(&settings, service: .identity, usesDatabase: false),
            configuration: IdentityConfiguration(&settings), clock: clock.service, logger: logger,
            metrics: PrometheusRegistry(), pool: database)
    }

    /// Every row of every table as a superuser reads it, in a stable order.
    static func everything() throws -> String {
        let scratch = try ScratchDatabase.current
        let tables = try scratch.cluster.sql(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('identity', 'core') ORDER BY 1
            """, database: scratch.name
        ).split(separator: "\n")
        return try tables.map { table in
            try scratch.cluster.sql("SELECT t::text FROM \(table) AS t ORDER BY 1", database: scratch.name)
        }.joined(separator: "\n")
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
        var fields = HTTPFields()
        if bytes != nil { fields[.contentType] = "application/json" }
        if let bytes { fields[.contentLength] = String(bytes.count) }
        if let token { fields[.authorization] = "Bearer \(token)" }
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return try await client.execute(
            uri: path, method: method, headers: fields, body: bytes.map { ByteBuffer(bytes: $0) }
        ) { response in
            TestAnswer(status: response.status.code, headers: response.headers, bytes: Array(buffer: response.body))
        }
    }
}

/// What a request was answered.
struct TestAnswer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    /// The body as JSON; null when it is none.
    var json: JSONValue { (try? JSONParser.parse(bytes)) ?? .null }
    /// The problem's stable word.
    var code: String? { json["code"]?.text }
    /// The pointers of the problem's errors, in order.
    var pointers: [String] { (json["errors"]?.items ?? []).compactMap { $0["pointer"]?.text } }

    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var whole: Int64? { if case .integer(let number) = self { number } else { nil } }
    var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
}
