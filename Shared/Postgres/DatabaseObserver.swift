/// Hears about every finished statement and every change of a connection: for metrics, and for tests that record the
/// texts of statements.
///
/// Calls come from many threads and must return at once; ``connectionChanged(_:)`` must not call into the database.
package protocol DatabaseObserver: Sendable {
    /// A statement is about to be sent. The default does nothing.
    ///
    /// - Parameter statement: The statement; its text has `$n`, never a value.
    func statementStarted(_ statement: SQL)
    /// A statement ended.
    ///
    /// - Parameters:
    ///   - statement: The statement; its text has `$n`, never a value.
    ///   - lane: Where it ran.
    ///   - duration: From the call to the answer, with the wait in the queue.
    ///   - outcome: `nil` for success, otherwise the kind of failure.
    func statementFinished(_ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?)
    /// A statement ended, well or not. The default does nothing.
    ///
    /// - Parameters:
    ///   - site: Where it stands in the code: its name.
    ///   - duration: From the call to the answer, with the wait in the queue.
    func statementFinished(at site: CallSite, duration: Duration)
    /// A connection was opened, lost or refused.
    func connectionChanged(_ change: ConnectionChange)
}

extension DatabaseObserver {
    /// Does nothing.
    package func statementStarted(_ statement: SQL) {}
    /// Does nothing.
    package func statementFinished(at site: CallSite, duration: Duration) {}
}

/// The sets of connections of one database.
package enum DatabaseLane: String, Sendable, CaseIterable {
    /// Pipelined reads by key.
    case point
    /// Lists, searches and counts.
    case scan
    /// Writes and transactions.
    case exclusive
    /// LISTEN and NOTIFY.
    case hint
}

/// What happened to a connection.
package struct ConnectionChange: Sendable {
    /// The kinds of change.
    package enum Kind: String, Sendable {
        /// A session began.
        case opened
        /// A session ended without being asked to.
        case lost
        /// An attempt to connect failed.
        case refused
    }

    /// The lane of the connection.
    package let lane: DatabaseLane
    /// The kind of change.
    package let kind: Kind
    /// libpq's words, where it was lost or refused.
    ///
    /// They can name hosts and roles, never a password.
    package let message: String
}

/// How the connections of one lane are used at this moment.
package struct LaneGauge: Sendable, Equatable {
    /// Connections that are open.
    package let open: Int
    /// Connections with a statement under way or lent to a transaction.
    package let inUse: Int
    /// Callers that wait.
    package let waiting: Int
}

/// How the connections of a database are used at this moment.
package struct DatabaseGauges: Sendable, Equatable {
    /// The point lane.
    package let point: LaneGauge
    /// The scan lane.
    package let scan: LaneGauge
    /// The exclusive lane.
    package let exclusive: LaneGauge
    /// The hint connection.
    package let hint: LaneGauge
}
