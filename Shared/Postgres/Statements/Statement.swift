import Synchronization

/// A statement's text with its parameter types, shared by all calls that run it, and what is known of its result.
final class Statement: Sendable {
    let id: UInt64
    let text: String
    let types: [UInt32]
    /// The text with its closing NUL, as libpq wants it.
    let cText: [CChar]
    private let known = Mutex<ResultColumns?>(nil)

    init(id: UInt64, text: String, types: [UInt32]) {
        self.id = id
        self.text = text
        self.types = types
        self.cText = text.utf8.map { CChar(bitPattern: $0) } + [0]
    }

    /// The columns as first seen, `nil` before.
    var columns: ResultColumns? {
        known.withLock { $0 }
    }

    /// The columns of a result of this statement; worked out once, and anew when a table was altered.
    func columns(of result: ResultBox) -> ResultColumns {
        if let columns, columns.fit(result) { return columns }
        let columns = ResultColumns(of: result)
        known.withLock { $0 = columns }
        return columns
    }
}

/// Finds the one `Statement` of a text and its parameter types.
final class StatementRegistry: Sendable {
    private struct Key: Hashable {
        let template: String
        let types: [UInt32]
    }

    private struct State {
        var nextID: UInt64 = 1
        var statements: [Key: Statement] = [:]
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: The most statements that are remembered; beyond it all are forgotten and found anew.
    init(limit: Int = 4_096) {
        self.limit = limit
    }

    /// The statement of a text and its values' types.
    ///
    /// A text is checked when it is first seen.
    ///
    /// - Throws: ``PostgresError`` with code `invalidParameter` for NUL in the text, for COPY, and for a text whose
    ///   marks are not those of its values.
    func statement(of sql: SQL) throws(PostgresError) -> Statement {
        let key = Key(template: sql.template, types: sql.parameters.map(\.type.oid))
        return try state.withLock { state throws(PostgresError) in
            if let statement = state.statements[key] { return statement }
            try Self.check(sql)
            if state.statements.count >= limit { state.statements.removeAll() }
            let statement = Statement(id: state.nextID, text: sql.text, types: key.types)
            state.nextID += 1
            state.statements[key] = statement
            return statement
        }
    }

    private static func check(_ sql: SQL) throws(PostgresError) {
        guard !sql.template.utf8.contains(0), PlaceholderText.count(in: sql.template) == sql.parameters.count else {
            throw PostgresError(.invalidParameter, .notExecuted, "the statement's text contains a control character")
        }
        guard !isCopy(sql.template) else {
            throw PostgresError(.invalidParameter, .notExecuted, "COPY needs Transaction.copy")
        }
    }

    /// A pipeline cannot carry COPY: libpq would wait for data that nobody sends.
    private static func isCopy(_ text: String) -> Bool {
        let word = text.utf8.drop { $0 <= UInt8(ascii: " ") }.prefix(5)
        guard word.count == 5, let last = word.last else { return false }
        return word.prefix(4).elementsEqual("copy".utf8, by: { $0 | 0x20 == $1 }) && last <= UInt8(ascii: "(")
    }
}
