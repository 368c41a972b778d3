/// What went wrong with a statement, and whether it can have had an effect.
///
/// `description` holds no data (it may be logged and counted); `debugDescription` holds the server's words, the
/// statement and the call site, which can quote stored values.
package struct PostgresError: Error, Sendable {
    /// The kind of failure, an open set.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name, as it stands in descriptions.
        package let description: String

        /// Names a kind.
        package init(_ name: String) {
            self.description = name
        }
    }

    /// Whether the statement can have run, and whether what it did can have been kept.
    package enum Execution: String, Sendable {
        /// It never ran. It can be tried again.
        case notExecuted
        /// It ran or began to, and left nothing.
        case failed
        /// It may have been committed. Only its key, or a read, can tell.
        case unknown
    }

    private final class Storage: Sendable {
        let code: Code
        let execution: Execution
        let report: ServerReport?
        let message: String
        let statement: String?
        let file: String
        let line: Int
        let underlying: (any Error)?

        init(
            code: Code, execution: Execution, report: ServerReport?, message: String, statement: String?,
            site: CallSite,
            underlying: (any Error)?
        ) {
            self.code = code
            self.execution = execution
            self.report = report
            self.message = message
            self.statement = statement
            self.file = site.file
            self.line = site.line
            self.underlying = underlying
        }
    }

    private let storage: Storage

    init(
        _ code: Code, _ execution: Execution, _ message: String, report: ServerReport? = nil, statement: String? = nil,
        site: CallSite = .unknown, underlying: (any Error)? = nil
    ) {
        storage = Storage(
            code: code, execution: execution, report: report, message: message, statement: statement, site: site,
            underlying: underlying)
    }

    /// The kind of failure.
    package var code: Code { storage.code }
    /// Whether the statement can have had an effect.
    package var execution: Execution { storage.execution }
    /// The five characters of SQLSTATE, where the server reported the failure.
    package var sqlState: String? { storage.report?.sqlState }
    /// The violated constraint's name, where the server named one.
    package var constraint: String? { storage.report?.constraint }
    /// The table's name, where the server named one.
    package var table: String? { storage.report?.table }
    /// The column's name, where the server named one.
    package var column: String? { storage.report?.column }
    /// Where in functions the server was when it failed (`PG_DIAG_CONTEXT`); names functions, never values of rows.
    package var context: String? { storage.report?.context }
    /// The file of the call that failed.
    package var file: String { storage.file }
    /// The line of the call that failed.
    package var line: Int { storage.line }
    /// The error that caused this one.
    package var underlying: (any Error)? { storage.underlying }
    /// The server's or the driver's words.
    ///
    /// They can quote values: for debugging, not for answers and logs.
    package var message: String { storage.message }

    /// The same failure with the statement and the call site that it belongs to.
    func at(_ site: CallSite, statement: String) -> PostgresError {
        PostgresError(
            code, execution, message, report: storage.report, statement: statement, site: site, underlying: underlying)
    }

    /// The same failure, judged anew as to its effect.
    func with(code: Code? = nil, execution: Execution) -> PostgresError {
        PostgresError(
            code ?? self.code, execution, message, report: storage.report, statement: storage.statement,
            site: CallSite(file: file, line: line), underlying: underlying)
    }
}

extension PostgresError.Code {
    /// The server refused or failed the statement; `sqlState` says why.
    package static let server = Self("server")
    /// The connection broke while the statement was under way.
    package static let connectionLost = Self("connectionLost")
    /// No connection could be had.
    package static let connectionUnavailable = Self("connectionUnavailable")
    /// The client-side deadline passed, in the queue or under way.
    package static let deadlineExceeded = Self("deadlineExceeded")
    /// The server cancelled the statement, mostly by `statement_timeout` (57014).
    package static let statementTimeout = Self("statementTimeout")
    /// A lock was not to be had in `lock_timeout` (55P03).
    package static let lockTimeout = Self("lockTimeout")
    /// As many callers wait as the lane allows.
    package static let queueFull = Self("queueFull")
    /// The calling task was cancelled.
    package static let cancelled = Self("cancelled")
    /// The result passed the limit of rows or bytes.
    package static let resultTooLarge = Self("resultTooLarge")
    /// A write was sent and its acknowledgement was not received, or came with a warning that it may be lost.
    package static let outcomeUnknown = Self("outcomeUnknown")
    /// A value or a statement that PostgreSQL cannot take: NUL, invalid UTF-8, too many, out of range.
    package static let invalidParameter = Self("invalidParameter")
    /// A column did not fit the row type, or cannot be written as JSON.
    package static let decoding = Self("decoding")
    /// The database is closed or was not started, or the transaction has ended.
    package static let closed = Self("closed")
}

extension PostgresError {
    /// SQLSTATE 23505.
    package var isUniqueViolation: Bool { sqlState == "23505" }
    /// SQLSTATE 23503.
    package var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// SQLSTATE 23514.
    package var isCheckViolation: Bool { sqlState == "23514" }
    /// SQLSTATE 23502.
    package var isNotNullViolation: Bool { sqlState == "23502" }
    /// SQLSTATE 40001: run the transaction again.
    package var isSerializationFailure: Bool { sqlState == "40001" }
    /// SQLSTATE 40P01: run the transaction again.
    package var isDeadlock: Bool { sqlState == "40P01" }
    /// Nothing was kept and the cause passes by itself: lost or missing connection before the commit, lock timeout,
    /// serialization failure, deadlock, full queue.
    package var isRetryable: Bool {
        guard execution != .unknown else { return false }
        let passing: Set<Code> = [.connectionLost, .connectionUnavailable, .queueFull, .lockTimeout]
        return passing.contains(code) || isSerializationFailure || isDeadlock
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code, SQLSTATE, constraint, table and effect: no data and no statement.
    package var description: String {
        var text = "PostgresError(\(code), \(execution.rawValue)"
        if let sqlState { text += ", sqlState: \(sqlState)" }
        if let constraint { text += ", constraint: \(constraint)" }
        if let table { text += ", table: \(table)" }
        return text + ")"
    }

    /// Everything known, with the server's message, the statement and the call site.
    package var debugDescription: String {
        var text = "\(description) \(message)"
        if let detail = storage.report?.detail { text += " detail: \(detail)" }
        if let statement = storage.statement { text += " statement: \(statement)" }
        text += " at \(file):\(line)"
        if let underlying { text += " because of \(String(reflecting: underlying))" }
        return text
    }
}

/// Where a call stands in the source: for errors, and as the statement's name in metrics.
package struct CallSite: Sendable, Hashable, CustomStringConvertible {
    static let unknown = CallSite(file: "unknown", line: 0)

    let file: String
    let line: Int

    /// `Tickets/TicketStore.swift:31`.
    package var description: String { "\(file):\(line)" }
}

/// The fields of an error that the server sent; see "Error and Notice Message Fields" in the PostgreSQL manual.
struct ServerReport: Sendable {
    let sqlState: String
    let message: String
    let detail: String?
    let constraint: String?
    let table: String?
    let column: String?
    let context: String?
}
