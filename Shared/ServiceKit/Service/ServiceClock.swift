package import Models

/// Where a service reads the time, so that tests can set it.
package struct ServiceClock: Sendable {
    /// The instant now.
    package let now: @Sendable () -> Timestamp

    /// Takes a source of time.
    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// The system's clock.
    package static let system = ServiceClock { Timestamp.now }
}
