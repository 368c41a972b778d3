final class Lease: Sendable {}
struct TransactionPrelude: Sendable {
    init(_ options: TransactionOptions, _ scope: Scope, _ database: Database) throws(PostgresError) {}
}
final class Engine: Sendable {
    let notYet = PostgresError(.closed, .notExecuted, "the engine is being built")
    init(configuration: DatabaseConfiguration, observer: (any DatabaseObserver)?) {}
    func start() {}
    func close(drainFor: Duration) async {}
    func run(_ call: Call) async throws(PostgresError) -> ResultBox { throw notYet }
    func run(_ call: Call, in lease: Lease) async throws(PostgresError) -> ResultBox { throw notYet }
    func acquire(_ prelude: TransactionPrelude, deadline: Duration) async throws(PostgresError) -> Lease { throw notYet }
    func commit(_ lease: Lease) async throws(PostgresError) { throw notYet }
    func rollback(_ lease: Lease) async {}
    func listen(to channels: [String]) -> AsyncStream<Database.Notification> { AsyncStream { $0.finish() } }
    func hint(channel: String, payload: String) {}
    var gauges: DatabaseGauges {
        let none = LaneGauge(open: 0, inUse: 0, waiting: 0)
        return DatabaseGauges(point: none, scan: none, exclusive: none, hint: none)
    }
}
