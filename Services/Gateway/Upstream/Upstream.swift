import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceClient
import ServiceKit

/// Passes a request on to a copy of a service and its answer back; large bodies as streams.
struct Upstream: Sendable {
    /// Bodies up to this size are read whole before they go on: that is cheaper, and they can be sent again.
    static let wholeBodyLimitBytes = 65_536

    let client: HTTPClient
    /// How long the service may take until its answer begins.
    let timeout: Duration
    /// How long a service of which no copy can be reached is waited for.
    var patience: Duration = .seconds(2)

    /// Forwards a request.
    ///
    /// A request goes to another copy when the first could not be reached, or when the connection broke and sending it
    /// twice does its effect once.
    ///
    /// - Parameters:
    ///   - request: The request as it came.
    ///   - replicas: The service's copies.
    ///   - voucher: The token that speaks for the caller, whose own credential goes no further.
    ///   - exchange: The id and trace that go along.
    /// - Returns: The service's answer; a large body arrives as the service sends it.
    /// - Throws: ``Problem`` 503 when the service cannot be reached, 504 when its answer does not begin in time.
    func forward(
        _ request: Request, to replicas: Replicas, _ voucher: Voucher, _ exchange: Exchange
    ) async throws -> Response {
        var forwarded = HTTPClientRequest(url: "")
        forwarded.method = HTTPMethod(rawValue: request.method.rawValue)
        forwarded.headers = ForwardedFields.request(request.headers, voucher, exchange)
        let passing = try await Self.copyBody(of: request, to: &forwarded)
        let isSafeTwice = request.method == .get || request.method == .head || request.headers[.idempotencyKey] != nil
        let attempt = Attempt(
            path: request.head.path ?? "/", replicas: replicas, isWhole: passing == nil,
            isRepeatable: passing == nil && isSafeTwice)
        let end = ContinuousClock.now + timeout
        do {
            let response = try await execute(forwarded, attempt)
            let answer = try await Self.answer(response, hasBody: request.method != .head, until: end)
            await passing?.stop()
            return answer
        } catch {
            await passing?.stop()
            throw error
        }
    }

    /// Where a request goes, and whether it may go twice once it was sent.
    private struct Attempt {
        let path: String
        let replicas: Replicas
        /// Whether its body was read before, so that what breaks is the service's end and not the caller's.
        let isWhole: Bool
        let isRepeatable: Bool
    }

    /// Takes the body over.
    ///
    /// - Returns: The body on its way; `nil` when it was read whole.
    private static func copyBody(
        of request: Request, to forwarded: inout HTTPClientRequest
    ) async throws -> PassingBody? {
        if let text = request.headers[.contentLength] {
            guard let length = Int64(text) else { throw Problem(.malformedRequest, "Content-Length is no number.") }
            if length == 0 { return nil }
            guard length > wholeBodyLimitBytes else {
                forwarded.body = .bytes(try await request.body.collect(upTo: wholeBodyLimitBytes))
                return nil
            }
            let passing = PassingBody(request.body)
            forwarded.body = .stream(passing, length: .known(length))
            return passing
        }
        guard request.headers[.transferEncoding] != nil else { return nil }
        let passing = PassingBody(request.body)
        forwarded.body = .stream(passing, length: .unknown)
        return passing
    }

    private static func answer(
        _ response: HTTPClientResponse, hasBody: Bool, until end: ContinuousClock.Instant
    ) async throws -> Response {
        let length = response.headers.first(name: "content-length").flatMap { Int($0) }
        let body: ResponseBody
        if length == 0 || !hasBody {
            body = ResponseBody()
        } else if let length, length <= wholeBodyLimitBytes {
            // One write instead of three.
            do {
                body = ResponseBody(byteBuffer: try await whole(response.body, until: end))
            } catch {
                throw problem(error, ofCaller: false)
            }
        } else {
            body = stream(response.body, length: length)
        }
        return Response(
            status: HTTPResponse.Status(code: Int(response.status.code)),
            headers: ForwardedFields.response(response.headers), body: body)
    }

    /// A small body; a service that sends it in drops is given up like one that does not answer at all.
    private static func whole(
        _ body: HTTPClientResponse.Body, until end: ContinuousClock.Instant
    ) async throws -> ByteBuffer {
        var whole = ByteBuffer()
        for try await part in body {
            if whole.readableBytes == 0 { whole = part } else { whole.writeImmutableBuffer(part) }
            guard ContinuousClock.now < end else { throw HTTPClientError.deadlineExceeded }
        }
        return whole
    }

    /// A body that is passed on as it comes; when it breaks off, so does the answer.
    private static func stream(_ body: HTTPClientResponse.Body, length: Int?) -> ResponseBody {
        ResponseBody(contentLength: length) { writer in
            for try await buffer in body { try await writer.write(buffer) }
            try await writer.finish(nil)
        }
    }

    private func execute(_ request: HTTPClientRequest, _ attempt: Attempt) async throws -> HTTPClientResponse {
        var request = request
        var breaks = 0
        var giveUpAt: ContinuousClock.Instant?
        while true {
            guard let address = attempt.replicas.choose() else { throw Self.unreachable }
            request.url = address + attempt.path
            do {
                return try await client.execute(request, timeout: TimeAmount(timeout))
            } catch  where Self.isUnreached(error) {
                attempt.replicas.noteUnreachable(address)
                let end = giveUpAt ?? (.now + patience)
                giveUpAt = end
                guard ContinuousClock.now < end else { throw Self.unreachable }
                try await Task.sleep(for: .milliseconds(attempt.replicas.addresses.count > 1 ? 5 : 50))
            } catch  where attempt.isRepeatable && breaks < 2 && Self.isBroken(error) {
                breaks += 1
            } catch {
                throw Self.problem(error, ofCaller: !attempt.isWhole)
            }
        }
    }

    /// Whether a request was never sent, since no connection came about.
    private static func isUnreached(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        if let error = error as? IOError { return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode) }
        return (error as? HTTPClientError) == .connectTimeout
    }

    /// Whether the connection ended before an answer began: a copy that stops closes its idle connections.
    private static func isBroken(_ error: any Error) -> Bool {
        if let error = error as? HTTPClientError { return error == .remoteConnectionClosed }
        if case .invalidEOFState? = error as? HTTPParserError { return true }
        return error is IOError || (error as? ChannelError) == .ioOnClosedChannel
    }

    /// What the caller is told; what it sent itself while its body was passed on may be at fault.
    private static func problem(_ error: any Error, ofCaller: Bool) -> any Error {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
            Problem(.deadlineExceeded, "The service did not answer in time.")
        case is HTTPParserError where ofCaller: error
        case is CancellationError, is Problem: error
        default: unreachable
        }
    }

    private static var unreachable: Problem {
        .unavailable("The service cannot be reached just now.", retryAfterSeconds: 1)
    }
}
