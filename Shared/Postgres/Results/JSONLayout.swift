/// Why the columns of a statement cannot be written as JSON.
enum JSONLayoutError: Error, Equatable {
    /// A column's type is not in the writer's closed list.
    case unwritableType(column: String, PostgresType)
    /// Two columns have one name, or one is both a value and a group.
    case ambiguousName(String)

    var decodingError: PostgresDecodingError {
        switch self {
        case .unwritableType(let column, let type): .column(column, .wrongType(expected: "JSON", actual: type))
        case .ambiguousName(let name): .column(name, .invalid("the name stands for two members"))
        }
    }
}

/// The steps by which a row of known columns becomes a JSON object, with all constant text prepared.
struct JSONLayout: Sendable {
    /// How a value's text becomes JSON.
    enum Form: Sendable, Equatable {
        /// As it is: integers, `json`, `jsonb`.
        case raw
        /// As it is, finite numbers only.
        case float
        /// `true` or `false`.
        case bool
        /// Quoted without a look at its characters: `uuid`, `numeric`, `date`.
        case quoted
        /// Quoted and escaped.
        case escaped
        /// `2026-01-15T10:20:30.123456Z`.
        case timestamp
        /// An array of raw elements.
        case rawArray
        /// An array of escaped strings.
        case escapedArray
        /// Nothing but `null`.
        case null
    }

    /// One step.
    enum Step: Sendable, Equatable {
        /// Writes constant text and a column's value.
        case value(lead: Range<Int>, column: Int, form: Form)
        /// Begins a group: its name, then `null` and on to step `end` if all its columns are NULL, else a brace.
        case open(lead: Range<Int>, columns: [Int], end: Int)
        /// Ends a group.
        case close
    }

    let steps: [Step]
    /// The constant text that steps refer to.
    let text: [UInt8]

    /// Works out the steps.
    ///
    /// - Throws: ``JSONLayoutError`` for a type outside of the closed list or names that collide.
    init(names: [String], types: [PostgresType]) throws(JSONLayoutError) {
        var root: [Member] = []
        for (column, name) in names.enumerated() where !name.hasPrefix("_") {
            guard let form = Self.form(of: types[column]) else {
                throw .unwritableType(column: name, types[column])
            }
            let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard Self.insert(path[...], column: column, form: form, into: &root) else { throw .ambiguousName(name) }
        }
        var builder = Builder()
        builder.add(root)
        steps = builder.steps
        text = builder.text
    }

    /// The form of a type, `nil` for types outside of the closed list.
    static func form(of type: PostgresType) -> Form? {
        switch type {
        case .int2, .int4, .int8, .json, .jsonb: .raw
        case .float4, .float8: .float
        case .bool: .bool
        case .uuid, .numeric, .date, .xid8: .quoted
        case .text, .varchar, .bpchar, .name, .unknown: .escaped
        case .timestamptz: .timestamp
        case .int2Array, .int4Array, .int8Array: .rawArray
        case .textArray, .varcharArray, .uuidArray: .escapedArray
        case .void: .null
        default: nil
        }
    }

    private struct Member {
        let name: String
        var content: Content
    }

    private enum Content {
        case column(Int, Form)
        case group([Member])
    }

    private static func insert(
        _ path: ArraySlice<String>, column: Int, form: Form, into members: inout [Member]
    ) -> Bool {
        guard let name = path.first else { return false }
        let existing = members.firstIndex { $0.name == name }
        if path.count == 1 {
            guard existing == nil else { return false }
            members.append(Member(name: name, content: .column(column, form)))
            return true
        }
        guard let existing else {
            var inner: [Member] = []
            guard insert(path.dropFirst(), column: column, form: form, into: &inner) else { return false }
            members.append(Member(name: name, content: .group(inner)))
            return true
        }
        guard case .group(var inner) = members[existing].content else { return false }
        guard insert(path.dropFirst(), column: column, form: form, into: &inner) else { return false }
        members[existing].content = .group(inner)
        return true
    }

    private struct Builder {
        var steps: [Step] = []
        var text: [UInt8] = []

        mutating func add(_ members: [Member]) {
            for (index, member) in members.enumerated() {
                let start = text.count
                if index > 0 { text.append(UInt8(ascii: ",")) }
                JSONEscape.appendQuoted(member.name, to: &text)
                text.append(UInt8(ascii: ":"))
                let lead = start..<text.count
                switch member.content {
                case .column(let column, let form):
                    steps.append(.value(lead: lead, column: column, form: form))
                case .group(let inner):
                    let place = steps.count
                    steps.append(.close)
                    add(inner)
                    steps.append(.close)
                    steps[place] = .open(lead: lead, columns: Self.columns(of: inner), end: steps.count)
                }
            }
        }

        private static func columns(of members: [Member]) -> [Int] {
            members.flatMap { member in
                switch member.content {
                case .column(let column, _): [column]
                case .group(let inner): columns(of: inner)
                }
            }
        }
    }
}

/// Escaping of JSON strings as RFC 8259 section 7 demands.
enum JSONEscape {
    static func appendQuoted(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                text.append(UInt8(ascii: "\\"))
                text.append(byte)
            case 0..<0x20:
                text.append(contentsOf: "\\u00".utf8)
                text.append(hexDigit(byte >> 4))
                text.append(hexDigit(byte & 15))
            default:
                text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
