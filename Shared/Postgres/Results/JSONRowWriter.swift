enum JSONRowWriter {
    static func append(
        _ box: ResultBox, rows: Range<Int>, layout: JSONLayout, asArray: Bool, to bytes: inout [UInt8]
    ) throws(PostgresDecodingError) {
        throw .invalid("the writer is being built")
    }
}
