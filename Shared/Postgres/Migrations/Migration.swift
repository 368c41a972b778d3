/// One forward step of a schema: a file of SQL that is applied once and never edited after.
package struct Migration: Sendable, Hashable {
    /// The file's name without `.sql`, such as `m0001_create_team`; the order of names is the order of steps.
    package let name: String
    /// The file's text.
    ///
    /// One whose first line is `-- no-transaction` holds one statement, run outside a transaction.
    package let sql: String

    /// Names a step.
    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Whether the step runs outside a transaction, as `CREATE INDEX CONCURRENTLY` must.
    var isOutsideTransaction: Bool {
        sql.hasPrefix("-- no-transaction")
    }

    /// Whether the step waits for old transactions instead of keeping others out.
    var isConcurrent: Bool { isOutsideTransaction && words.contains("CONCURRENTLY") }

    /// The index that the step builds concurrently, and its table as the step names it; `nil` for any other step.
    var concurrentIndex: (name: String, table: String)? {
        let words = words
        guard isOutsideTransaction, words.first == "CREATE", let place = words.firstIndex(of: "CONCURRENTLY"),
            words.prefix(place).contains("INDEX"), words.count > place + 3, words[place + 2] == "ON"
        else { return nil }
        return (words[place + 1].filter { $0 != "\"" }, String(words[place + 3].prefix { $0 != "(" }))
    }

    /// The statement's words without comments on lines of their own; the style writes key words in capitals.
    private var words: [String] {
        sql.split(whereSeparator: \.isNewline).filter { !$0.drop { $0 == " " }.hasPrefix("--") }
            .flatMap { $0.split(separator: " ") }.map(String.init)
    }
}

/// Why migrations were refused.
package enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database lacks these steps.
    case behind(schema: String, missing: [String])
    /// An applied step's text is not the one that was applied.
    case edited(schema: String, name: String)
    /// A step is not applied although a later one is.
    case outOfOrder(schema: String, name: String)
    /// Two steps have one name, or the list is not in the order of names.
    case unordered(schema: String, name: String)
    /// Another runner held the lock for too long.
    case locked(schema: String)

    /// One sentence for the operator.
    package var description: String {
        switch self {
        case .behind(let schema, let missing):
            "schema \(schema) is behind, run `casebook migrate`; missing: \(missing.joined(separator: ", "))"
        case .edited(let schema, let name):
            "migration \(name) of schema \(schema) was edited after it was applied"
        case .outOfOrder(let schema, let name):
            "migration \(name) of schema \(schema) is not applied although a later one is"
        case .unordered(let schema, let name):
            "migration \(name) of schema \(schema) is out of order or there twice"
        case .locked(let schema):
            "another runner holds the migration lock of schema \(schema)"
        }
    }
}
