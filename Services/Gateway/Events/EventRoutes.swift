import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// Opens live streams.
struct EventRoutes: Sendable {
    /// How long a reader that is cut off has for its last words.
    static let partingTime: Duration = .seconds(2)

    let relay: Relay
    /// `nil` when the gateway was given no database to read the stream from.
    let hub: EventHub?

    /// The operation's route.
    var route: Route {
        .lasting(Events.stream.contract) { request, context in try await open(request, context) }
    }

    private func open(_ request: Request, _ context: ExchangeContext) async throws -> Response {
        let (admission, standing) = try await relay.admit(request, context, Events.stream.contract)
        guard let admission else { throw Problem.unauthenticated() }
        guard admission.principal.permissions.contains(.workspaceRead) else {
            throw Problem.forbidden(.workspaceRead)
        }
        // Their own cases alone are for customers, and no entry says yet whose case it is.
        guard admission.principal.kind != .customer else {
            throw Problem(.forbidden, "The live stream is for the people of the workspace.")
        }
        guard request.uri.query?.isEmpty ?? true else {
            throw Problem(.invalidParameter, "This operation takes no parameters.")
        }
        guard let hub else { throw Problem.unavailable("This installation has no live stream.", retryAfterSeconds: 60) }
        var fields: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        limits.tell(standing, in: &fields)
        guard request.method != .head else { return Response(status: .ok, headers: fields) }
        let lease = try await lease(of: admission, request, context, hub)
        return Response(status: .ok, headers: fields, body: lease.body)
    }

    private var limits: RequestLimits { relay.limits }

    private func lease(
        of admission: Admission, _ request: Request, _ context: ExchangeContext, _ hub: EventHub
    ) async throws -> StreamLease {
        let reader = EventStream.Reader(
            principal: admission.principal, credential: relay.door.credential(of: request),
            kinds: VisibleKinds(admission.principal.permissions), authorisedAt: .now)
        let lease = StreamLease(
            hub: hub, stream: EventStream(reader: reader) { context.closeConnection(after: Self.partingTime) })
        try await hub.add(lease.stream, after: request.headers[.lastEventID])
        return lease
    }
}

/// A reader's place in the hub: given up when its answer is written or dropped.
private final class StreamLease: Sendable {
    let hub: EventHub
    let stream: EventStream

    init(hub: EventHub, stream: EventStream) {
        self.hub = hub
        self.stream = stream
    }

    deinit { hub.remove(stream) }

    var body: ResponseBody {
        ResponseBody { writer in
            for await frame in self.stream.frames { try await writer.write(frame) }
            try await writer.finish(nil)
        }
    }
}

extension HTTPField.Name {
    /// The last event that a reader has seen (HTML Living Standard, section 9.2.4).
    static let lastEventID: HTTPField.Name = {
        guard let name = HTTPField.Name("Last-Event-ID") else {
            preconditionFailure("a constant is a valid field name")
        }
        return name
    }()
}
