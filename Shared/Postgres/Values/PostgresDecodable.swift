package import FoundationEssentials

/// A value that can be read from a column, from PostgreSQL's text form.
package protocol PostgresDecodable: Sendable {
    /// Reads a value that is not NULL.
    ///
    /// - Throws: ``PostgresDecodingError`` when the column's type or the text does not fit.
    init(postgresText: String, type: PostgresType) throws(PostgresDecodingError)
    /// Reads a value that may be NULL (`nil`). The default refuses NULL; `Optional` accepts it.
    static func decode(_ text: String?, type: PostgresType) throws(PostgresDecodingError) -> Self
}

extension PostgresDecodable {
    /// Refuses NULL and reads the rest with `init(postgresText:type:)`.
    package static func decode(_ text: String?, type: PostgresType) throws(PostgresDecodingError) -> Self {
        guard let text else {
            throw .unexpectedNull(expected: "\(Self.self)")
        }
        return try Self(postgresText: text, type: type)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    /// Reads the raw value; one that is no case of this type fails.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        let raw = try RawValue(postgresText: postgresText, type: type)
        guard let value = Self(rawValue: raw) else {
            throw .malformed(expected: "\(Self.self)", actual: type)
        }
        self = value
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// Reads the wrapped value.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        self = .some(try Wrapped(postgresText: postgresText, type: type))
    }

    /// Accepts NULL as `nil`.
    package static func decode(_ text: String?, type: PostgresType) throws(PostgresDecodingError) -> Self {
        guard let text else { return .none }
        return .some(try Wrapped.decode(text, type: type))
    }
}

extension String: PostgresDecodable {
    /// Reads a column of any type in its text form.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        self = postgresText
    }
}

extension Bool: PostgresDecodable {
    /// Reads a `bool`.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .bool else { throw .wrongType(expected: "Bool", actual: type) }
        self = postgresText == "t"
    }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    /// Reads an `int2`, `int4`, `int8` or `xid8`; a number out of this type's range fails.
    fileprivate init(integerText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard [PostgresType.int8, .int4, .int2, .xid8].contains(type) else {
            throw .wrongType(expected: "\(Self.self)", actual: type)
        }
        guard let value = Self(integerText, radix: 10) else {
            throw .malformed(expected: "\(Self.self)", actual: type)
        }
        self = value
    }
}

extension Int: PostgresDecodable {
    /// Reads an integer column.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        try self.init(integerText: postgresText, type: type)
    }
}

extension Int16: PostgresDecodable {
    /// Reads an integer column.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        try self.init(integerText: postgresText, type: type)
    }
}

extension Int32: PostgresDecodable {
    /// Reads an integer column.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        try self.init(integerText: postgresText, type: type)
    }
}

extension Int64: PostgresDecodable {
    /// Reads an integer column.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        try self.init(integerText: postgresText, type: type)
    }
}

extension Double: PostgresDecodable {
    /// Reads a floating point or an integer column.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard [PostgresType.float8, .float4, .int2, .int4].contains(type) else {
            throw .wrongType(expected: "Double", actual: type)
        }
        guard let value = Double(postgresText) else {
            throw .malformed(expected: "Double", actual: type)
        }
        self = value
    }
}

extension UUID: PostgresDecodable {
    /// Reads a `uuid`.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .uuid else { throw .wrongType(expected: "UUID", actual: type) }
        guard let value = UUIDText.decode(postgresText) else {
            throw .malformed(expected: "UUID", actual: type)
        }
        self = value
    }
}

extension Data: PostgresDecodable {
    /// Reads a `bytea` in the `hex` form.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .bytea else { throw .wrongType(expected: "Data", actual: type) }
        guard let value = HexText.decode(postgresText) else {
            throw .malformed(expected: "Data", actual: type)
        }
        self = value
    }
}

extension Duration: PostgresDecodable {
    /// Reads an `interval` in ISO 8601 form.
    ///
    /// A day counts 24 hours; an interval with months or years fails.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .interval else { throw .wrongType(expected: "Duration", actual: type) }
        guard let value = IntervalText.decode(postgresText) else {
            throw .malformed(expected: "Duration", actual: type)
        }
        self = value
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// Reads a one-dimensional array; NULL elements need an optional element type.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard let elementType = type.element else {
            throw .wrongType(expected: "\(Self.self)", actual: type)
        }
        guard let elements = ArrayText.decode(postgresText) else {
            throw .malformed(expected: "\(Self.self)", actual: type)
        }
        var values: [Element] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            values.append(try Element.decode(element, type: elementType))
        }
        self = values
    }
}
