/// Several writes to what lies under one plural, sent as one request.
///
/// Each is a request of its own: with its own permission, validation, transaction and activity. One that fails leaves
/// the others as they are.
package struct Batch: Codable, Sendable {
    /// The writes, done one after the other in this order; at most ``limit``.
    package let operations: [BatchOperation]

    /// The most operations of a batch.
    package static let limit = 100

    /// Takes operations.
    package init(operations: [BatchOperation]) {
        self.operations = operations
    }
}

/// One write of a batch.
package struct BatchOperation: Codable, Sendable {
    /// The method.
    package let method: BatchMethod
    /// The path under the batch's own plural, without a query.
    package let path: String
    /// What `If-Match` would say.
    package let ifMatch: String?
    /// The body, where the operation takes one.
    package let body: JSONValue?

    /// Describes a write.
    package init(method: BatchMethod, path: String, ifMatch: String? = nil, body: JSONValue? = nil) {
        self.method = method
        self.path = path
        self.ifMatch = ifMatch
        self.body = body
    }
}

/// The methods that a batch carries: those that write.
package enum BatchMethod: String, WireWord {
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// What the operations of a batch were answered, in their order.
package struct BatchResults: Codable, Sendable {
    /// One result for each operation.
    package let results: Several<BatchResult, BatchBound>
}

/// What one operation was answered.
package struct BatchResult: Codable, Sendable {
    /// The HTTP status.
    package let status: Int
    /// What `Location` says of a record that was made.
    package let location: String?
    /// The record's version; of a stale `if_match` the newer one.
    package let etag: String?
    /// Seconds after which an operation that was refused for now may be sent again.
    package let retryAfter: Int?
    /// The body of the answer, if it has one: the record, or a problem detail (RFC 9457).
    package let body: JSONValue?
}

/// A batch has as many results as operations.
package enum BatchBound: ListBound {
    /// The most results of a batch.
    package static let limit = Batch.limit
}

/// Batches of writes under a plural (A10, C6, K5 on chosen ids).
package enum Batches {
    /// The operation `POST <collection>/batch`.
    ///
    /// - Parameters:
    ///   - collection: The path that every operation must lie under, such as `/v1/tickets`.
    ///   - plural: The name of the collection's operations, such as `tickets`.
    ///   - permission: What a caller must have to send a batch at all; each operation asks for its own besides.
    /// - Returns: The operation, whose body refuses paths outside of the collection.
    package static func endpoint(
        under collection: String, _ plural: String, _ permission: Permission
    ) -> Endpoint<NoPath, NoQuery, Batch, BatchResults> {
        Endpoint(
            .post, "\(collection)/batch", "\(plural).batch", .needs(permission),
            "Several writes under \(collection) in one request, each answered in its place; one that fails stops none.",
            bodySchema: schema(under: collection, named: plural.prefix(1).uppercased() + plural.dropFirst()))
    }

    private static func schema(under collection: String, named name: String) -> Schema {
        let operation = ObjectSchema(
            name: "\(name)BatchOperation",
            members: [
                ObjectSchema.Member(name: "method", schema: BatchMethod.schema, isRequired: true),
                ObjectSchema.Member(name: "path", schema: path(under: collection), isRequired: true),
                ObjectSchema.Member(name: "if_match", schema: .nullable(entityTag), isRequired: false),
                ObjectSchema.Member(name: "body", schema: .nullable(.any), isRequired: false),
            ])
        let operations = Schema.array(.object(operation), limit: Batch.limit)
        return .object(
            ObjectSchema(
                name: "\(name)Batch",
                members: [ObjectSchema.Member(name: "operations", schema: operations, isRequired: true)]))
    }

    /// Unreserved characters, sub-delimiters, colon, at and percent (RFC 3986, section 3.3): no query, no fragment.
    private static func path(under collection: String) -> Schema {
        let summary = "A path under \(collection), without a query, and not that of the batch itself."
        return .text(
            TextSchema(
                length: 1...512, summary: summary,
                pattern: "^\(collection)(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*$"
            ) { path in
                guard path.hasPrefix(collection), path != "\(collection)/batch",
                    path.dropFirst(collection.count).wholeMatch(of: /(?:\/[A-Za-z0-9._~!$&'()*+,;=:@%\-]+)*/) != nil
                else { return "must be a path under \(collection), without a query, and not that of the batch itself" }
                return nil
            })
    }

    private static let entityTag = Schema.text(
        TextSchema(
            length: 1...64, summary: "An ETag in its quotes, or an asterisk.",
            pattern: #"^(\*|"[0-9]{1,18}(\.[0-9]{1,18})?")$"#
        ) { text in
            text.wholeMatch(of: /\*|"[0-9]{1,18}(?:\.[0-9]{1,18})?"/) == nil ? "must be one ETag in its quotes" : nil
        })
}
