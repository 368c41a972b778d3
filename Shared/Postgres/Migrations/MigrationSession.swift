import CLibpq

/// A plain blocking connection for migrations, used on one thread that may block.
@safe struct MigrationSession: ~Copyable {
    private let connection: OpaquePointer

    /// Connects.
    init(url: String) throws(PostgresError) {
        guard case .success(var parameters) = ConnectionString.parse(url) else {
            throw PostgresError(.connectionUnavailable, .notExecuted, "the connection string cannot be read")
        }
        parameters["application_name"] = parameters["application_name"] ?? "casebook.migrate"
        parameters["client_encoding"] = "UTF8"
        parameters["connect_timeout"] = parameters["connect_timeout"] ?? "10"
        guard let connection = unsafe ConnectionString.open(parameters.map { ($0.key, $0.value) }) else {
            throw PostgresError(.connectionUnavailable, .notExecuted, "out of memory")
        }
        unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            let message = unsafe String(cString: PQerrorMessage(connection)).trimmed
            unsafe PQfinish(connection)
            throw PostgresError(.connectionUnavailable, .notExecuted, message)
        }
        unsafe self.connection = connection
    }

    deinit {
        unsafe PQfinish(connection)
    }

    /// Runs SQL text, of several statements too, and answers the last one's first column.
    @discardableResult
    borrowing func run(_ sql: String) throws(PostgresError) -> [String] {
        guard !sql.utf8.contains(0) else {
            throw PostgresError(.invalidParameter, .notExecuted, "the text contains a NUL byte")
        }
        return try unsafe rows(PQexec(connection, sql), sql).compactMap { $0.first }
    }

    /// Runs one statement with text values, and answers its rows; NULL is an empty text.
    @discardableResult
    borrowing func run(_ sql: String, _ values: [String]) throws(PostgresError) -> [[String]] {
        let block = try ParameterBlock(texts: values)
        let result = unsafe block.withPointers { count, pointers in
            unsafe PQexecParams(connection, sql, count, nil, pointers, nil, nil, 0)
        }
        return try unsafe rows(result, sql)
    }

    private borrowing func rows(_ result: OpaquePointer?, _ sql: String) throws(PostgresError) -> [[String]] {
        guard let result = unsafe result else {
            throw PostgresError(.connectionLost, .unknown, unsafe String(cString: PQerrorMessage(connection)).trimmed)
        }
        let status = unsafe PQresultStatus(result)
        guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY else {
            defer { unsafe PQclear(result) }
            if let report = unsafe ServerReport(result) {
                throw PostgresError(report).at(.unknown, statement: sql)
            }
            throw PostgresError(.connectionLost, .unknown, unsafe String(cString: PQerrorMessage(connection)).trimmed)
        }
        let box = unsafe ResultBox(owning: result)
        return (0..<box.rowCount).map { row in
            (0..<box.columnCount).map { column in box.string(row: row, column: column) ?? "" }
        }
    }
}
