import Configuration
import Glibc
import HTTPTypes
import Hummingbird
import Logging
import Models
import NIOCore
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport

@testable import Gateway
@testable import ServiceKit

/// The gateway before a service, both on sockets of their own in this process: the servers are those of the programs,
/// and behind the service's routes stands the test.
struct Doorway: Sendable {
    /// What reached the service's routes.
    final class Witness: Sendable {
        private let seen = Mutex<[String]>([])
        var requests: [String] { seen.withLock { $0 } }
        func note(_ request: String) { seen.withLock { $0.append(request) } }
        func forget() { seen.withLock { $0.removeAll() } }
    }

    /// What stands behind the service's routes.
    struct Behind: Sendable {
        let respond: @Sendable (Request, ExchangeContext) async throws -> Response

        init(_ respond: @escaping @Sendable (Request, ExchangeContext) async throws -> Response) {
            self.respond = respond
        }

        /// Says how many bytes came.
        static let echo = Behind { request, _ in try await Doorway.echo(request) }
    }

    /// What lies between the gateway and the service: nothing, or a proxy that a test sets.
    enum Network: Sendable { case good, bad }

    let gateway: Int
    let privatePort: Int
    let service: Int
    let witness: Witness
    let signer: TokenSigner
    /// What stands between the gateway and the service, when the network is bad.
    let proxy: FaultProxy?
    private let drains: [@Sendable () -> Void]

    /// A token that the gateway and services take.
    func token(
        _ permissions: Set<Permission> = [.workspaceRead], workspace: ID<Workspace> = .make(at: .now),
        credentialID: String = "c1"
    ) async throws -> String {
        try await signer.token(
            for: .sample(workspace: workspace, permissions: permissions, credentialID: credentialID))
    }

    /// Begins to stop the gateway and the service, as SIGTERM does.
    func drain() {
        for drain in drains { drain() }
    }

    /// Runs a body against a gateway with some configuration, by key without its prefix.
    static func run(
        _ values: [AbsoluteConfigKey: ConfigValue] = [:], answering answer: Behind = .echo,
        through network: Network = .good, _ body: @escaping @Sendable (Doorway) async throws -> Void
    ) async throws {
        let witness = Witness()
        let signer = TokenSigner()
        let behind = try await Served(
            BehindService.self, values, pool: nil, routes: routes(witness, signer, answer), signer)
        try await behind.running { service, _, drainService in
            var own = values
            let proxy = network == .bad ? try FaultProxy(before: service) : nil
            defer { proxy?.close() }
            own["casebook.identity.url"] = .init(stringLiteral: "http://127.0.0.1:\(proxy?.port ?? service)")
            let door = try await Served(GatewayService.self, own, pool: nil, routes: nil, signer)
            try await door.running { gateway, privatePort, drainGateway in
                try await body(
                    Doorway(
                        gateway: gateway, privatePort: privatePort, service: service,
                        witness: witness, signer: signer, proxy: proxy, drains: [drainGateway, drainService]))
            }
        }
    }

    private static func echo(_ request: Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 2 << 20)
        return Response(
            status: .ok, headers: [.contentType: "text/plain"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "\(body.readableBytes)")))
    }

    private static func routes(
        _ witness: Witness, _ signer: TokenSigner, _ answer: Behind
    ) -> [Route] {
        let witnessed = [
            Users.me.contract, Users.list.contract, Users.show.contract, Roles.list.contract, Sessions.create.contract,
            Users.update.contract,
        ].map { contract in
            Route.raw(contract) { request, context in
                witness.note("\(request.method) \(request.head.path ?? "")")
                return try await answer.respond(request, context)
            }
        }
        let keys = Route.on(Tokens.keys) { _ in try .value(VerificationKeySet(keys: [signer.verificationKey])) }
        // Asks who calls, as the routes of every service do, and tells for which workspace.
        let guarded = Route.on(Workspaces.show) { call in
            let workspace = Workspace(
                id: try call.principal.workspace, slug: "acme", name: "Acme", timeZone: "UTC", version: 1,
                createdAt: call.now, updatedAt: call.now)
            return try .value(workspace)
        }
        return witnessed + [keys, guarded]
    }
}

/// Stands for any service.
enum BehindService: ServiceDefinition {
    static let name = ServiceName.identity
    static let usesDatabase = false
    static let migrations: [Migration] = []
    static func configuration(_ settings: inout Settings) {}
    static func assemble(_ base: ServiceBase<Void>) async throws -> Assembly { Assembly(routes: []) }
}

/// One service's server on ports of its own, until the body ends.
struct Served<Definition: ServiceDefinition> {
    private let application: ServiceApplication
    private let service: ServiceConfiguration
    private let workers: [any Service]
    private let onDrain: @Sendable () -> Void
    private let logger: Logger

    init(
        _ definition: Definition.Type, _ values: [AbsoluteConfigKey: ConfigValue], pool: Database?, routes: [Route]?,
        _ signer: TokenSigner
    ) async throws {
        var values = values
        values["casebook.http.port"] = "0"
        var settings = Settings(ConfigReader(provider: InMemoryProvider(values: values)), service: Definition.name)
        logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        service = ServiceConfiguration(&settings, service: Definition.name, usesDatabase: false)
        let base = ServiceBase(
            service: service, configuration: Definition.configuration(&settings), clock: .system, logger: logger,
            metrics: PrometheusRegistry(), pool: pool)
        guard settings.problems.isEmpty else {
            throw Problem(.internalError, settings.problems.joined(separator: " "))
        }
        let assembled = try await Definition.assemble(base)
        let assembly = routes.map { Assembly(routes: $0) } ?? assembled
        workers = assembly.workers
        onDrain = assembly.onDrain
        application = ServiceApplication(
            name: Definition.name, assembly: assembly,
            environment: RouteEnvironment(
                verifier: signer.verifier(), database: pool, requestLimit: service.requestTimeout,
                bodyLimit: service.bodyTimeout),
            base: base, checks: [])
    }

    /// Runs the server while the body runs; the body is given the port, the private port, and what begins a stop.
    func running(
        _ body: @escaping @Sendable (Int, Int, @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let (privatePorts, privatePort) = AsyncStream.makeStream(of: Int.self)
        let server = application.server(service, logger: logger) { port.yield($0) }
        let privateServer = application.privateServer(service, logger: logger) { privatePort.yield($0) }
        var services: [any Service] = workers + [server]
        if let privateServer { services.append(privateServer) }
        let group = ServiceGroup(services: services, logger: logger)
        let readiness = application.readiness
        let onDrain = onDrain
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer {
                    port.finish()
                    privatePort.finish()
                }
                try await group.run()
            }
            var iterator = ports.makeAsyncIterator()
            let listening = await iterator.next() ?? 0
            var privateIterator = privatePorts.makeAsyncIterator()
            let told = privateServer == nil ? 0 : await privateIterator.next() ?? 0
            do {
                try await body(
                    listening, told,
                    {
                        readiness.drain()
                        onDrain()
                    })
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
