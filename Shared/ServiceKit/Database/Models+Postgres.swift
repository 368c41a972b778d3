package import Models
package import Postgres

extension Scope {
    /// Opens one workspace for a statement or transaction: row-level security shows its rows and no others.
    package static func workspace(_ id: ID<Workspace>) -> Scope {
        .setting("casebook.workspace_id", id.description)
    }
}

// A raw value of `uuid` or `text` crosses as it is; the conformances' members come from the raw value's.
extension ID: PostgresEncodable, PostgresDecodable {}
extension Permission: PostgresEncodable, PostgresDecodable {}
extension Priority: PostgresEncodable, PostgresDecodable {}
extension PrincipalKind: PostgresEncodable, PostgresDecodable {}
extension Role: PostgresEncodable, PostgresDecodable {}
extension ServiceName: PostgresEncodable, PostgresDecodable {}

extension Timestamp: PostgresEncodable, PostgresDecodable {
    /// `timestamptz`.
    package static var postgresType: PostgresType { .timestamptz }
    /// RFC 3339 in UTC, which is a form that `timestamptz` reads.
    package var postgresText: String { description }

    /// Reads a `timestamptz` to the microsecond.
    ///
    /// - Throws: ``PostgresDecodingError`` for another type, infinity, or a year that is not in 1 to 9999.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .timestamptz else { throw .wrongType(expected: "Timestamp", actual: type) }
        // The session's form, `2026-01-15 10:20:30.5+00`, is RFC 3339 but for two characters.
        var bytes = Array(postgresText.utf8)
        guard bytes.count > 13, bytes[10] == UInt8(ascii: " "), bytes.suffix(3).elementsEqual("+00".utf8) else {
            throw .malformed(expected: "Timestamp", actual: type)
        }
        bytes[10] = UInt8(ascii: "T")
        bytes.replaceSubrange((bytes.count - 3)..., with: "Z".utf8)
        guard let value = Timestamp(String(decoding: bytes, as: UTF8.self)) else {
            throw .malformed(expected: "Timestamp", actual: type)
        }
        self = value
    }
}

extension Text: PostgresEncodable {
    /// `text`.
    package static var postgresType: PostgresType { .text }
    /// The normalised text.
    package var postgresText: String { value }
}

extension CalendarDate: PostgresEncodable, PostgresDecodable {
    /// `date`.
    package static var postgresType: PostgresType { .date }
    /// `YYYY-MM-DD`.
    package var postgresText: String { description }

    /// Reads a `date`.
    ///
    /// - Throws: ``PostgresDecodingError`` for another type, infinity, or a year that is not in 1 to 9999.
    package init(postgresText: String, type: PostgresType) throws(PostgresDecodingError) {
        guard type == .date else { throw .wrongType(expected: "CalendarDate", actual: type) }
        guard let day = CalendarDate(postgresText) else { throw .malformed(expected: "CalendarDate", actual: type) }
        self = day
    }
}
