extension Transaction {
    /// Copies rows into a temporary table of this transaction; COPY into a table under row-level security is refused by
    /// the server.
    ///
    /// - Parameters:
    ///   - table: The table's name, `schema.name` or a name alone; it is quoted here.
    ///   - columns: The columns, in the order of each row's values.
    ///   - rows: The rows; pulled as fast as the server takes them, never held all at once.
    /// - Returns: The number of rows.
    /// - Throws: ``PostgresError``; nothing of the transaction is kept then.
    package func copy<Rows: Sequence<[PostgresParameter?]>>(
        into table: String, columns: [String], rows: Rows, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> Int {
        throw PostgresError(.closed, .notExecuted, "the engine is being built")
    }
}
