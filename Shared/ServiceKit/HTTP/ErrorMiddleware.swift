import HTTPTypes
package import Hummingbird
import Logging
import Models
import NIOCore

/// The edge of a service: gives each exchange its id, trace and instant, turns every error into a problem answer,
/// counts, logs each request once, and puts the security headers on.
package struct ErrorMiddleware: RouterMiddleware {
    /// The context that carries the exchange.
    package typealias Context = ExchangeContext

    let clock: ServiceClock
    let metrics: RequestMetrics
    /// What bounds the requests under way; `nil` for the parts of a request, which was let in as a whole.
    private(set) var load: RequestLoad?
    let logger: Logger
    /// Whether browsers are told to come back by TLS only.
    let isReachedByTLS: Bool

    /// The same for the parts of a request.
    var ofParts: ErrorMiddleware {
        var copy = self
        copy.load = nil
        return copy
    }

    /// Handles one exchange.
    package func handle(
        _ request: Request, context: ExchangeContext,
        next: (Request, ExchangeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let started = ContinuousClock.now
        let exchange = Exchange(request.headers, now: clock.now())
        context.exchange = exchange
        // The time of a request's parts is the request's own.
        let time = DatabaseTime.current ?? DatabaseTime()
        var response: Response
        do {
            response = try await DatabaseTime.$current.withValue(time) {
                try await bounded(request) { try await next(request, context) }
            }
            logger.debug("request answered", metadata: metadata(request, exchange, status: response.status.code))
        } catch {
            response = answer(to: error, request, exchange)
        }
        // Set, not appended: behind the gateway's edge a service's edge has set them already.
        response.headers[.requestID] = exchange.requestID
        response.headers[.traceparent] = exchange.trace.traceparent
        if let timing = time.field { response.headers[.serverTiming] = timing }
        SecurityHeaders.apply(to: &response.headers, isReachedByTLS: isReachedByTLS)
        metrics.record(
            method: request.method, route: context.endpointPath, status: response.status.code,
            duration: ContinuousClock.now - started)
        return response
    }

    private func bounded(_ request: Request, _ work: () async throws -> Response) async throws -> Response {
        // Only the API is bounded: whether the process lives must be answered most of all when it is busy.
        guard let load, request.head.path?.utf8.starts(with: "/v1/".utf8) ?? false else { return try await work() }
        try load.enter()
        defer { load.leave() }
        return try await work()
    }

    private func answer(to error: any Error, _ request: Request, _ exchange: Exchange) -> Response {
        let problem = Problem.describing(error)
        log(error, problem, request, exchange)
        return Response(problem: problem, requestID: exchange.requestID)
    }

    private func log(_ error: any Error, _ problem: Problem, _ request: Request, _ exchange: Exchange) {
        let isOurs = problem.code.status >= 500
        var metadata = metadata(request, exchange, status: problem.code.status)
        metadata["problem.code"] = "\(problem.code.word)"
        if isOurs { metadata["error"] = "\(String(reflecting: error))" }
        logger.log(level: isOurs ? .error : .debug, "request failed", metadata: metadata)
    }

    private func metadata(_ request: Request, _ exchange: Exchange, status: Int) -> Logger.Metadata {
        [
            "request.id": "\(exchange.requestID)", "trace.id": "\(exchange.trace.traceID)",
            "http.method": "\(request.method.rawValue)", "http.status": "\(status)",
        ]
    }
}

extension Response {
    /// A problem as an answer (RFC 9457).
    init(problem: Problem, requestID: String) {
        var headers: HTTPFields = [.contentType: "application/problem+json"]
        for (name, value) in problem.headers.sorted(by: { $0.key < $1.key }) {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        self.init(
            status: HTTPResponse.Status(code: problem.code.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.document(requestID: requestID))))
    }
}
