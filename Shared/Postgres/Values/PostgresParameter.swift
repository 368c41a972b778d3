/// One bound value of a statement: its type and its text form, as `$n` receives it.
package struct PostgresParameter: Sendable, Hashable {
    /// What is sent for the value.
    package enum Value: Sendable, Hashable {
        /// SQL NULL.
        case null
        /// The text form.
        case text(String)
        /// The text form as UTF-8 bytes; checked before it is sent.
        case bytes([UInt8])
        /// A value that PostgreSQL cannot take; the statement fails with code `invalidParameter` and is not sent.
        case invalid(String)
    }

    /// The type that the server is told.
    package let type: PostgresType
    /// The value.
    package let value: Value

    /// Binds a value in its text form, `nil` for NULL.
    package init(type: PostgresType, text: String?) {
        self.type = type
        self.value = text.map(Value.text) ?? .null
    }

    /// Binds a text form given as UTF-8 bytes.
    ///
    /// NUL bytes and invalid UTF-8 are refused when the statement is run.
    package init(type: PostgresType, utf8 bytes: [UInt8]) {
        self.type = type
        self.value = .bytes(bytes)
    }

    /// Binds a value; a value out of PostgreSQL's range is carried as `invalid`.
    package init(type: PostgresType, value: Value) {
        self.type = type
        self.value = value
    }
}
