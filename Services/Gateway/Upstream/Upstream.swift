import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import NIOHTTP1
import ServiceKit

/// Passes a request on to a service and its answer back, both as streams.
struct Upstream: Sendable {
    let client: HTTPClient
    /// How long the service may take until its answer begins.
    let timeout: Duration

    /// Forwards a request.
    ///
    /// - Parameters:
    ///   - request: The request as it came.
    ///   - url: The service's base URL.
    ///   - token: The token that speaks for the caller; the caller's own credential goes no further.
    ///   - exchange: The id and trace that go along.
    /// - Returns: The service's answer; its body arrives as the service sends it.
    /// - Throws: ``Problem`` 503 when the service cannot be reached, 504 when its answer does not begin in time.
    func forward(
        _ request: Request, to url: String, token: String?, _ exchange: Exchange
    ) async throws -> Response {
        var forwarded = HTTPClientRequest(url: url + (request.head.path ?? "/"))
        forwarded.method = HTTPMethod(rawValue: request.method.rawValue)
        forwarded.headers = ForwardedFields.request(request.headers, token: token, exchange)
        if let length = request.headers[.contentLength].flatMap({ Int64($0) }) {
            if length > 0 { forwarded.body = .stream(request.body, length: .known(length)) }
        } else if request.headers[.transferEncoding] != nil {
            forwarded.body = .stream(request.body, length: .unknown)
        }
        let response = try await execute(forwarded, isRepeatable: !forwarded.hasBody && request.method == .get)
        let length = response.headers.first(name: "content-length").flatMap { Int($0) }
        return Response(
            status: HTTPResponse.Status(code: Int(response.status.code)),
            headers: ForwardedFields.response(response.headers),
            body: length == 0 || request.method == .head
                ? ResponseBody() : Self.stream(response.body, length: length))
    }

    /// A body that is passed on as it comes; when it breaks off, so does the answer.
    private static func stream(_ body: HTTPClientResponse.Body, length: Int?) -> ResponseBody {
        ResponseBody(contentLength: length) { writer in
            for try await buffer in body { try await writer.write(buffer) }
            try await writer.finish(nil)
        }
    }

    /// Sends the request; a GET once more when the service closed the idle connection at the same moment.
    private func execute(_ request: HTTPClientRequest, isRepeatable: Bool) async throws -> HTTPClientResponse {
        do {
            return try await client.execute(request, timeout: TimeAmount(timeout))
        } catch let error as HTTPClientError where isRepeatable && error == .remoteConnectionClosed {
            return try await translated { try await client.execute(request, timeout: TimeAmount(timeout)) }
        } catch {
            throw Self.problem(error)
        }
    }

    private func translated(
        _ work: () async throws -> HTTPClientResponse
    ) async throws -> HTTPClientResponse {
        do { return try await work() } catch { throw Self.problem(error) }
    }

    private static func problem(_ error: any Error) -> any Error {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            Problem(.deadlineExceeded, "The service did not answer in time.")
        case is CancellationError: error
        case is Problem: error
        default: Problem.unavailable("The service cannot be reached just now.", retryAfterSeconds: 1)
        }
    }
}

extension HTTPClientRequest {
    fileprivate var hasBody: Bool { body != nil }
}
