/// What the live stream says of a change: which record, and its version now.
///
/// Nothing more: whoever wants the rest reads the record, which checks again who may.
package struct ChangeNotice: Codable, Sendable {
    /// The kind of the record, such as `ticket`; more kinds may come.
    package let kind: String
    /// The record's id.
    package let id: ID<ChangeNotice>
    /// The record's version after the change.
    package let version: Int64

    /// Names a change.
    package init(kind: String, id: ID<ChangeNotice>, version: Int64) {
        self.kind = kind
        self.id = id
        self.version = version
    }
}

/// The live stream.
package enum Events {
    package static let stream = Endpoint<NoPath, NoQuery, NoBody, ChangeNotice>(
        .get, "/v1/events", "events.stream", .needs(.workspaceRead),
        "The changes of the records that the caller may see, as server-sent events from Last-Event-ID on.",
        problems: [.rateLimited])
}

extension ServiceName {
    /// The operations that the gateway answers itself.
    static let gatewayContracts: [Contract] = [Events.stream.contract]
}

extension Contract {
    /// The media type of a good answer's body.
    package var outputMediaType: String {
        if id == CalendarFeeds.read.contract.id { return "text/calendar" }
        return id == Events.stream.contract.id ? "text/event-stream" : "application/json"
    }
}
