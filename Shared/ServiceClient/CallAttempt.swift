import AsyncHTTPClient
import Models
import NIOCore
import NIOHTTP1

/// One call, sent as often as it is repeated: each time the same request under the same key.
struct CallAttempt<Output: Codable & Sendable>: Sendable {
    let client: ServiceClient
    let target: CallTarget
    let replicas: Replicas
    let request: EndpointRequest<Output>
    let context: CallContext
    let options: CallOptions
    /// When the call must have ended, with all its attempts.
    let end: ContinuousClock.Instant
    private let key: String?

    init(
        client: ServiceClient, target: CallTarget, replicas: Replicas, request: EndpointRequest<Output>,
        context: CallContext, options: CallOptions, end: ContinuousClock.Instant
    ) {
        self.client = client
        self.target = target
        self.replicas = replicas
        self.request = request
        self.context = context
        self.options = options
        self.end = end
        let takesKey = request.contract.method.isWrite && Self.takesKey(request.contract.keptAnswer)
        key = takesKey ? options.idempotencyKey ?? ID<CallTarget>.make(at: .now).description : nil
    }

    /// Whether sending it twice does its effect once.
    var isRepeatable: Bool {
        key != nil || options.isRepeatable || request.contract.method == .get || request.contract.method == .delete
    }

    /// Sends the request once.
    func send() async throws(UpstreamError) -> UpstreamAnswer<Output> {
        let left = end - client.time.now()
        guard left > .zero else { throw UpstreamError(.deadlineExceeded, target) }
        guard let address = replicas.choose() else { throw UpstreamError(.notSent, target) }
        do {
            let prepared = try await prepare(address)
            let response = try await client.http.execute(prepared, timeout: TimeAmount(left))
            let body = try await response.body.collect(upTo: client.configuration.answerLimit)
            return try read(response, Array(buffer: body))
        } catch {
            let error = judged(error)
            if error.code == .unreachable { replicas.noteUnreachable(address) }
            throw error
        }
    }

    private func prepare(_ address: String) async throws -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: address + request.target)
        prepared.method = HTTPMethod(rawValue: request.contract.method.rawValue)
        prepared.headers.add(name: "Accept", value: "application/json")
        prepared.headers.add(name: "X-Request-Id", value: context.requestID)
        if let traceparent = context.traceparent { prepared.headers.add(name: "traceparent", value: traceparent) }
        if let key { prepared.headers.add(name: "Idempotency-Key", value: key) }
        if let version = options.ifMatch { prepared.headers.add(name: "If-Match", value: "\"\(version)\"") }
        if let token = try await token() { prepared.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let body = request.body {
            prepared.headers.add(name: "Content-Type", value: "application/json")
            prepared.body = .bytes(body)
        }
        return prepared
    }

    private func token() async throws -> String? {
        if let token = context.token { return token }
        do {
            return try await client.token(target.service)
        } catch {
            throw UpstreamError(.notSent, target, underlying: error)
        }
    }

    private func read(_ response: HTTPClientResponse, _ body: [UInt8]) throws -> UpstreamAnswer<Output> {
        let status = Int(response.status.code)
        guard (200...299).contains(status) else {
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            throw UpstreamError(
                .problem, target, status: status, problem: UpstreamProblem.read(body, status: status),
                retryAfter: seconds.map { .seconds($0) })
        }
        return UpstreamAnswer(
            value: try output(body, status), status: status, etag: response.headers.first(name: "ETag"),
            location: response.headers.first(name: "Location"),
            isReplay: response.headers.first(name: "Idempotent-Replayed") == "true")
    }

    private func output(_ body: [UInt8], _ status: Int) throws -> Output {
        if let none = NoContent() as? Output { return none }
        do {
            return try WireJSON.decode(Output.self, from: body)
        } catch {
            throw UpstreamError(.malformedAnswer, target, status: status, underlying: error)
        }
    }

    private func judged(_ error: any Error) -> UpstreamError {
        switch error {
        case let error as UpstreamError: error
        case is NIOTooManyBytesError: UpstreamError(.answerTooLarge, target, underlying: error)
        case is CancellationError: UpstreamError(.cancelled, target, underlying: error)
        case let error as HTTPClientError where error == .deadlineExceeded:
            UpstreamError(.deadlineExceeded, target, underlying: error)
        case let error as HTTPClientError where error == .cancelled:
            UpstreamError(Task.isCancelled ? .cancelled : .deadlineExceeded, target, underlying: error)
        default: UpstreamError(.unreachable, target, underlying: error)
        }
    }

    private static func takesKey(_ kept: KeptAnswer) -> Bool {
        if case .none = kept { false } else { true }
    }
}

/// A problem as another service wrote it.
enum UpstreamProblem {
    /// Reads problem+json; `nil` when it is not of our form.
    static func read(_ body: [UInt8], status: Int) -> Problem? {
        guard let document = try? WireJSON.decode(Document.self, from: body) else { return nil }
        let code = Problem.Code(document.code, status, document.title ?? "")
        return Problem(code, document.detail ?? "", errors: document.errors ?? [])
    }

    private struct Document: Decodable {
        let code: String
        let title: String?
        let detail: String?
        let errors: [FieldError]?
    }
}
