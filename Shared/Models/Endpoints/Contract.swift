/// An operation without its Swift types: what routing, permission tables, OpenAPI and tests read.
package struct Contract: Sendable {
    /// The operation's stable name, `<resource>.<verb>`.
    package let id: String
    /// The HTTP method.
    package let method: Method
    /// The path's template.
    package let path: String
    /// Who may call it.
    package let access: Access
    /// One sentence for the reference.
    package let summary: String
    /// The status of a good answer.
    package let success: Int
    /// The problems particular to it.
    package let problems: [Problem.Code]
    /// What an idempotency key keeps.
    package let keptAnswer: KeptAnswer
    /// The parameters in the path.
    package let pathSchema: Schema?
    /// The query parameters.
    package let querySchema: Schema?
    /// The body of the request.
    package let bodySchema: Schema?
    /// The body of the answer.
    package let outputSchema: Schema?

    /// The most bytes that a JSON body may have.
    package static let bodyLimitBytes = 1_048_576
}

/// The query of a list: where the page starts and how long it is.
package struct PageQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?

    /// Asks for a page.
    package init(limit: PageLimit? = nil, cursor: Text<CursorText>? = nil) {
        self.limit = limit
        self.cursor = cursor
    }
}

/// A path with one id in it.
package struct IDPath<Entity>: Codable, Sendable {
    /// The record's id.
    package let id: ID<Entity>

    /// Names a record.
    package init(id: ID<Entity>) {
        self.id = id
    }
}

/// A path whose only parameter is `id`, which reads itself from that parameter's text.
///
/// Most requests name one record: a decoder and a schema's check for one text cost more than reading the record's row.
/// What the initialiser takes must be what the schema takes.
package protocol SingleIDPath: Sendable {
    /// Reads the path; `nil` when the text cannot be an id.
    init?(idText: String)
}

extension IDPath: SingleIDPath {
    /// Reads the path; `nil` when the text is no UUID.
    package init?(idText: String) {
        guard let id = ID<Entity>(idText) else { return nil }
        self.init(id: id)
    }
}
