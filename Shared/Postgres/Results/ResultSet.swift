/// The rows that a statement answered, as libpq received them; nothing is converted before it is asked for.
package struct ResultSet: Sendable {
    let box: ResultBox
    let statement: Statement
    let site: CallSite
    private let columns: ResultColumns

    init(box: ResultBox, statement: Statement, site: CallSite) {
        self.box = box
        self.statement = statement
        self.site = site
        columns = statement.columns(of: box)
    }

    /// The number of rows.
    package var count: Int { box.rowCount }
    /// Rows inserted, updated, deleted or selected, as the command's tag says.
    package var affectedRows: Int { box.affectedRows }

    /// Whether there is a column of that name.
    package func has(_ column: String) -> Bool { columns.index(of: column) != nil }

    /// Decodes all rows by column name.
    ///
    /// - Throws: ``PostgresError`` with code `decoding`, naming column, types, statement and call site.
    package func rows<Row: PostgresRow>(as type: Row.Type) throws(PostgresError) -> [Row] {
        do throws(PostgresDecodingError) {
            return try decodeRows(type, columns)
        } catch {
            throw failure(error, "\(type)")
        }
    }

    /// One value by column name.
    ///
    /// The row must be in `0..<count`.
    package func value<Value: PostgresDecodable>(
        _ column: String, row: Int = 0, as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        do throws(PostgresDecodingError) {
            guard box.rowCount > row, row >= 0 else { throw .invalid("the result has no row \(row)") }
            return try RowReader(result: box, columns: columns, row: row, log: nil).decode(column)
        } catch {
            throw failure(error, "\(type)")
        }
    }

    /// The text form of one value, `nil` for NULL.
    ///
    /// The row must be in `0..<count`.
    package func text(_ column: String, row: Int = 0) throws(PostgresError) -> String? {
        try value(column, row: row, as: String?.self)
    }

    /// Appends one row as a JSON object; see ``appendJSONArray(rows:to:)``.
    package func appendJSONObject(row: Int, to bytes: inout [UInt8]) throws(PostgresError) {
        try appendJSON(rows: row..<(row + 1), asArray: false, to: &bytes)
    }

    /// Appends rows as a JSON array of objects, straight from the bytes of the result.
    ///
    /// Columns are members in their order; dots in a name nest (`AS "price.amount"`), and a nested group whose
    /// columns are all NULL is `null`. Columns whose name starts with `_` are for the service and are not written.
    ///
    /// - Throws: ``PostgresError`` with code `decoding` when a column's type or value has no form in JSON; nothing is
    ///   appended then.
    package func appendJSONArray(rows: Range<Int>, to bytes: inout [UInt8]) throws(PostgresError) {
        try appendJSON(rows: rows, asArray: true, to: &bytes)
    }

    /// Refuses a result whose columns have no form in JSON, before any of it is used.
    func checkJSON() throws(PostgresError) {
        guard case .failure(let error) = columns.json else { return }
        throw failure(error.decodingError, "JSON")
    }

    private func appendJSON(rows: Range<Int>, asArray: Bool, to bytes: inout [UInt8]) throws(PostgresError) {
        guard rows.lowerBound >= 0, rows.upperBound <= count else {
            throw failure(.invalid("the result has no rows \(rows)"), "JSON")
        }
        switch columns.json {
        case .failure(let error):
            throw failure(error.decodingError, "JSON")
        case .success(let layout):
            do throws(PostgresDecodingError) {
                try JSONRowWriter.append(box, rows: rows, layout: layout, asArray: asArray, to: &bytes)
            } catch {
                throw failure(error, "JSON")
            }
        }
    }

    private func decodeRows<Row: PostgresRow>(
        _ type: Row.Type, _ columns: ResultColumns
    ) throws(PostgresDecodingError) -> [Row] {
        let declared = Row.columns
        for name in declared where columns.index(of: name) == nil { throw .missingColumn(name) }
        for name in columns.names where !declared.contains(name) { throw .unmappedColumn(name) }
        var rows: [Row] = []
        rows.reserveCapacity(count)
        for row in 0..<count {
            let log = row == 0 ? ReadLog() : nil
            rows.append(try Row(row: RowReader(result: box, columns: columns, row: row, log: log)))
            guard let log, log.read.count < columns.names.count else { continue }
            for (index, name) in columns.names.enumerated() where !log.read.contains(index) {
                throw .unmappedColumn(name)
            }
        }
        return rows
    }

    private func failure(_ error: PostgresDecodingError, _ wanted: String) -> PostgresError {
        PostgresError(
            .decoding, .unknown, "reading \(wanted): \(error)", statement: statement.text, site: site, underlying: error
        )
    }
}
