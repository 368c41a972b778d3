package import HTTPTypes
package import Models

/// What a request was answered.
package struct TestAnswer: Sendable {
    /// The status.
    package let status: Int
    /// The header fields.
    package let headers: HTTPFields
    /// The body.
    package let bytes: [UInt8]

    /// Takes an answer.
    package init(status: Int, headers: HTTPFields, bytes: [UInt8]) {
        self.status = status
        self.headers = headers
        self.bytes = bytes
    }

    /// The body as JSON; null when it is none.
    package var json: JSONValue { (try? JSONParser.parse(bytes)) ?? .null }
    /// The body as text, for messages.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The problem's stable word.
    package var code: String? { json["code"]?.text }
    /// The pointers of the problem's errors, in order.
    package var pointers: [String] { (json["errors"]?.items ?? []).compactMap { $0["pointer"]?.text } }
    /// A header field.
    package func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension JSONValue {
    /// The string that it is.
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The whole number that it is.
    package var whole: Int64? { if case .integer(let number) = self { number } else { nil } }
    /// The items of the array that it is.
    package var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
    /// The truth value that it is.
    package var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
}
