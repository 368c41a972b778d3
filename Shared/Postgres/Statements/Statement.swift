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
        let text: String
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

    func statement(text: String, parameters: [PostgresParameter]) -> Statement {
        let key = Key(text: text, types: parameters.map(\.type.oid))
        return state.withLock { state in
            if let statement = state.statements[key] { return statement }
            if state.statements.count >= limit { state.statements.removeAll() }
            let statement = Statement(id: state.nextID, text: text, types: key.types)
            state.nextID += 1
            state.statements[key] = statement
            return statement
        }
    }
}
