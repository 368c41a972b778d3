import Models

extension JSONValue.Member {
    /// A field of an activity with its values before and after.
    static func change(_ field: String, _ from: JSONValue, _ to: JSONValue) -> JSONValue.Member {
        JSONValue.Member(field, .object([JSONValue.Member("from", from), JSONValue.Member("to", to)]))
    }

    /// A field that names a record before and after.
    static func ids<Entity>(_ field: String, from old: ID<Entity>?, to new: ID<Entity>?) -> JSONValue.Member {
        func value(_ id: ID<Entity>?) -> JSONValue { id.map { .string($0.description) } ?? .null }
        return .change(field, value(old), value(new))
    }
}
