package import HTTPTypes
package import Models
package import Postgres

/// What a handler answers: bytes that decode into `Output`, with their status and headers.
package struct Answer<Output: Codable & Sendable>: Sendable {
    /// The bytes of the body; empty for 204.
    package let body: [UInt8]
    /// The headers that belong to the answer.
    package private(set) var headers: HTTPFields
    /// The record's version, where the answer shows one record.
    package let entityTag: EntityTag?
    /// The status, where it is not the endpoint's own.
    package let status: Int?

    init(body: [UInt8], headers: HTTPFields = HTTPFields(), entityTag: EntityTag? = nil, status: Int? = nil) {
        self.body = body
        self.headers = headers
        self.entityTag = entityTag
        self.status = status
    }

    /// One record: the result's first row, written straight from its bytes.
    ///
    /// - Parameters:
    ///   - result: The columns are the fields; `version` (and `_label_revision`) make the `ETag`.
    ///   - noun: What is missing when there is no row.
    ///   - isTagged: Whether the version stands for all that the row shows; not where it shows other rows' state too.
    /// - Returns: The row as an object, with its tag.
    /// - Throws: ``Problem`` 404 when there is no row; ``PostgresError`` when the row cannot be written.
    package static func row(_ result: ResultSet, _ noun: String, isTagged: Bool = true) throws -> Answer {
        guard result.count > 0 else { throw Problem.notFound(noun) }
        var body: [UInt8] = []
        try result.appendJSONObject(row: 0, to: &body)
        return Answer(body: body, entityTag: isTagged ? entityTag(of: result) : nil)
    }

    /// One page: the result's rows, of which one more than the limit says that another page follows.
    ///
    /// - Parameters:
    ///   - result: At most `limit + 1` rows.
    ///   - limit: The most items of the page.
    ///   - binding: The list, filter and order that the cursor belongs to.
    ///   - keys: The columns of the order, whose texts in the last row make the cursor.
    ///   - total: How many items there are in all; `nil` when nobody asked.
    /// - Returns: The items and the next page's cursor.
    /// - Throws: ``PostgresError`` when a row cannot be written.
    package static func page(
        _ result: ResultSet, limit: PageLimit, binding: String, keys: [String], total: ListTotal? = nil
    ) throws -> Answer {
        let count = min(result.count, limit.value)
        var body = Array("{\"items\":".utf8)
        try result.appendJSONArray(rows: 0..<count, to: &body)
        body.append(contentsOf: ",\"next_cursor\":".utf8)
        if result.count > limit.value {
            let values = try keys.map { try result.text($0, row: count - 1) ?? "" }
            JSONWriter.append(Cursor(binding: binding, keys: values).text, to: &body)
        } else {
            body.append(contentsOf: "null".utf8)
        }
        if let total {
            body.append(contentsOf: ",\"total\":\(total.isMore ? "\"\(total.count)+\"" : "\(total.count)")".utf8)
        }
        body.append(UInt8(ascii: "}"))
        return Answer(body: body)
    }

    /// A value that the handler made.
    ///
    /// - Throws: `EncodingError` when the value cannot be written.
    package static func value(_ output: Output, location: String? = nil, version: Int64? = nil) throws -> Answer {
        var headers = HTTPFields()
        if let location { headers[.location] = location }
        return Answer(
            body: try WireJSON.encode(output), headers: headers, entityTag: version.map { EntityTag(version: $0) })
    }

    /// An answer whose bytes were fixed before the write.
    package static func stored(_ answer: StoredAnswer) -> Answer {
        var headers = HTTPFields()
        if let location = answer.location { headers[.location] = location }
        return Answer(
            body: answer.body, headers: headers, entityTag: answer.etag.flatMap { EntityTag($0) },
            status: answer.status)
    }

    /// The same answer with a header more.
    package func adding(_ name: HTTPField.Name, _ value: String) -> Answer {
        var copy = self
        copy.headers.append(HTTPField(name: name, value: value))
        return copy
    }

    /// The tag of a row that has a version; a row without one has no tag.
    private static func entityTag(of result: ResultSet) -> EntityTag? {
        guard result.has("version"), let version = try? result.value("version", row: 0, as: Int64.self) else {
            return nil
        }
        // Asked first: an error that nobody sees costs as much as the row.
        guard result.has("_label_revision") else { return EntityTag(version: version) }
        return EntityTag(
            version: version, labelRevision: try? result.value("_label_revision", row: 0, as: Int64.self))
    }
}

extension Answer where Output == NoContent {
    /// Nothing to say: 204.
    package static var noContent: Answer { Answer(body: []) }
}
