import Synchronization

/// An open transaction on a connection of its own.
///
/// It is valid inside of the body that received it; a use after it ended throws code `closed`.
package struct Transaction: Sendable {
    let lease: Lease
    let database: Database
    let hints = CommitHints()

    /// Runs a statement.
    ///
    /// - Throws: ``PostgresError`` with execution `failed`; the transaction cannot commit after an error.
    package func query(
        _ sql: SQL, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> ResultSet {
        try await run(sql, forJSON: true, CallSite(file: file, line: line))
    }

    /// Runs a statement and decodes its rows.
    ///
    /// - Throws: ``PostgresError`` with execution `failed`, or code `decoding` when a row does not fit the type.
    package func query<Row: PostgresRow>(
        _ sql: SQL, as type: Row.Type, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> [Row] {
        try await run(sql, forJSON: false, CallSite(file: file, line: line)).rows(as: type)
    }

    /// Runs a statement and decodes its first row, `nil` where there is none.
    ///
    /// - Throws: ``PostgresError`` with execution `failed`, or code `decoding` when a row does not fit the type.
    package func first<Row: PostgresRow>(
        _ sql: SQL, as type: Row.Type, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> Row? {
        try await query(sql, as: type, file: file, line: line).first
    }

    /// Sends a notification soon after the commit, and none without one: whoever wakes sees what it tells of.
    ///
    /// Best effort.
    package func hint(_ channel: String) { hints.add(channel) }

    private func run(_ sql: SQL, forJSON: Bool, _ site: CallSite) async throws(PostgresError) -> ResultSet {
        let start = database.startObserving(sql)
        do throws(PostgresError) {
            let options = CallOptions(lane: .exclusive, scope: .none, forJSON: forJSON)
            let call = try Call(sql, options, database.registry, database.configuration)
            let box = try await database.engine.run(call, in: lease)
            let result = ResultSet(box: box, statement: call.statement, site: site)
            if forJSON { try result.checkJSON() }
            database.observe(sql, at: site, .exclusive, since: start, nil)
            return result
        } catch {
            database.observe(sql, at: site, .exclusive, since: start, error)
            throw error.at(site, statement: sql.text)
        }
    }
}

/// The channels that are told of a transaction when it has been committed.
final class CommitHints: Sendable {
    private let noted = Mutex<Set<String>>([])

    func add(_ channel: String) { noted.withLock { _ = $0.insert(channel) } }

    func send(through database: Database) {
        for channel in noted.withLock({ $0 }) { database.hint(channel) }
    }
}

/// How a transaction runs.
package struct TransactionOptions: Sendable {
    /// The isolation levels of PostgreSQL; see "Transaction Isolation" in its manual.
    package enum Isolation: Sendable {
        /// Each statement sees what was committed before it.
        case readCommitted
        /// All statements see one snapshot.
        case repeatableRead
        /// As if transactions ran one after another; can fail with 40001.
        case serializable
    }

    /// The isolation level.
    package var isolation: Isolation
    /// `false` lets the commit return before its log record is on disk: it can be lost in a crash, in order.
    package var synchronousCommit: Bool
    /// `lock_timeout` in this transaction, `nil` for the lane's.
    package var lockTimeout: Duration?
    /// `statement_timeout` in this transaction, `nil` for the lane's.
    package var statementTimeout: Duration?
    /// The longest the whole may take, with the wait for a connection; the driver ends the transaction then.
    package var deadline: Duration
    /// Whether writes are refused.
    package var readOnly: Bool

    /// Names what differs from an ordinary transaction.
    package init(
        isolation: Isolation = .readCommitted, synchronousCommit: Bool = true, lockTimeout: Duration? = nil,
        statementTimeout: Duration? = nil, deadline: Duration = .seconds(5), readOnly: Bool = false
    ) {
        self.isolation = isolation
        self.synchronousCommit = synchronousCommit
        self.lockTimeout = lockTimeout
        self.statementTimeout = statementTimeout
        self.deadline = deadline
        self.readOnly = readOnly
    }

    /// The statement that begins such a transaction.
    var begin: SQL {
        switch (isolation, readOnly) {
        case (.readCommitted, false): "BEGIN ISOLATION LEVEL READ COMMITTED"
        case (.readCommitted, true): "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"
        case (.repeatableRead, false): "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case (.repeatableRead, true): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case (.serializable, false): "BEGIN ISOLATION LEVEL SERIALIZABLE"
        case (.serializable, true): "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"
        }
    }

    /// The settings that such a transaction needs beside the caller's.
    func scope(adding scope: Scope) -> Scope {
        var scope = scope.merging(WriteTimeouts(statement: statementTimeout, lock: lockTimeout))
        if !synchronousCommit { scope = scope.adding("synchronous_commit", "off") }
        return scope
    }
}
