import Metrics
import Postgres
import Synchronization

/// Measures statements by lane and outcome, by their place in the code, and for the request that waits for them; counts
/// what happens to connections.
final class StatementMetrics: DatabaseObserver {
    private struct Key: Hashable {
        let lane: DatabaseLane
        let outcome: PostgresError.Code?
    }

    private struct Durations {
        /// By the lane's place: nearly every statement succeeds, and a look-up by name would cost as much as the count.
        var succeeded: [Metrics.Timer?] = Array(repeating: nil, count: DatabaseLane.allCases.count)
        var failed: [Key: Metrics.Timer] = [:]
    }

    /// A distribution each would be a dozen series: how often and how long in all is enough to find the slow one.
    private struct Place {
        let count: Counter
        let seconds: FloatingPointCounter
    }

    private let durations = Mutex(Durations())
    private let places = Mutex<[CallSite: Place]>([:])
    private let changes = Mutex<[String: Counter]>([:])
    private let factory: PrometheusRegistry

    init(factory: PrometheusRegistry) {
        self.factory = factory
    }

    func statementFinished(_ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        timer(lane, outcome).recordNanoseconds(nanoseconds)
        DatabaseTime.current?.add(nanoseconds: nanoseconds)
    }

    func statementFinished(at site: CallSite, duration: Duration) {
        let place = places.withLock { places in
            if let known = places[site] { return known }
            let dimensions = [("statement", site.description)]
            let made = Place(
                count: Counter(label: "database_statements_total", dimensions: dimensions, factory: factory),
                seconds: FloatingPointCounter(
                    label: "database_statement_seconds_total", dimensions: dimensions, factory: factory))
            places[site] = made
            return made
        }
        place.count.increment()
        place.seconds.increment(by: duration / .seconds(1))
    }

    private func timer(_ lane: DatabaseLane, _ outcome: PostgresError.Code?) -> Metrics.Timer {
        durations.withLock { durations in
            let place = Self.place(of: lane)
            let key = Key(lane: lane, outcome: outcome)
            if let known = outcome == nil ? durations.succeeded[place] : durations.failed[key] { return known }
            let made = Metrics.Timer(
                label: "database_statement_duration_seconds",
                dimensions: [("lane", lane.rawValue), ("outcome", outcome?.description ?? "ok")],
                preferredDisplayUnit: .seconds, factory: factory)
            if outcome == nil { durations.succeeded[place] = made } else { durations.failed[key] = made }
            return made
        }
    }

    private static func place(of lane: DatabaseLane) -> Int {
        switch lane {
        case .point: 0
        case .scan: 1
        case .exclusive: 2
        case .hint: 3
        }
    }

    func connectionChanged(_ change: ConnectionChange) {
        let counter = changes.withLock { all in
            let key = "\(change.lane.rawValue) \(change.kind.rawValue)"
            if let known = all[key] { return known }
            let made = Counter(
                label: "database_connection_changes_total",
                dimensions: [("lane", change.lane.rawValue), ("change", change.kind.rawValue)], factory: factory)
            all[key] = made
            return made
        }
        counter.increment()
    }
}
