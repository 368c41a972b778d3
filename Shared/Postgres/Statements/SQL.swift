/// A statement with its bound values: a literal whose interpolations become `$1`, `$2` and so on.
///
/// ```swift
/// let sql: SQL = """
///     SELECT \(columns: TicketRow.self) FROM tickets.ticket
///     WHERE workspace_id = \(workspace) AND id = \(id)
///     """
/// ```
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text with a mark for each value: the same for all values.
    let template: String
    /// The bound values, in the order of their numbers.
    package let parameters: [PostgresParameter]

    /// A statement without values.
    package init(stringLiteral value: String) {
        self.template = value
        self.parameters = []
    }

    /// A statement from a literal with interpolations.
    package init(stringInterpolation: StringInterpolation) {
        self.template = stringInterpolation.text
        self.parameters = stringInterpolation.parameters
    }

    /// A statement whose text comes from a file or a generator, without values.
    ///
    /// Never build it from input.
    package init(unsafe text: String) {
        self.template = text
        self.parameters = []
    }

    /// The statement's text with `$1` … `$n`, made anew at each call.
    package var text: String { PlaceholderText.numbered(template) }

    /// One fragment of several, with `separator` between each two; the values are numbered anew.
    package static func joined(_ parts: [SQL], by separator: SQL) -> SQL {
        var joined = StringInterpolation(literalCapacity: 0, interpolationCount: 0)
        for (index, part) in parts.enumerated() {
            if index > 0 { joined.appendInterpolation(separator) }
            joined.appendInterpolation(part)
        }
        return SQL(stringInterpolation: joined)
    }
}

extension SQL {
    /// Builds a statement from the parts of a literal.
    package struct StringInterpolation: StringInterpolationProtocol, Sendable {
        fileprivate var text: String
        fileprivate var parameters: [PostgresParameter]

        /// Starts a statement.
        package init(literalCapacity: Int, interpolationCount: Int) {
            text = ""
            text.reserveCapacity(literalCapacity + interpolationCount)
            parameters = []
            parameters.reserveCapacity(interpolationCount)
        }

        /// Text between interpolations, taken as it is.
        package mutating func appendLiteral(_ literal: String) {
            text.append(literal)
        }

        /// Binds a value.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value) {
            bind(value.postgresParameter)
        }

        /// Binds a value or NULL.
        package mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            bind(value?.postgresParameter ?? PostgresParameter(type: Value.postgresType, text: nil))
        }

        /// Binds a value that is a parameter already.
        package mutating func appendInterpolation(_ parameter: PostgresParameter) {
            bind(parameter)
        }

        /// Splices another statement or fragment with its values.
        package mutating func appendInterpolation(_ fragment: SQL) {
            text.append(fragment.template)
            if !fragment.parameters.isEmpty { parameters.append(contentsOf: fragment.parameters) }
        }

        /// Splices the column list of a row type.
        package mutating func appendInterpolation<Row: PostgresRow>(columns row: Row.Type) {
            text.append(row.columns.joined(separator: ", "))
        }

        /// Splices text as it is.
        ///
        /// Every use is counted by a test: never with input, names of the schema only.
        package mutating func appendInterpolation(unsafe spliced: String) {
            text.append(spliced)
        }

        private mutating func bind(_ parameter: PostgresParameter) {
            parameters.append(parameter)
            text.append(PlaceholderText.markText)
        }
    }
}
