import Crypto
import HTTPTypes
import Hummingbird
package import Models
import NIOCore

extension Route {
    /// Serves a batch: each operation goes through the service's own routes, one after the other.
    package static func batch(_ endpoint: Endpoint<NoPath, NoQuery, Batch, BatchResults>) -> Route {
        let contract = endpoint.contract
        let reader = RequestReader(endpoint)
        return Route(contract: contract, form: .batch) { request, context, environment in
            let caller = try await environment.authenticate(request, contract.access)
            _ = try reader.query(request.uri.query)
            let bytes = try await Deadline.run(within: environment.bodyLimit, "The body") {
                try await environment.body(of: request)
            }
            let batch = try reader.body(bytes, request.headers)
            _ = try EntityTag.requiredVersion(ifMatch: request.headers[.ifMatch])
            let claim = try environment.claim(contract, request, bytes, caller)
            var headers: HTTPFields = [
                .contentType: "application/json", .internalCost: String(max(1, batch.operations.count)),
            ]
            if let claim, let caller, let replay = environment.replay,
                try await replay.isRepeated(claim, in: caller.workspace, at: context.exchange.now)
            {
                headers[.idempotentReplayed] = "true"
            }
            guard let inner = environment.inner else {
                throw Problem(.internalError, "Report the request id if it happens again.")
            }
            let run = BatchRun(
                routes: inner, request: request, context: context, end: .now + environment.requestLimit)
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: try await run.results(of: batch.operations))))
        }
    }
}

/// The operations of one batch on their way.
///
/// The time for a request is the time for them all. When it has passed, the operation that is under way is given up as
/// a request of its own would be, and those that follow are not begun; each says so in its place, so that what was done
/// before is told.
private struct BatchRun: Sendable {
    let routes: InnerRoutes
    let request: Request
    let context: ExchangeContext
    /// When the time for the request has passed.
    let end: ContinuousClock.Instant

    /// The whole answer.
    func results(of operations: [BatchOperation]) async throws -> [UInt8] {
        var bytes = Array("{\"results\":[".utf8)
        for (index, operation) in operations.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let left = end - .now
            if left > .zero, !Task.isCancelled {
                let part = part(operation, index, within: left)
                append(try await routes.answer(to: part, of: request, context), to: &bytes)
            } else {
                appendNotBegun(to: &bytes)
            }
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }

    private func part(_ operation: BatchOperation, _ index: Int, within limit: Duration) -> InnerRequest {
        var headers = HTTPFields()
        if let tag = operation.ifMatch { headers[.ifMatch] = tag }
        if let key = request.headers[.idempotencyKey] { headers[.idempotencyKey] = Self.key(key, index) }
        return InnerRequest(
            method: operation.method.http, path: operation.path, headers: headers,
            body: operation.body.map(JSONWriter.bytes), limit: limit)
    }

    /// An operation's own key: a repeat of the batch repeats each, and each by its place.
    private static func key(_ key: String, _ index: Int) -> String {
        "batch-" + Base64URL.encode(SHA256.hash(data: Array("\(index) \(key)".utf8)))
    }

    /// The bytes of an answer are JSON already: they stand in the result as they are.
    private func append(_ answer: InnerAnswer, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: "{\"status\":\(answer.status.code)".utf8)
        for (name, field) in [("location", HTTPField.Name.location), ("etag", .eTag)] {
            guard let value = answer.headers[field] else { continue }
            bytes.append(contentsOf: ",\"\(name)\":".utf8)
            JSONWriter.append(value, to: &bytes)
        }
        if let seconds = answer.headers[.retryAfter].flatMap({ Int($0) }) {
            bytes.append(contentsOf: ",\"retry_after\":\(seconds)".utf8)
        }
        if !answer.body.isEmpty {
            bytes.append(contentsOf: ",\"body\":".utf8)
            bytes.append(contentsOf: answer.body)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private func appendNotBegun(to bytes: inout [UInt8]) {
        let problem = Problem(
            .deadlineExceeded, "The time for the request had passed before this operation was begun: send it again.")
        bytes.append(contentsOf: "{\"status\":\(problem.code.status),\"body\":".utf8)
        bytes.append(contentsOf: problem.document(requestID: context.exchange.requestID))
        bytes.append(UInt8(ascii: "}"))
    }
}

extension BatchMethod {
    /// The method of HTTP.
    fileprivate var http: HTTPRequest.Method {
        switch self {
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }
}
