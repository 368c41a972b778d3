import Glibc

extension Transaction {
    /// Copies rows into a temporary table of this transaction; COPY into a table under row-level security is refused by
    /// the server.
    ///
    /// - Parameters:
    ///   - table: The table's name, `schema.name` or a name alone; it is quoted here.
    ///   - columns: The columns, in the order of each row's values.
    ///   - rows: The rows; pulled as fast as the server takes them, never held all at once.
    ///   - file: The call's file, for errors.
    ///   - line: The call's line, for errors.
    /// - Returns: The number of rows.
    /// - Throws: ``PostgresError``; nothing of the transaction is kept then.
    package func copy<Rows: Sequence<[PostgresParameter?]>>(
        into table: String, columns: [String], rows: Rows, file: String = #fileID, line: Int = #line
    ) async throws(PostgresError) -> Int {
        let target = table.split(separator: ".").map { String($0).quotedIdentifier }.joined(separator: ".")
        let list = columns.map(\.quotedIdentifier).joined(separator: ", ")
        let text = "COPY \(target) (\(list)) FROM STDIN"
        guard !text.utf8.contains(0) else {
            throw PostgresError(.invalidParameter, .notExecuted, "a NUL byte in a name")
        }
        do throws(PostgresError) {
            _ = try await database.engine.step(.begin(lease), in: lease)
            _ = try await database.engine.step(.copyStart(text, lease), in: lease)
            return try await send(rows, width: columns.count)
        } catch {
            throw error.at(CallSite(file: file, line: line), statement: text)
        }
    }

    private func send<Rows: Sequence<[PostgresParameter?]>>(
        _ rows: Rows, width: Int
    ) async throws(PostgresError) -> Int {
        var chunk = CopyText()
        do throws(PostgresError) {
            for row in rows {
                guard !Task.isCancelled else { throw PostgresError(.cancelled, .failed, "the task was cancelled") }
                guard row.count == width else {
                    throw PostgresError(.invalidParameter, .failed, "a row of \(row.count) values for \(width) columns")
                }
                try chunk.append(row)
                guard chunk.isFull else { continue }
                _ = try await database.engine.step(.copyData(chunk.take(), lease), in: lease)
            }
            _ = try await database.engine.step(.copyData(chunk.take(), lease), in: lease)
        } catch {
            // The server must hear that the copy is over before it hears anything else.
            _ = try? await database.engine.step(.copyEnd(error.description, lease), in: lease)
            throw error
        }
        return try await database.engine.step(.copyEnd(nil, lease), in: lease)?.affectedRows ?? 0
    }
}

/// Rows in the text format of COPY; see "Text Format" at COPY in the PostgreSQL manual.
struct CopyText {
    /// Enough to be worth a system call, small enough to be held.
    private static let size = 64 << 10

    private var bytes: [UInt8] = []

    var isFull: Bool { bytes.count >= Self.size }

    mutating func append(_ row: [PostgresParameter?]) throws(PostgresError) {
        for (index, parameter) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "\t")) }
            switch parameter?.value {
            case nil, .null: bytes.append(contentsOf: "\\N".utf8)
            case .text(let text): try append(text)
            case .bytes(let utf8):
                guard String(validating: utf8, as: UTF8.self) != nil else {
                    throw PostgresError(.invalidParameter, .failed, "a value is not valid UTF-8")
                }
                try append(utf8)
            case .invalid(let reason): throw PostgresError(.invalidParameter, .failed, "a value is \(reason)")
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Most texts have nothing to escape, and are taken whole.
    private mutating func append(_ value: String) throws(PostgresError) {
        var text = value
        let isPlain = text.withUTF8 { utf8 -> Bool in
            guard let start = utf8.baseAddress else { return true }
            let isPlain = Self.special.allSatisfy { unsafe memchr(start, $0, utf8.count) == nil }
            if isPlain { unsafe bytes.append(contentsOf: utf8) }
            return isPlain
        }
        if !isPlain { try append(text.utf8) }
    }

    /// NUL, which is refused, and what the format escapes.
    private static let special: [Int32] = [0, 0x5C, 0x09, 0x0A, 0x0D]

    private mutating func append(_ value: some Sequence<UInt8>) throws(PostgresError) {
        for byte in value {
            switch byte {
            case 0: throw PostgresError(.invalidParameter, .failed, "a value contains a NUL byte")
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
