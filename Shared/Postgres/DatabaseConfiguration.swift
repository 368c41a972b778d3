/// How a process uses its database: addresses, connections, time limits and bounds.
///
/// Server-side timeouts are set when a session starts; client-side deadlines cover the wait in the queue as well.
package struct DatabaseConfiguration: Sendable {
    /// A libpq connection string or URI; TLS, several hosts and `target_session_attrs` by its own parameters.
    package var url: String
    /// What `pg_stat_activity` shows.
    ///
    /// Default `casebook`.
    package var applicationName: String = "casebook"

    /// Pipelined connections that many callers share, 1…32.
    ///
    /// Three, since more made little difference when measured.
    package var pointConnections: Int = 3
    /// Connections for lists and searches, one caller each at a time, 0…64.
    package var scanConnections: Int = 3
    /// Connections lent to one write or transaction at a time, 0…64.
    package var exclusiveConnections: Int = 4
    /// Whether one more connection listens and sends hints.
    ///
    /// Default true; `false` behind a transaction-pooling proxy.
    package var hintConnection: Bool = true

    /// The most callers that may wait in one lane, 1…100,000; one more fails with `queueFull`.
    package var queueLimit: Int = 1_000
    /// The most statements under way on one point connection, 1…1,000; more would wait behind a slow one.
    package var pipelineDepth: Int = 64

    /// `statement_timeout` of the point lane.
    package var pointTimeout: Duration = .milliseconds(250)
    /// `statement_timeout` of the scan lane.
    package var scanTimeout: Duration = .seconds(2)
    /// `statement_timeout` of the exclusive lane, where a call names none.
    package var exclusiveTimeout: Duration = .seconds(4)
    /// `lock_timeout` of the exclusive lane, where a call names none.
    package var lockTimeout: Duration = .seconds(2)
    /// `idle_in_transaction_session_timeout`: a forgotten transaction holds back every consumer's horizon.
    package var idleInTransactionTimeout: Duration = .seconds(5)

    /// Client-side deadline of a point read, with its wait in the queue.
    package var pointDeadline: Duration = .seconds(2)
    /// Client-side deadline of a scan, with its wait in the queue.
    package var scanDeadline: Duration = .seconds(5)
    /// Client-side deadline of a one-statement write, with its wait in the queue.
    package var writeDeadline: Duration = .seconds(5)
    /// How long one attempt to connect may take; libpq counts whole seconds and no fewer than 2.
    package var connectTimeout: Duration = .seconds(2)
    /// The wait after the first failed attempt to connect; it doubles with each further one, with jitter.
    package var reconnectDelay: Duration = .milliseconds(50)
    /// The longest wait between two attempts to connect.
    package var reconnectDelayLimit: Duration = .seconds(2)
    /// After this long without any connection in a lane its callers are refused at once instead of waiting.
    package var outageGrace: Duration = .seconds(2)
    /// How long after its deadline an unanswered statement keeps its connection before that is given up.
    package var drainGrace: Duration = .seconds(1)

    /// The most bytes of one result on the wire.
    ///
    /// Default 16 MiB.
    package var resultByteLimit: Int = 16 << 20
    /// The most rows of one result.
    package var resultRowLimit: Int = 10_000
    /// The most bytes of one statement's parameters.
    ///
    /// Default 32 MiB.
    package var parameterByteLimit: Int = 32 << 20
    /// The most prepared statements kept on one connection; the least recently used one goes.
    package var statementCacheLimit: Int = 256
    /// Whether statements are prepared by name; `false` for transaction-pooling proxies.
    package var prepared: Bool = true
    /// The least time between two hints that are sent.
    package var hintInterval: Duration = .milliseconds(20)

    /// A configuration with the defaults named at each property.
    package init(url: String) {
        self.url = url
    }
}
