/// One operation of the API, declared once: the server's route, the typed client and OpenAPI all come from it.
package struct Endpoint<Path, Query, Body, Output>: Sendable
where
    Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable, Output: Codable & Sendable
{
    /// What the operation is, without its types.
    package let contract: Contract

    /// Declares an operation.
    ///
    /// - Parameters:
    ///   - method: The method of RFC 9110.
    ///   - path: The template, such as `/v1/users/{id}`; its names are the members of `Path`.
    ///   - id: A stable name, `<resource>.<verb>`.
    ///   - access: Who may call it.
    ///   - summary: One sentence for the reference.
    ///   - success: The status of a good answer; 200 unless it creates (201), accepts (202) or says nothing (204).
    ///   - problems: The codes that are particular to it; those that any operation can give are added.
    ///   - answer: What is kept under an idempotency key.
    ///   - bodySchema: What the body must look like, where its type alone does not say it.
    package init(
        _ method: Method, _ path: String, _ id: String, _ access: Access, _ summary: String, success: Int = 200,
        problems: [Problem.Code] = [], answer: KeptAnswer? = nil, bodySchema: Schema? = nil
    ) {
        contract = Contract(
            id: id, method: method, path: path, access: access, summary: summary, success: success,
            problems: problems, keptAnswer: answer ?? (method.isWrite ? .stored : .none),
            pathSchema: Self.schema(of: Path.self, unless: NoPath.self),
            querySchema: Self.schema(of: Query.self, unless: NoQuery.self),
            bodySchema: bodySchema ?? Self.schema(of: Body.self, unless: NoBody.self),
            outputSchema: Self.schema(of: Output.self, unless: NoContent.self))
    }

    private static func schema<Part: Codable, None>(of part: Part.Type, unless none: None.Type) -> Schema? {
        part is None.Type ? nil : Schema.of(part)
    }
}

/// The methods that the API uses.
package enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"

    /// Whether the method changes something.
    package var isWrite: Bool { self != .get }
}

/// What is stored with an idempotency key.
package enum KeptAnswer: Sendable {
    /// The answer's status, headers and bytes, for 24 hours.
    case stored
    /// Nothing but the fact, since the answer holds a secret: a repeat is 409 `already_issued`.
    case secret
    /// The operation takes no key.
    case none
}

/// Who may call an operation.
///
/// There is no default.
package enum Access: Sendable, Hashable {
    /// A caller whose token carries the permission.
    case needs(Permission)
    /// Anybody, and why that is right.
    case open(reason: String)
    /// Whoever proves itself by what the request itself carries.
    case signed(by: Proof)

    /// What a request can carry besides a token.
    package enum Proof: String, Sendable {
        /// A session's secret, an API key, or a service's client secret in the body.
        case credential
    }
}

/// No parameters in the path.
package struct NoPath: Codable, Sendable {
    /// Nothing.
    package init() {}
}

/// No query parameters.
package struct NoQuery: Codable, Sendable {
    /// Nothing.
    package init() {}
}

/// No body.
package struct NoBody: Codable, Sendable {
    /// Nothing.
    package init() {}
}

/// An answer without a body: 204.
package struct NoContent: Codable, Sendable {
    /// Nothing.
    package init() {}
}
