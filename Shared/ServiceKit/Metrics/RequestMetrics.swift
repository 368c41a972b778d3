import HTTPTypes
import Metrics
import Synchronization

/// Counts requests by route, method and status, and measures how long they took.
package final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Series {
        let requests: Counter
        let duration: Metrics.Timer
    }

    private static let known: [HTTPRequest.Method] = [.get, .post, .patch, .delete, .put, .head, .options]

    private let series = Mutex<[Key: Series]>([:])
    private let factory: PrometheusRegistry

    /// Counts into a registry.
    package init(factory: PrometheusRegistry) {
        self.factory = factory
    }

    /// Notes one answered request; the route is its template, never the path itself.
    func record(method: HTTPRequest.Method, route: String?, status: Int, duration: Duration) {
        let key = Key(
            route: route ?? "unmatched", method: Self.known.contains(method) ? method.rawValue : "other",
            status: status)
        let series = series.withLock { all in
            if let known = all[key] { return known }
            let made = make(key)
            all[key] = made
            return made
        }
        let (seconds, attoseconds) = duration.components
        series.requests.increment()
        series.duration.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private func make(_ key: Key) -> Series {
        let dimensions = [("route", key.route), ("method", key.method)]
        return Series(
            requests: Counter(
                label: "http_requests_total", dimensions: dimensions + [("status", String(key.status))],
                factory: factory),
            duration: Metrics.Timer(
                label: "http_request_duration_seconds", dimensions: dimensions, preferredDisplayUnit: .seconds,
                factory: factory))
    }
}
