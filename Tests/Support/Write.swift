package import HTTPTypes
import Testing

/// A write with a body: good values of its fields, those that must be there, and texts with their longest length.
package struct Write: Sendable, CustomTestStringConvertible {
    /// The method.
    package let method: HTTPRequest.Method
    /// The path, with its parameters in braces or with what stands for them.
    package let path: String
    /// A good value of each field, as JSON.
    package let fields: [String: String]
    /// The fields that must be there.
    package let required: [String]
    /// The texts, with the most characters of each.
    package let texts: [String: Int]
    /// The fields that may be `null`.
    package let nullable: Set<String>

    /// Describes a write.
    package init(
        method: HTTPRequest.Method, path: String, fields: [String: String], required: [String] = [],
        texts: [String: Int] = [:], nullable: Set<String> = []
    ) {
        self.method = method
        self.path = path
        self.fields = fields
        self.required = required
        self.texts = texts
        self.nullable = nullable
    }

    /// The operation in one text.
    package var testDescription: String { "\(method) \(path)" }

    /// A good body, with another value of one field.
    package func body(replacing field: String? = nil, with value: String? = nil) -> String {
        var fields = fields
        if let field { fields[field] = value }
        let members = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        return "{" + members.joined(separator: ", ") + "}"
    }

    /// A body with the same value of all fields.
    package func body(allFieldsBeing value: String) -> String {
        Write(method: method, path: path, fields: fields.mapValues { _ in value }).body()
    }
}
