import CLibpq

/// The one owner of a `PGresult`, which it frees.
///
/// @unchecked Sendable: the pointer is private and set once, a finished `PGresult` is never changed by libpq, and
/// every function called on it here only reads, which libpq allows from many threads ("Behavior in Threaded Programs").
@safe final class ResultBox: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over a result from libpq.
    init(owning pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe PQclear(pointer)
    }

    var rowCount: Int { unsafe Int(PQntuples(pointer)) }
    var columnCount: Int { unsafe Int(PQnfields(pointer)) }

    /// Rows that the statement changed, 0 where it has no such number.
    var affectedRows: Int {
        guard let text = unsafe PQcmdTuples(pointer) else { return 0 }
        return unsafe Int(String(cString: text)) ?? 0
    }

    /// The command's tag without its numbers, such as `COMMIT` or `ROLLBACK`.
    var commandTag: String {
        guard let text = unsafe PQcmdStatus(pointer) else { return "" }
        return unsafe String(cString: text)
    }

    func columnName(_ column: Int) -> String {
        guard let name = unsafe PQfname(pointer, Int32(column)) else { return "" }
        return unsafe String(cString: name)
    }

    func columnType(_ column: Int) -> PostgresType {
        unsafe PostgresType(oid: PQftype(pointer, Int32(column)))
    }

    /// The value's text, `nil` for NULL.
    ///
    /// The caller has checked the bounds.
    func string(row: Int, column: Int) -> String? {
        unsafe withBytes(row: row, column: column) { bytes in
            unsafe bytes.map { bytes in unsafe String(decoding: bytes, as: UTF8.self) }
        }
    }

    /// The value's bytes, `nil` for NULL, valid inside of `body` only.
    @inline(__always)
    func withBytes<Answer, Failure: Error>(
        row: Int, column: Int, _ body: (UnsafeBufferPointer<UInt8>?) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        if unsafe PQgetisnull(pointer, Int32(row), Int32(column)) == 1 { return try body(nil) }
        let count = unsafe Int(PQgetlength(pointer, Int32(row), Int32(column)))
        guard let value = unsafe PQgetvalue(pointer, Int32(row), Int32(column)) else { return try body(nil) }
        let bytes = unsafe UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self)
        return try unsafe body(UnsafeBufferPointer(start: bytes, count: count))
    }

    @inline(__always)
    func isNull(row: Int, column: Int) -> Bool {
        unsafe PQgetisnull(pointer, Int32(row), Int32(column)) == 1
    }
}
