package import FoundationEssentials

/// A value that can be bound to a statement's parameter, in PostgreSQL's text form.
package protocol PostgresEncodable: Sendable {
    /// The type that the server is told for the parameter.
    static var postgresType: PostgresType { get }
    /// The value in the input syntax of that type.
    var postgresText: String { get }
    /// The value as a parameter. The default is `postgresText`; a type that has values which PostgreSQL cannot take
    /// answers `.invalid` for them.
    var postgresParameter: PostgresParameter { get }
}

extension PostgresEncodable {
    /// The text form, bound as the type says.
    package var postgresParameter: PostgresParameter {
        PostgresParameter(type: Self.postgresType, text: postgresText)
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    /// The raw value's type.
    package static var postgresType: PostgresType { RawValue.postgresType }
    /// The raw value's text form.
    package var postgresText: String { rawValue.postgresText }
}

extension String: PostgresEncodable {
    /// `text`.
    package static var postgresType: PostgresType { .text }
    /// The string itself.
    package var postgresText: String { self }
}

extension Bool: PostgresEncodable {
    /// `bool`.
    package static var postgresType: PostgresType { .bool }
    /// `t` or `f`.
    package var postgresText: String { self ? "t" : "f" }
}

extension Int: PostgresEncodable {
    /// `int8`.
    package static var postgresType: PostgresType { .int8 }
    /// The decimal digits.
    package var postgresText: String { String(self) }
}

extension Int16: PostgresEncodable {
    /// `int2`.
    package static var postgresType: PostgresType { .int2 }
    /// The decimal digits.
    package var postgresText: String { String(self) }
}

extension Int32: PostgresEncodable {
    /// `int4`.
    package static var postgresType: PostgresType { .int4 }
    /// The decimal digits.
    package var postgresText: String { String(self) }
}

extension Int64: PostgresEncodable {
    /// `int8`.
    package static var postgresType: PostgresType { .int8 }
    /// The decimal digits.
    package var postgresText: String { String(self) }
}

extension Double: PostgresEncodable {
    /// `float8`.
    package static var postgresType: PostgresType { .float8 }
    /// The shortest digits that read back as the same number.
    package var postgresText: String { description }
    /// Finite numbers only: infinity and NaN have no form in JSON and are refused on the way in.
    package var postgresParameter: PostgresParameter {
        guard isFinite else {
            return PostgresParameter(type: .float8, value: .invalid("a number that is not finite"))
        }
        return PostgresParameter(type: .float8, text: description)
    }
}

extension UUID: PostgresEncodable {
    /// `uuid`.
    package static var postgresType: PostgresType { .uuid }
    /// The usual 36 characters.
    package var postgresText: String { UUIDText.encode(self) }
}

extension Data: PostgresEncodable {
    /// `bytea`.
    package static var postgresType: PostgresType { .bytea }
    /// The `hex` form of `bytea`, see "Binary Data Types" in the PostgreSQL manual.
    package var postgresText: String { HexText.encode(self) }
}

extension Duration: PostgresEncodable {
    /// `interval`.
    package static var postgresType: PostgresType { .interval }
    /// Seconds with six decimals; what is finer than a microsecond is cut off.
    package var postgresText: String { IntervalText.encode(self) }
}

/// Text that is JSON already, bound as `jsonb`.
package struct JSONText: PostgresEncodable, PostgresDecodable, Hashable {
    /// The JSON, as UTF-8.
    package let utf8: [UInt8]

    /// Takes JSON as text.
    ///
    /// It is not parsed here: the server refuses what is not JSON.
    package init(_ text: String) {
        self.utf8 = Array(text.utf8)
    }

    /// Takes JSON as UTF-8 bytes.
    package init(utf8: [UInt8]) {
        self.utf8 = utf8
    }

    /// Reads a `json` or `jsonb` column as it is.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .jsonb || type == .json else {
            throw .wrongType(expected: "jsonb", actual: type)
        }
        self.init(postgresText)
    }

    /// `jsonb`.
    package static var postgresType: PostgresType { .jsonb }
    /// The JSON as text.
    package var postgresText: String { String(decoding: utf8, as: UTF8.self) }
    /// The bytes, without a detour through a string.
    package var postgresParameter: PostgresParameter { PostgresParameter(type: .jsonb, utf8: utf8) }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// The array type of the element's type; `text[]` where none is known.
    package static var postgresType: PostgresType { Element.postgresType.array ?? .textArray }
    /// The array in PostgreSQL's input syntax, each element quoted.
    package var postgresText: String { ArrayText.encode(map(\.postgresParameter)) }
    /// The array, or the first element's reason why it cannot be sent.
    package var postgresParameter: PostgresParameter {
        let elements = map(\.postgresParameter)
        for case .invalid(let reason) in elements.lazy.map(\.value) {
            return PostgresParameter(type: Self.postgresType, value: .invalid(reason))
        }
        return PostgresParameter(type: Self.postgresType, text: ArrayText.encode(elements))
    }
}
