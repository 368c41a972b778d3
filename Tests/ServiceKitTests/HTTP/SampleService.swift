import Configuration
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Models
import NIOCore
import Postgres
import TestSupport

@testable import ServiceKit

/// A service with one operation of each kind and no database, for tests of the edge.
struct SampleService {
    struct Note: Codable, Sendable {
        let id: ID<Note>
        let text: String
        let version: Int
    }

    struct WriteNote: Codable, Sendable {
        let text: Text<Label>
        let priority: Role
        let count: Int?
    }

    struct NoteQuery: Codable, Sendable {
        let limit: PageLimit?
        let cursor: Text<CursorText>?
        let isOpen: Bool?
    }

    static let show = Endpoint<IDPath<Note>, NoQuery, NoBody, Note>(
        .get, "/v1/notes/{id}", "notes.show", .needs(.workspaceRead), "One note.")
    static let list = Endpoint<NoPath, NoteQuery, NoBody, Page<Note>>(
        .get, "/v1/notes", "notes.list", .needs(.workspaceRead), "Notes.", problems: [.invalidCursor])
    static let write = Endpoint<NoPath, NoQuery, WriteNote, Note>(
        .post, "/v1/notes", "notes.write", .needs(.teamsWrite), "Writes a note.", success: 201)
    static let open = Endpoint<NoPath, NoQuery, NoBody, Note>(
        .get, "/v1/open", "notes.open", .open(reason: "For tests of operations that need nothing."), "An open note.")
    static let fail = Endpoint<NoPath, NoQuery, NoBody, Note>(
        .get, "/v1/failure", "notes.fail", .open(reason: "For tests of failures inside a handler."), "Fails.")

    let signer = TokenSigner()
    let metrics = PrometheusRegistry()
    let log = SampleLog()
    /// Stands still, so that no token ends while a busy machine gets to the test.
    var clock: ServiceClock = {
        let instant = Timestamp.now
        return ServiceClock { instant }
    }()
    var requestLimit = Duration.seconds(15)
    var failure: any Error = Unknown(secret: "SELECT relation \"users\" at /home/x.swift:1")

    struct Unknown: Error { let secret: String }

    private func routes() -> [Route] {
        let note = Note(id: ID<Note>.sample, text: "hello", version: 7)
        let failure = failure
        return [
            .on(Self.show) { call in
                guard call.path.id == ID<Note>.sample else { throw Problem.notFound("note") }
                return try .value(note, version: 7)
            },
            .on(Self.list) { call in
                try .value(Page(items: [note], nextCursor: call.query.limit.map { String($0.value) }))
            },
            .on(Self.write) { call in
                try .value(
                    Note(id: .make(at: call.now), text: call.body.text.value, version: Int(call.ifMatch ?? 1)),
                    location: "/v1/notes/x")
            },
            .on(Self.open) { _ in try .value(note) },
            .on(Self.fail) { _ in throw failure },
        ] + relatedRoutes + writingRoutes
    }

    /// Runs a body against the service's router.
    func test<Value: Sendable>(
        readiness: [Readiness.Check] = [], _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        var settings = Settings(ConfigReader(provider: InMemoryProvider(values: [:])), service: .identity)
        let base = ServiceBase(
            service: ServiceConfiguration(&settings, service: .identity, usesDatabase: false), configuration: (),
            clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: metrics, pool: nil)
        let application = ServiceApplication(
            name: .identity, assembly: Assembly(routes: routes()),
            environment: RouteEnvironment(
                verifier: signer.verifier(clock: clock), database: nil, requestLimit: requestLimit),
            base: base, checks: readiness)
        return try await Application(router: application.router).test(.router) { try await body($0) }
    }

    /// The header of a caller with permissions.
    func authorization(_ permissions: Set<Permission> = [.workspaceRead, .teamsWrite]) async throws -> HTTPFields {
        let now = clock.now()
        let principal = Principal.sample(permissions: permissions, expiresAt: now.adding(.seconds(60)))
        return [
            .authorization: "Bearer \(try await signer.token(for: principal, issuedAt: now))",
            .contentType: "application/json",
        ]
    }
}

extension TestResponse {
    /// The body as JSON.
    var json: JSONValue {
        get throws { try JSONParser.parse(Array(buffer: body)) }
    }

    /// The problem's code; `nil` when the answer is no problem.
    var problemCode: String? {
        guard headers[.contentType] == "application/problem+json", case .string(let code)? = try? json["code"]
        else { return nil }
        return code
    }

    /// The pointers of a problem's faults, with their codes.
    var faults: [String] {
        guard case .array(let errors)? = try? json["errors"] else { return [] }
        return errors.map { error in
            guard case .string(let pointer)? = error["pointer"], case .string(let code)? = error["code"] else {
                return "?"
            }
            return "\(pointer) \(code)"
        }
    }
}
