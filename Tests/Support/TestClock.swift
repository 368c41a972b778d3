package import Models
package import ServiceKit
import Synchronization

/// A clock that a test sets.
package final class TestClock: Sendable {
    private let instant: Mutex<Timestamp>

    /// Starts at an instant, without its fraction of a second.
    package init(_ start: Timestamp = .now) {
        instant = Mutex(Timestamp(microseconds: start.microseconds / 1_000_000 * 1_000_000))
    }

    /// The instant that it shows.
    package var now: Timestamp { instant.withLock { $0 } }
    /// Lets time pass.
    package func advance(by duration: Duration) { instant.withLock { $0 = $0.adding(duration) } }
    /// Sets it.
    package func set(_ time: Timestamp) { instant.withLock { $0 = time } }
    /// As a service reads it.
    package var service: ServiceClock { ServiceClock { [self] in now } }
}

extension Timestamp {
    /// Noon of 15 January 2026, UTC.
    package static let noon = instant("2026-01-15T12:00:00Z")

    /// An instant from its text; the start of 1970 for a text that is none.
    package static func instant(_ text: String) -> Timestamp { Timestamp(text) ?? Timestamp(microseconds: 0) }
}
