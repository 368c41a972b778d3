import NIOCore
import NIOHTTP1

/// A request as a link sends it.
struct LinkRequest: Sendable {
    enum Body: Sendable {
        case none
        case whole(ByteBuffer)
        /// A body that comes while it goes on; its length, where the client has said it.
        case passing(PassingBody, length: Int64?)
    }

    let method: HTTPMethod
    /// The path with its query, as the client sent it.
    let path: String
    /// All fields but `Host` and what frames the body.
    let headers: HTTPHeaders
    let body: Body

    /// Whether its body was read before, so that what breaks is the service's end and not the caller's.
    var isWhole: Bool {
        if case .passing = body { return false }
        return true
    }

    /// The head for one copy of the service.
    func head(to target: LinkTarget) -> HTTPRequestHead {
        var fields = headers
        fields.add(name: "host", value: target.authority)
        switch body {
        case .none:
            // RFC 9110, section 8.6: a method that has a use for a body says that there is none.
            if method == .POST || method == .PUT || method == .PATCH { fields.add(name: "content-length", value: "0") }
        case .whole(let buffer): fields.add(name: "content-length", value: String(buffer.readableBytes))
        case .passing(_, let length?): fields.add(name: "content-length", value: String(length))
        case .passing(_, nil): fields.add(name: "transfer-encoding", value: "chunked")
        }
        let path = target.prefix.isEmpty ? path : target.prefix + path
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: fields)
    }
}

/// What came back.
struct LinkAnswer: Sendable {
    typealias Parts = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, LinkDemand
    >

    enum Body: Sendable {
        case none
        case whole(ByteBuffer)
        /// A body that is still coming; its length, where the service has said it.
        case parts(Parts, length: Int?)
    }

    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: Body
}

/// Why no answer came, or not all of it.
enum LinkFailure: Error {
    /// As many wait for a connection as may.
    case crowded
    /// No connection came about in time, or at all.
    case unreached
    /// The connection ended after the request was sent and before its answer began.
    case broken
    /// The connection ended in the middle of an answer.
    case cutOff
    /// The answer, or its next part, did not come in time.
    case late
}
