import Metrics
import Postgres
import Synchronization

/// Measures statements by lane and outcome, and counts what happens to connections.
final class StatementMetrics: DatabaseObserver {
    private let durations = Mutex<[String: Metrics.Timer]>([:])
    private let changes = Mutex<[String: Counter]>([:])
    private let factory: PrometheusRegistry

    init(factory: PrometheusRegistry) {
        self.factory = factory
    }

    func statementFinished(text: String, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?) {
        let outcome = outcome?.description ?? "ok"
        let timer = durations.withLock { all in
            let key = "\(lane.rawValue) \(outcome)"
            if let known = all[key] { return known }
            let made = Metrics.Timer(
                label: "database_statement_duration_seconds",
                dimensions: [("lane", lane.rawValue), ("outcome", outcome)],
                preferredDisplayUnit: .seconds, factory: factory)
            all[key] = made
            return made
        }
        let (seconds, attoseconds) = duration.components
        timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
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
