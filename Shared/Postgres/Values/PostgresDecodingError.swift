/// Why a column could not be read as the wanted Swift type.
package enum PostgresDecodingError: Error, Sendable, Equatable {
    /// The result has no column of that name.
    case missingColumn(String)
    /// The row type declares a column that its initialiser never read, or the result has one that it does not declare.
    case unmappedColumn(String)
    /// NULL in a column that must not be NULL.
    case unexpectedNull(expected: String)
    /// The column's type does not fit the Swift type.
    case wrongType(expected: String, actual: PostgresType)
    /// The text is no value of the Swift type.
    case malformed(expected: String, actual: PostgresType)
    /// One of the above, in a named column.
    indirect case column(String, PostgresDecodingError)
    /// A rule of the row type itself was broken; the text says which.
    case invalid(String)
}

extension PostgresDecodingError: CustomStringConvertible {
    /// The reason with names of columns and types, never a value.
    package var description: String {
        switch self {
        case .missingColumn(let name): "the result has no column \"\(name)\""
        case .unmappedColumn(let name): "column \"\(name)\" is not mapped by the row type"
        case .unexpectedNull(let expected): "NULL where \(expected) is expected"
        case .wrongType(let expected, let actual): "\(actual) cannot be read as \(expected)"
        case .malformed(let expected, let actual): "a value of type \(actual) is no \(expected)"
        case .column(let name, let reason): "column \"\(name)\": \(reason)"
        case .invalid(let reason): reason
        }
    }
}
