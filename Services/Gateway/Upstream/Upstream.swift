import HTTPTypes
import Hummingbird
import Models
import NIOCore
import NIOHTTP1
import ServiceClient
import ServiceKit

/// Passes a request on to a copy of a service and its answer back; large bodies as streams.
struct Upstream: Sendable {
    /// Bodies up to this size are read whole before they go on: that is cheaper, and they can be sent again.
    static let wholeBodyLimitBytes = 65_536

    let links: LinkPool
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
    ///   - place: What is held until the whole answer has been written.
    /// - Returns: The service's answer; a large body arrives as the service sends it.
    /// - Throws: ``Problem`` 503 when the service cannot be reached, 504 when its answer does not begin in time.
    func forward(
        _ request: Request, to replicas: Replicas, _ voucher: Voucher, _ exchange: Exchange,
        holding place: UpstreamPlace? = nil
    ) async throws -> Response {
        let body = try await Self.body(of: request)
        let isSafeTwice = request.method == .get || request.method == .head || request.headers[.idempotencyKey] != nil
        let forwarded = LinkRequest(
            method: HTTPMethod(rawValue: request.method.rawValue), path: request.head.path ?? "/",
            headers: ForwardedFields.request(request.headers, voucher, exchange), body: body)
        let answer = try await send(forwarded, to: replicas, isSafeTwice: isSafeTwice)
        return Response(
            status: HTTPResponse.Status(code: Int(answer.status.code)),
            headers: ForwardedFields.response(answer.headers), body: Self.body(of: answer, holding: place))
    }

    /// The body of a request, read when it is small.
    private static func body(of request: Request) async throws -> LinkRequest.Body {
        if let text = request.headers[.contentLength] {
            guard let length = Int64(text) else { throw Problem(.malformedRequest, "Content-Length is no number.") }
            if length == 0 { return .none }
            guard length > wholeBodyLimitBytes else {
                return .whole(try await request.body.collect(upTo: wholeBodyLimitBytes))
            }
            return .passing(PassingBody(request.body), length: length)
        }
        guard request.headers[.transferEncoding] != nil else { return .none }
        return .passing(PassingBody(request.body), length: nil)
    }

    /// The body of an answer; one that is passed on as it comes breaks off where the service's does.
    private static func body(of answer: LinkAnswer, holding place: UpstreamPlace?) -> ResponseBody {
        switch answer.body {
        case .none: ResponseBody()
        // One write instead of three.
        case .whole(let buffer): ResponseBody(byteBuffer: buffer)
        case .parts(let parts, let length):
            ResponseBody(contentLength: length) { writer in
                for try await part in parts { try await writer.write(part) }
                try await writer.finish(nil)
                _ = place
            }
        }
    }

    private func send(
        _ request: LinkRequest, to replicas: Replicas, isSafeTwice: Bool
    ) async throws -> LinkAnswer {
        var breaks = 0
        var giveUpAt: ContinuousClock.Instant?
        while true {
            guard let address = replicas.choose() else { throw Self.unreachable }
            do {
                return try await links.send(request, to: address, within: timeout)
            } catch LinkFailure.unreached {
                replicas.noteUnreachable(address)
                let end = giveUpAt ?? (.now + patience)
                giveUpAt = end
                guard ContinuousClock.now < end else { throw Self.unreachable }
                try await Task.sleep(for: .milliseconds(replicas.addresses.count > 1 ? 5 : 50))
            } catch LinkFailure.broken where isSafeTwice && request.isWhole && breaks < 2 {
                breaks += 1
            } catch {
                throw Self.problem(error, ofCaller: !request.isWhole)
            }
        }
    }

    /// What the caller is told; what it sent itself while its body was passed on may be at fault.
    private static func problem(_ error: any Error, ofCaller: Bool) -> any Error {
        switch error {
        case LinkFailure.crowded:
            Problem.unavailable("Too many requests are under way; try again in a second.", retryAfterSeconds: 1)
        case LinkFailure.late: Problem(.deadlineExceeded, "The service did not answer in time.")
        case is HTTPParserError where ofCaller: error
        case is CancellationError, is Problem: error
        default: unreachable
        }
    }

    private static var unreachable: Problem {
        .unavailable("The service cannot be reached just now.", retryAfterSeconds: 1)
    }
}
