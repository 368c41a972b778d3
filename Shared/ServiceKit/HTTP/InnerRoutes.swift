import HTTPTypes
import Hummingbird
import Models
import NIOCore
import Synchronization

/// A service's own routes as the parts of a request call them: through an edge like the outer one, without a socket.
///
/// A part has the permissions, checks, transaction and log of a request of its own; only its caller, its id and its
/// trace are those of the request that it belongs to.
struct InnerRoutes: Sendable {
    private let responder: RouterResponder<ExchangeContext>

    /// Puts routes behind an edge.
    init(_ table: RouteTable, _ edge: ErrorMiddleware, _ environment: RouteEnvironment) {
        let router = Router(context: ExchangeContext.self)
        router.add(middleware: edge)
        table.register(on: router, environment)
        responder = router.buildResponder()
    }

    /// What a route answers to a part.
    func answer(
        to part: InnerRequest, of request: Request, _ context: ExchangeContext
    ) async throws -> InnerAnswer {
        var context = context
        // A box that both would write their template to.
        context.coreContext.endpointPath = EndpointPath()
        context.requestLimit = part.limit
        let head = HTTPRequest(
            method: part.method, scheme: nil, authority: nil, path: part.path,
            headerFields: fields(of: part, request.headers, context.exchange))
        let body = part.body.map { RequestBody(buffer: ByteBuffer(bytes: $0)) }
        let response = try await responder.respond(
            to: Request(head: head, body: body ?? RequestBody(buffer: ByteBuffer())), context: context)
        return InnerAnswer(status: response.status, headers: response.headers, body: try await response.bytes())
    }

    private func fields(of part: InnerRequest, _ outer: HTTPFields, _ exchange: Exchange) -> HTTPFields {
        var fields = part.headers
        if let credential = outer.only(.authorization) { fields[.authorization] = credential }
        fields[.requestID] = exchange.requestID
        fields[.traceparent] = exchange.trace.traceparent
        // Where a body is missing, that is what is wrong, and not its type.
        fields[.contentType] = "application/json"
        fields[.contentLength] = String(part.body?.count ?? 0)
        return fields
    }
}

/// A part of a request: what it asks of another route of the same service.
struct InnerRequest: Sendable {
    let method: HTTPRequest.Method
    /// The path, without a query.
    let path: String
    var headers = HTTPFields()
    /// The JSON of the body; `nil` for none.
    var body: [UInt8]?
    /// The longest time for a write; the route's own when it is `nil`.
    var limit: Duration?
}

/// What a part was answered, whole.
struct InnerAnswer: Sendable {
    let status: HTTPResponse.Status
    let headers: HTTPFields
    let body: [UInt8]

    /// The part's answer as that of the request.
    var response: Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Response {
    /// The bytes of the body, written into memory instead of a socket.
    consuming func bytes() async throws -> [UInt8] {
        let collector = BodyCollector()
        try await body.write(collector)
        return collector.bytes.withLock { $0 }
    }
}

/// Gathers the parts of a body.
private final class BodyCollector: ResponseBodyWriter, Sendable {
    let bytes = Mutex<[UInt8]>([])

    func write(_ buffer: ByteBuffer) async throws {
        bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
