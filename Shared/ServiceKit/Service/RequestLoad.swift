import CoreMetrics
import Models
import Synchronization

/// How many requests may be under way in a process; one more is refused at once, so that those that were let in are
/// answered in time.
///
/// What tells of the process itself is always let in.
package final class RequestLoad: Sendable {
    private let limit: Int
    private let count = Atomic(0)
    private let refused: any CounterHandler

    /// Bounds the requests under way.
    ///
    /// - Parameters:
    ///   - limit: The most of them.
    ///   - metrics: Where they are shown: `http_requests_under_way` and `http_requests_shed_total`.
    package init(limit: Int, metrics: PrometheusRegistry) {
        self.limit = limit
        refused = metrics.makeCounter(label: "http_requests_shed_total", dimensions: [])
        let gauge = metrics.makeMeter(label: "http_requests_under_way", dimensions: [])
        metrics.beforeExposition { [weak self] in gauge.set(Int64(self?.count.load(ordering: .relaxed) ?? 0)) }
    }

    /// Begins a request; ``leave()`` ends it.
    ///
    /// - Throws: ``Problem`` 503 when too many are under way.
    func enter() throws(Problem) {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            refused.increment(by: 1)
            throw Problem.unavailable("Too many requests are under way; try again in a second.", retryAfterSeconds: 1)
        }
    }

    /// Ends a request that ``enter()`` began.
    func leave() {
        count.wrappingSubtract(1, ordering: .relaxed)
    }
}
