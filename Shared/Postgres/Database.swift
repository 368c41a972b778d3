/// One PostgreSQL database as one role: its connections in lanes, and the ways to run statements on them.
///
/// It starts nothing by itself: `start()` opens the connections, `close(drainFor:)` ends them.
package final class Database: Sendable {
    /// The lanes for statements that change nothing; their sessions are read-only.
    package enum ReadLane: Sendable {
        /// Few pipelined connections shared by many callers: reads by key that cannot wait and take under 250 ms.
        case point
        /// One caller a connection: lists, searches, counts, up to 2 s.
        case scan

        var lane: DatabaseLane { self == .point ? .point : .scan }
    }

    let configuration: DatabaseConfiguration
    let engine: Engine
    let registry = StatementRegistry()
    private let observer: (any DatabaseObserver)?

    /// Takes the configuration; nothing is opened.
    package init(configuration: DatabaseConfiguration, observer: (any DatabaseObserver)? = nil) {
        self.configuration = configuration
        self.observer = observer
        self.engine = Engine(configuration: configuration, observer: observer)
    }

    /// Starts the I/O thread and opens the connections; a second call does nothing.
    package func start() {
        engine.start()
    }

    /// Refuses new work, waits for what is under way or queued, then closes all connections.
    ///
    /// - Parameter drainFor: The longest wait; what is unfinished then fails with code `closed`.
    package func close(drainFor: Duration = .seconds(5)) async {
        await engine.close(drainFor: drainFor)
    }

    /// Runs a read and answers its rows as they came.
    ///
    /// - Throws: ``PostgresError``; code `decoding` when a column has no form in JSON and no name with `_`.
    package func query(
        _ lane: ReadLane, in scope: Scope, _ sql: SQL, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> ResultSet {
        try await run(sql, .init(lane: lane.lane, scope: scope, forJSON: true), CallSite(file: file, line: line))
    }

    /// Runs a read and decodes its rows.
    ///
    /// - Throws: ``PostgresError``; code `decoding` when a row does not fit the type.
    package func query<Row: PostgresRow>(
        _ lane: ReadLane, in scope: Scope, _ sql: SQL, as type: Row.Type, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> [Row] {
        let options = CallOptions(lane: lane.lane, scope: scope, forJSON: false)
        return try await run(sql, options, CallSite(file: file, line: line)).rows(as: type)
    }

    /// Runs a read and decodes its first row, `nil` where there is none.
    ///
    /// - Throws: ``PostgresError``; code `decoding` when a row does not fit the type.
    package func first<Row: PostgresRow>(
        _ lane: ReadLane, in scope: Scope, _ sql: SQL, as type: Row.Type, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> Row? {
        try await query(lane, in: scope, sql, as: type, file: file, line: line).first
    }

    /// Runs one statement in a transaction of its own, in one round trip, and returns once it is committed.
    ///
    /// Cancelling the task after the statement was sent sends no cancel request, since one that meets the commit could
    /// make a false success: the call fails with code `cancelled` and execution `unknown`.
    ///
    /// - Throws: ``PostgresError``; code `outcomeUnknown` when the acknowledgement did not come.
    package func write(
        in scope: Scope, _ sql: SQL, timeouts: WriteTimeouts = .default, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> ResultSet {
        var options = CallOptions(
            lane: .exclusive, scope: scope.merging(timeouts), forJSON: true, deadline: timeouts.deadline)
        options.isWrite = true
        return try await run(sql, options, CallSite(file: file, line: line))
    }

    /// Runs one writing statement and decodes the rows of its `RETURNING`.
    ///
    /// - Throws: ``PostgresError``; code `outcomeUnknown` when the acknowledgement did not come. A row that does not
    ///   fit fails with code `decoding` after the commit.
    package func write<Row: PostgresRow>(
        in scope: Scope, _ sql: SQL, as type: Row.Type, timeouts: WriteTimeouts = .default, file: String = #fileID,
        line: Int = #line
    ) async throws(PostgresError) -> [Row] {
        var options = CallOptions(
            lane: .exclusive, scope: scope.merging(timeouts), forJSON: false, deadline: timeouts.deadline)
        options.isWrite = true
        return try await run(sql, options, CallSite(file: file, line: line)).rows(as: type)
    }

    /// Asks the server for a sign of life on the point lane.
    ///
    /// - Throws: ``PostgresError`` when none came.
    package func ping(file: String = #fileID, line: Int = #line) async throws(PostgresError) {
        _ = try await query(.point, in: .none, "SELECT 1 AS alive", file: file, line: line)
    }

    /// Connections open, in use and waited for at this moment.
    package var gauges: DatabaseGauges {
        engine.gauges
    }

    /// Asks for notifications of channels, over all reconnects, until the stream is dropped or its task cancelled.
    ///
    /// After each connect, and whenever the listener was too slow for the buffer of 256, the stream yields
    /// `.resynchronise`: notifications may have been missed, so look at the tables.
    package func listen(to channels: [String]) -> AsyncStream<Notification> {
        engine.listen(to: channels)
    }

    /// Sends a notification soon, at most one message every 20 ms for all hints together, equal ones as one.
    ///
    /// Best effort.
    package func hint(_ channel: String, _ payload: String = "") {
        engine.hint(channel: channel, payload: payload)
    }

    func observe(
        _ sql: SQL, at site: CallSite, _ lane: DatabaseLane, since start: ContinuousClock.Instant?,
        _ error: PostgresError?
    ) {
        guard let observer, let start else { return }
        let duration = ContinuousClock.now - start
        observer.statementFinished(sql, lane: lane, duration: duration, outcome: error?.code)
        observer.statementFinished(at: site, duration: duration)
    }

    func startObserving(_ sql: SQL) -> ContinuousClock.Instant? {
        guard let observer else { return nil }
        observer.statementStarted(sql)
        return ContinuousClock.now
    }

    private func run(_ sql: SQL, _ options: CallOptions, _ site: CallSite) async throws(PostgresError) -> ResultSet {
        let start = startObserving(sql)
        do throws(PostgresError) {
            let call = try Call(sql, options, registry, configuration)
            let box = try await engine.run(call)
            let result = ResultSet(box: box, statement: call.statement, site: site)
            if options.forJSON { try result.checkJSON() }
            observe(sql, at: site, options.lane, since: start, nil)
            return result
        } catch {
            observe(sql, at: site, options.lane, since: start, error)
            throw error.at(site, statement: sql.text)
        }
    }
}

extension Database {
    /// What a listener hears.
    package enum Notification: Sendable, Equatable {
        /// A notification that was sent.
        case message(channel: String, payload: String)
        /// Some may have been missed: look at the tables.
        case resynchronise
    }
}

/// Limits of one write that differ from the configuration's.
package struct WriteTimeouts: Sendable, Hashable {
    /// The configuration's limits.
    package static let `default` = WriteTimeouts()

    /// `statement_timeout`, `nil` for the lane's.
    package var statement: Duration?
    /// `lock_timeout`, `nil` for the lane's.
    package var lock: Duration?
    /// Client-side deadline with the wait in the queue, `nil` for the configuration's.
    package var deadline: Duration?

    /// Names the limits that differ.
    package init(statement: Duration? = nil, lock: Duration? = nil, deadline: Duration? = nil) {
        self.statement = statement
        self.lock = lock
        self.deadline = deadline
    }
}

extension Scope {
    func merging(_ timeouts: WriteTimeouts) -> Scope {
        guard timeouts.statement != nil || timeouts.lock != nil else { return self }
        var scope = self
        if let statement = timeouts.statement {
            scope = scope.adding("statement_timeout", statement.millisecondsText)
        }
        if let lock = timeouts.lock {
            scope = scope.adding("lock_timeout", lock.millisecondsText)
        }
        return scope
    }
}

extension Duration {
    /// Whole milliseconds rounded up, as PostgreSQL's settings take them, at least 1: 0 would mean no limit.
    var millisecondsText: String {
        String(max(1, milliseconds))
    }

    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
