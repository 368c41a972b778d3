/// What a caller is told when a request fails: a problem detail of RFC 9457.
///
/// It says what the caller can act on and nothing of the inside.
package struct Problem: Error, Sendable, Equatable {
    /// The kind of problem, with its status.
    package let code: Code
    /// A sentence that a person can act on.
    package let detail: String
    /// Every wrong field at once.
    package let errors: [FieldError]
    /// Headers that belong to the problem, such as `Retry-After`, `Allow` or `Location`.
    package let headers: [String: String]
    /// Further members of the answer, such as the winner of a claim or the newer version; names on the wire.
    package let members: [JSONValue.Member]

    /// Takes a problem whole.
    package init(
        _ code: Code, _ detail: String, errors: [FieldError] = [], headers: [String: String] = [:],
        members: [JSONValue.Member] = []
    ) {
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = headers
        self.members = members
    }

    /// The same problem with a header more.
    package func adding(header name: String, _ value: String) -> Problem {
        Problem(code, detail, errors: errors, headers: headers.merging([name: value]) { $1 }, members: members)
    }

    /// A stable, documented word with the status it comes with.
    ///
    /// Services may add their own.
    package struct Code: Hashable, Sendable {
        /// The word on the wire, in snake case.
        package let word: String
        /// The HTTP status.
        package let status: Int
        /// A short title that does not change from one occurrence to the next.
        package let title: String

        /// Declares a code.
        package init(_ word: String, _ status: Int, _ title: String) {
            self.word = word
            self.status = status
            self.title = title
        }
    }
}

extension Problem {
    /// The body of the answer, as `application/problem+json`.
    package func document(requestID: String) -> [UInt8] {
        let body: [JSONValue.Member] =
            [
                JSONValue.Member("type", .string("urn:casebook:problem:\(code.word)")),
                JSONValue.Member("title", .string(code.title)),
                JSONValue.Member("status", .integer(Int64(code.status))),
                JSONValue.Member("detail", .string(detail)),
                JSONValue.Member("code", .string(code.word)),
                JSONValue.Member("request_id", .string(requestID)),
                JSONValue.Member(
                    "errors",
                    .array(
                        errors.map { error in
                            .object([
                                JSONValue.Member("pointer", .string(error.pointer)),
                                JSONValue.Member("code", .string(error.code.rawValue)),
                                JSONValue.Member("detail", .string(error.detail)),
                            ])
                        })),
            ] + members
        return JSONWriter.bytes(of: .object(body))
    }
}
