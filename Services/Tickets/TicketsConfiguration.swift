import ServiceKit

/// What tickets is configured with besides ``ServiceConfiguration``: nothing yet.
struct TicketsConfiguration: Sendable {
    /// Reads nothing.
    init(_ settings: inout Settings) {}
}
