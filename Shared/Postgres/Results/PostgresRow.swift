/// A Swift value made of one row, decoded by column name.
///
/// The type owns its column list once, and its initialiser reads every column of it:
///
/// ```swift
/// struct TeamRow: PostgresRow {
///     static let columns = ["id", "name"]
///     let id: UUID
///     let name: String
///     init(row: borrowing RowReader) throws(PostgresDecodingError) {
///         id = try row.decode("id")
///         name = try row.decode("name")
///     }
/// }
/// ```
package protocol PostgresRow: Sendable {
    /// The names of the columns. A result that lacks one or has another fails.
    static var columns: [String] { get }
    /// Reads one row. A column of the list that is never read fails.
    init(row: borrowing RowReader) throws(PostgresDecodingError)
}

/// Reads the columns of one row by name.
package struct RowReader: ~Copyable {
    private let result: ResultBox
    private let columns: ResultColumns
    private let row: Int
    private let log: ReadLog?

    init(result: ResultBox, columns: ResultColumns, row: Int, log: ReadLog?) {
        self.result = result
        self.columns = columns
        self.row = row
        self.log = log
    }

    /// Reads a column as the wanted type; an optional type accepts NULL.
    ///
    /// - Throws: ``PostgresDecodingError`` when there is no such column or the value does not fit.
    package borrowing func decode<Value: PostgresDecodable>(
        _ name: String, as type: Value.Type = Value.self
    ) throws(PostgresDecodingError) -> Value {
        guard let index = columns.index(of: name) else { throw .missingColumn(name) }
        log?.note(index)
        do throws(PostgresDecodingError) {
            return try Value.decode(result.string(row: row, column: index), type: columns.types[index])
        } catch {
            throw .column(name, error)
        }
    }
}

/// Which columns an initialiser read, kept for the first row of a result.
final class ReadLog {
    private(set) var read: Set<Int> = []

    func note(_ column: Int) {
        read.insert(column)
    }
}
