import HTTPTypes
import Models
import NIOCore
import NIOHTTP1

/// An answer that the connection gives by itself, before any route sees the request.
struct EdgeAnswer {
    let head: HTTPResponseHead
    let body: ByteBuffer

    /// Writes a problem as the routes' edge would, and says that the connection ends.
    init(_ problem: Problem) {
        let requestID = Exchange([:], now: .now).requestID
        body = ByteBuffer(bytes: problem.document(requestID: requestID))
        var headers = HTTPHeaders([
            ("Content-Type", "application/problem+json"), ("Content-Length", String(body.readableBytes)),
            ("Connection", "close"), ("X-Request-Id", requestID), ("Cache-Control", "no-store"),
        ])
        for (name, value) in problem.headers.sorted(by: { $0.key < $1.key }) { headers.add(name: name, value: value) }
        for field in SecurityHeaders.api { headers.add(name: field.name.rawName, value: field.value) }
        head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: problem.code.status), headers: headers)
    }

    static let malformed = Problem(.malformedRequest, "The request is not HTTP/1.1 as RFC 9112 has it.")
    static let headTooLarge = Problem(
        Problem.Code("head_too_large", 431, "The header fields are too large"),
        "The request line and the header fields are more, or larger, than this server takes.")
    static let headTooSlow = Problem(
        Problem.Code("request_timeout", 408, "The request did not come in time"),
        "The header fields did not end in time.")
    static let tooManyConnections = Problem.unavailable(
        "Too many connections are open; try again soon.", retryAfterSeconds: 2)
}
