/// Writes rows as JSON from the bytes of a result.
///
/// The hot path of every query: no allocation per row or value.
enum JSONRowWriter {
    /// Appends the rows as objects, or as an array of objects.
    ///
    /// - Throws: ``PostgresDecodingError`` for a value that has no form in JSON; nothing is appended then.
    static func append(
        _ box: ResultBox, rows: Range<Int>, layout: JSONLayout, asArray: Bool, to bytes: inout [UInt8]
    ) throws(PostgresDecodingError) {
        var buffer = JSONBuffer(capacity: 256 + rows.count * (layout.text.count + layout.steps.count * 24))
        if asArray { buffer.append(UInt8(ascii: "[")) }
        for row in rows {
            if row > rows.lowerBound { buffer.append(UInt8(ascii: ",")) }
            try write(row, of: box, layout, to: &buffer)
        }
        if asArray { buffer.append(UInt8(ascii: "]")) }
        buffer.move(to: &bytes)
    }

    private static func write(
        _ row: Int, of box: ResultBox, _ layout: JSONLayout, to buffer: inout JSONBuffer
    ) throws(PostgresDecodingError) {
        buffer.append(UInt8(ascii: "{"))
        var index = 0
        while index < layout.steps.count {
            switch layout.steps[index] {
            case .value(let lead, let column, let form):
                buffer.append(layout.text, lead)
                let isWritten = unsafe box.withBytes(row: row, column: column) { bytes in
                    unsafe write(bytes, form, to: &buffer)
                }
                guard isWritten else {
                    throw .column(box.columnName(column), .malformed(expected: "JSON", actual: box.columnType(column)))
                }
            case .open(let lead, let columns, let end):
                buffer.append(layout.text, lead)
                if columns.allSatisfy({ box.isNull(row: row, column: $0) }) {
                    buffer.append("null")
                    index = end
                    continue
                }
                buffer.append(UInt8(ascii: "{"))
            case .close:
                buffer.append(UInt8(ascii: "}"))
            }
            index += 1
        }
        buffer.append(UInt8(ascii: "}"))
    }

    /// Writes one value; false when it has no form in JSON.
    @inline(__always)
    private static func write(
        _ bytes: UnsafeBufferPointer<UInt8>?, _ form: JSONLayout.Form, to buffer: inout JSONBuffer
    ) -> Bool {
        guard let bytes = unsafe bytes else {
            buffer.append("null")
            return true
        }
        switch form {
        case .raw:
            unsafe buffer.append(bytes)
        case .float:
            // NaN, Infinity and -Infinity have no form in JSON.
            guard let last = unsafe bytes.last, last <= UInt8(ascii: "9") else { return false }
            unsafe buffer.append(bytes)
        case .bool:
            buffer.append(unsafe bytes.first == UInt8(ascii: "t") ? "true" : "false")
        case .quoted:
            unsafe buffer.appendQuoted(bytes)
        case .escaped:
            unsafe buffer.appendEscaped(bytes)
        case .timestamp:
            return unsafe buffer.appendTimestamp(bytes)
        case .rawArray:
            return unsafe JSONArrayWriter.write(bytes, isText: false, to: &buffer)
        case .escapedArray:
            return unsafe JSONArrayWriter.write(bytes, isText: true, to: &buffer)
        case .null:
            buffer.append("null")
        }
        return true
    }
}

/// Turns PostgreSQL's text form of a one-dimensional array into a JSON array.
enum JSONArrayWriter {
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")

    /// Writes the array; false for one of several dimensions or with bounds of its own.
    static func write(_ bytes: UnsafeBufferPointer<UInt8>, isText: Bool, to buffer: inout JSONBuffer) -> Bool {
        guard bytes.count >= 2, unsafe bytes[0] == UInt8(ascii: "{") else { return false }
        buffer.append(UInt8(ascii: "["))
        var index = 1
        let end = bytes.count - 1
        while index < end {
            if unsafe bytes[index] == quote {
                unsafe writeQuoted(bytes, &index, end, to: &buffer)
            } else {
                guard unsafe writePlain(bytes, &index, end, isText: isText, to: &buffer) else { return false }
            }
            guard index < end else { break }
            guard unsafe bytes[index] == comma else { return false }
            buffer.append(comma)
            index += 1
        }
        buffer.append(UInt8(ascii: "]"))
        return true
    }

    private static func writeQuoted(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ end: Int, to buffer: inout JSONBuffer
    ) {
        buffer.append(quote)
        index += 1
        while index < end, unsafe bytes[index] != quote {
            if unsafe bytes[index] == UInt8(ascii: "\\") { index += 1 }
            unsafe buffer.appendEscaped(byte: bytes[index])
            index += 1
        }
        index += 1
        buffer.append(quote)
    }

    private static func writePlain(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ end: Int, isText: Bool, to buffer: inout JSONBuffer
    ) -> Bool {
        let start = index
        while index < end, unsafe bytes[index] != comma {
            if unsafe bytes[index] == UInt8(ascii: "{") { return false }
            index += 1
        }
        let element = unsafe UnsafeBufferPointer(rebasing: bytes[start..<index])
        if unsafe element.elementsEqual("NULL".utf8) {
            buffer.append("null")
        } else if isText {
            unsafe buffer.appendEscaped(element)
        } else {
            unsafe buffer.append(element)
        }
        return true
    }
}
