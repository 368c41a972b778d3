import ServiceKit

/// The bounds of the live stream.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `events.streams` | streams at once | 10000 | 1-100000 |
/// | `events.streamsPerPrincipal` | streams at once with one key or session | 50 | 1-100000 |
/// | `events.heartbeatSeconds` | seconds | 15 | 1-300 |
/// | `events.authoriseSeconds` | seconds after which a credential is traded again | 60 | 5-300 |
struct EventLimits: Sendable {
    /// The most buffers that wait for a reader; one more, and it is cut and told to come back.
    static let waitingFrames = 64
    /// The most entries that wait while a reader is being sent what it missed.
    static let waitingEntries = 2_000

    var streams = 10_000
    var streamsPerPrincipal = 50
    var heartbeat: Duration = .seconds(15)
    var authorise: Duration = .seconds(60)

    init() {}

    init(_ settings: inout Settings) {
        streams = settings.integer("events.streams", default: streams, in: 1...100_000)
        streamsPerPrincipal = settings.integer(
            "events.streamsPerPrincipal", default: streamsPerPrincipal, in: 1...100_000)
        heartbeat = settings.seconds("events.heartbeatSeconds", default: 15, in: 1...300)
        authorise = settings.seconds("events.authoriseSeconds", default: 60, in: 5...300)
    }
}
