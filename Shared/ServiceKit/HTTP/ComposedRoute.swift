import HTTPTypes
import Hummingbird
import Models
import NIOCore

/// A read whose answer can be narrowed by `fields=` and joined with others by `include=`.
///
/// Both work on the bytes of finished answers: handlers and statements know nothing of them.
struct ComposedRoute: Sendable {
    private let route: Route
    private let composition: Composition
    private let environment: RouteEnvironment

    init(_ route: Route, _ composition: Composition, _ environment: RouteEnvironment) {
        self.route = route
        self.composition = composition
        self.environment = environment.adding(parameters: composition.parameters)
    }

    /// Answers a request, with or without the two parameters.
    func respond(_ request: Request, _ context: ExchangeContext) async throws -> Response {
        guard let query = request.uri.query, Composition.mayBeAsked(in: query) else {
            return try await route.respond(request, context, environment)
        }
        // Before the parameters are looked at, as everywhere.
        _ = try await environment.authenticate(request, route.contract.access)
        let asked = try composition.asked(in: query)
        let response = try await route.respond(plain(request, asked), context, environment)
        guard response.status == .ok, asked.fields != nil || !asked.relations.isEmpty else { return response }
        return try await compose(response, asked, request, context)
    }

    /// The request as its route knows it.
    private func plain(_ request: Request, _ asked: Composition.Asked) -> Request {
        var head = request.head
        head.path = asked.rest.isEmpty ? request.uri.path : "\(request.uri.path)?\(asked.rest)"
        // What else the answer shows has versions of its own.
        if !asked.relations.isEmpty { head.headerFields[.ifNoneMatch] = nil }
        return Request(head: head, body: request.body)
    }

    private func compose(
        _ response: Response, _ asked: Composition.Asked, _ request: Request, _ context: ExchangeContext
    ) async throws -> Response {
        var headers = response.headers
        var bytes = try await response.bytes()
        if let fields = asked.fields {
            bytes = try JSONNarrowing.narrowed(bytes, to: fields, isList: composition.isList)
        }
        if !asked.relations.isEmpty {
            headers[.eTag] = nil
            bytes.removeLast()
            for relation in asked.relations {
                let answer = try await related(relation, request, context)
                guard answer.status == .ok else { return answer.response }
                if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.append(relation, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                bytes.append(contentsOf: answer.body)
            }
            bytes.append(UInt8(ascii: "}"))
        }
        headers[.contentLength] = nil
        return Response(
            status: response.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// What the relation's own route answers: the same caller, its own permission, its first page.
    private func related(
        _ relation: String, _ request: Request, _ context: ExchangeContext
    ) async throws -> InnerAnswer {
        guard let inner = environment.inner else {
            throw Problem(.internalError, "Report the request id if it happens again.")
        }
        let path = request.uri.path
        let record = path.hasSuffix("/") ? path.dropLast() : path[...]
        let part = InnerRequest(method: .get, path: "\(record)/\(relation)")
        return try await inner.answer(to: part, of: request, context)
    }
}
