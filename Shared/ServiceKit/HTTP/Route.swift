import HTTPTypes
package import Hummingbird
package import Models
import NIOCore
import Postgres

/// One line of a service's route table: an endpoint and the handler that serves it.
package struct Route: Sendable {
    /// The operation without its types.
    package let contract: Contract
    let form: Form
    let respond: @Sendable (Request, ExchangeContext, RouteEnvironment) async throws -> Response

    /// What a route is made of, which decides what the table adds to it.
    enum Form: Sendable {
        /// A declared endpoint and its handler.
        case typed
        /// Several requests to the other routes.
        case batch
        /// An answer that comes from elsewhere as it is.
        case raw
        /// The same, where it may go on for hours.
        case lasting
    }

    /// Serves an endpoint with a handler.
    package static func on<Path, Query, Body, Output>(
        _ endpoint: Endpoint<Path, Query, Body, Output>,
        use handler: @escaping @Sendable (Call<Path, Query, Body>) async throws -> Answer<Output>
    ) -> Route {
        let contract = endpoint.contract
        let reader = RequestReader(endpoint)
        return Route(contract: contract, form: .typed) { request, context, environment in
            let caller = try await environment.authenticate(request, contract.access)
            let path = try reader.path(context.parameters)
            let query = try reader.query(request.uri.query, besides: environment.composedParameters)
            @Sendable func call(_ bytes: [UInt8]) throws -> Call<Path, Query, Body> {
                Call(
                    path: path, query: query, body: try reader.body(bytes, request.headers),
                    exchange: context.exchange,
                    ifMatch: try EntityTag.requiredVersion(ifMatch: request.headers[.ifMatch]), caller: caller,
                    idempotency: try environment.claim(contract, request, bytes, caller),
                    headers: CallHeaders(request.headers))
            }
            guard contract.method.isWrite else {
                let call = try call([])
                return response(try await handler(call), contract, ifNoneMatch: call.headers.ifNoneMatch)
            }
            return try await Deadline.run(within: TimeLimit(environment.bodyLimit, "The body")) { alarm in
                let bytes = try await environment.body(of: request)
                alarm.set(TimeLimit(context.requestLimit ?? environment.requestLimit, "The request"))
                let call = try call(bytes)
                let answer = try await environment.replaying(call.idempotency, by: caller, at: call.now) {
                    response(try await handler(call), contract, ifNoneMatch: nil)
                }
                if contract.keptAnswer != .none { environment.wakeConsumers() }
                return answer
            }
        }
    }

    /// Serves an operation whose answer is not made from types here: metrics, or what another process answers.
    ///
    /// The handler decides itself whom it lets in.
    package static func raw(
        _ contract: Contract, _ handler: @escaping @Sendable (Request, ExchangeContext) async throws -> Response
    ) -> Route {
        Route(contract: contract, form: .raw) { request, context, _ in try await handler(request, context) }
    }

    /// The same for an answer that may go on for hours: what it took to begin it is gone while it lasts.
    ///
    /// The path has no parameters.
    package static func lasting(
        _ contract: Contract, _ handler: @escaping @Sendable (Request, ExchangeContext) async throws -> Response
    ) -> Route {
        Route(contract: contract, form: .lasting) { request, context, _ in try await handler(request, context) }
    }

    private static func response<Output>(
        _ answer: Answer<Output>, _ contract: Contract, ifNoneMatch: String?
    ) -> Response {
        var headers = answer.headers
        if let tag = answer.entityTag {
            headers[.eTag] = tag.text
            if let ifNoneMatch, tag.isNamed(inIfNoneMatch: ifNoneMatch) {
                return Response(status: .notModified, headers: headers)
            }
        }
        let status = HTTPResponse.Status(code: answer.status ?? contract.success)
        guard !answer.body.isEmpty else { return Response(status: status, headers: headers) }
        headers[.contentType] = "application/json"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
