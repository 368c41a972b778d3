import HTTPTypes
import Hummingbird
import Models
import NIOCore
package import Postgres

/// What every route of a service needs besides its handler.
package struct RouteEnvironment: Sendable {
    let verifier: TokenVerifier
    let replay: IdempotencyReplay?
    private let database: Database?
    /// The longest time for a write, from its body's last byte.
    let requestLimit: Duration
    /// The longest time until a body's last byte.
    let bodyLimit: Duration
    /// The routes as parts of a request call them; `nil` while they are put together.
    private(set) var inner: InnerRoutes?
    /// The parameters of the route that the table adds: `fields` and `include`.
    private(set) var composedParameters: [String] = []

    /// Takes the parts.
    ///
    /// - Parameters:
    ///   - verifier: Verifies tokens.
    ///   - database: Where kept answers lie; `nil` for a process without a database.
    ///   - requestLimit: 15 s unless configuration says otherwise.
    ///   - bodyLimit: 30 s unless configuration says otherwise.
    package init(
        verifier: TokenVerifier, database: Database?, requestLimit: Duration = .seconds(15),
        bodyLimit: Duration = .seconds(30)
    ) {
        self.verifier = verifier
        replay = database.map { IdempotencyReplay(database: $0) }
        self.database = database
        self.requestLimit = requestLimit
        self.bodyLimit = bodyLimit
    }

    /// The same for routes that call others.
    func calling(_ inner: InnerRoutes) -> RouteEnvironment {
        var copy = self
        copy.inner = inner
        return copy
    }

    /// The same for a route that has parameters besides its own.
    func adding(parameters: [String]) -> RouteEnvironment {
        var copy = self
        copy.composedParameters = parameters
        return copy
    }

    /// Tells the consumers of activity that a write was committed; they would find it by themselves a second later.
    func wakeConsumers() {
        database?.hint(ActivityHint.channel)
    }

    /// Lets the caller in, or not: default is to refuse.
    ///
    /// A customer is refused whatever the token allows: what the portal may ask will be operations of its own.
    func authenticate(_ request: Request, _ access: Access) async throws -> Principal? {
        switch access {
        case .open, .signed: return nil
        case .needs(let permission):
            guard let header = request.headers.only(.authorization), header.utf8.starts(with: "Bearer ".utf8) else {
                throw Problem.unauthenticated()
            }
            let principal = try await verifier.verify(String(Substring(header.utf8.dropFirst(7))))
            if principal.kind == .staff { DatabaseTime.current?.show() }
            guard principal.kind != .customer else {
                throw Problem(.forbidden, "This is for the people of the workspace.")
            }
            guard principal.permissions.contains(permission) else { throw Problem.forbidden(permission) }
            return principal
        }
    }

    /// The body's bytes, at most ``Contract/bodyLimitBytes`` of them.
    func body(of request: Request) async throws -> [UInt8] {
        let fields = request.headers
        if let length = fields[.contentLength].flatMap({ Int($0) }) {
            if length == 0 { return [] }
            if length > Contract.bodyLimitBytes { throw Problem.bodyTooLarge }
        } else if fields[.transferEncoding] == nil {
            return []
        }
        return Array(buffer: try await request.body.collect(upTo: Contract.bodyLimitBytes))
    }

    /// The claim on the key that the caller sent, if the operation takes one.
    func claim(
        _ contract: Contract, _ request: Request, _ body: [UInt8], _ caller: Principal?
    ) throws(Problem) -> IdempotencyClaim? {
        guard let caller, let key = request.headers[.idempotencyKey] else { return nil }
        let asked = IdempotentRequest(
            method: contract.method.rawValue, path: request.uri.path, query: request.uri.query ?? "", body: body)
        return try IdempotencyClaim(key: key, principal: caller, request: asked, kept: contract.keptAnswer)
    }

    /// Runs a write under its key: when it fails and the key has an answer, that answer is given again.
    func replaying(
        _ claim: IdempotencyClaim?, by caller: Principal?, at now: Timestamp, _ write: () async throws -> Response
    ) async throws -> Response {
        do {
            return try await write()
        } catch {
            guard let claim, let caller, let replay else { throw error }
            switch try await replay.outcome(of: error, claim: claim, in: caller.workspace, at: now) {
            case .replay(let kept): return Response(replaying: kept)
            case .refuse(let problem): throw problem
            case .unrelated: throw error
            }
        }
    }
}

extension Response {
    /// An answer that was given before (Idempotency-Key draft).
    fileprivate init(replaying kept: StoredAnswer) {
        var headers: HTTPFields = [.idempotentReplayed: "true"]
        if let location = kept.location { headers[.location] = location }
        if let etag = kept.etag { headers[.eTag] = etag }
        if !kept.body.isEmpty { headers[.contentType] = "application/json" }
        self.init(
            status: HTTPResponse.Status(code: kept.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: kept.body)))
    }
}
