import Models

/// An answer whose every byte is fixed before the write, so that a repeat under the same key gets the same bytes.
package struct StoredAnswer: Sendable, Equatable {
    /// The HTTP status, in `200...299`.
    package let status: Int
    /// The value of `Location`.
    package let location: String?
    /// The value of `ETag`, with its quotes.
    package let etag: String?
    /// The body, at most 1 MiB; empty for 204.
    package let body: [UInt8]

    /// Takes an answer as bytes.
    package init(status: Int, location: String? = nil, etag: String? = nil, body: [UInt8]) {
        self.status = status
        self.location = location
        self.etag = etag
        self.body = body
    }

    /// Writes a value as the body.
    ///
    /// - Parameters:
    ///   - status: The HTTP status, in `200...299`.
    ///   - value: The body.
    ///   - location: The value of `Location`, for what was created.
    ///   - version: The record's version, which becomes the `ETag`.
    ///   - labelRevision: The revision of copied names, where the answer shows some.
    /// - Throws: `EncodingError` when the value holds a number that is not finite.
    package init(
        status: Int, _ value: some Encodable, location: String? = nil, version: Int? = nil, labelRevision: Int64? = nil
    ) throws {
        let tag = version.map { EntityTag(version: Int64($0), labelRevision: labelRevision).text }
        self.init(status: status, location: location, etag: tag, body: try WireJSON.encode(value))
    }

    /// An answer without a body.
    package static let noContent = StoredAnswer(status: 204, body: [])
}
