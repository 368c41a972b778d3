import ServiceKit

/// What customers is configured with besides ``ServiceConfiguration``: nothing yet.
struct CustomersConfiguration: Sendable {
    /// Reads nothing.
    init(_ settings: inout Settings) {}
}
