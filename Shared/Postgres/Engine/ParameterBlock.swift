/// The values of a statement as C strings in one piece of memory.
struct ParameterBlock: Sendable {
    /// The largest number of parameters that the protocol's Bind message can count.
    static let limit = 65_535
    static let empty = ParameterBlock()

    /// The values, each closed by NUL.
    private(set) var bytes: [UInt8] = []
    /// Where each value starts in `bytes`, -1 for NULL.
    private(set) var offsets: [Int] = []

    private init() {}

    /// Lays the values out.
    ///
    /// - Throws: ``PostgresError`` with code `invalidParameter` for too many or too large values, NUL bytes, invalid
    ///   UTF-8, and values out of PostgreSQL's range.
    init(_ parameters: [PostgresParameter], byteLimit: Int) throws(PostgresError) {
        guard parameters.count <= Self.limit else {
            throw Self.refusal("\(parameters.count) parameters, of at most \(Self.limit)")
        }
        offsets.reserveCapacity(parameters.count)
        bytes.reserveCapacity(parameters.count * 37)
        for (index, parameter) in parameters.enumerated() {
            try append(parameter.value, number: index + 1)
            guard bytes.count <= byteLimit else {
                throw Self.refusal("parameters of more than \(byteLimit) bytes")
            }
        }
    }

    init(texts: [String]) throws(PostgresError) {
        try self.init(texts.map { PostgresParameter(type: .text, text: $0) }, byteLimit: 1 << 20)
    }

    /// Lays out settings, name and value in turn.
    init(_ settings: [Scope.Setting]) throws(PostgresError) {
        offsets.reserveCapacity(settings.count * 2)
        bytes.reserveCapacity(settings.count * 64)
        for (index, setting) in settings.enumerated() {
            try append(setting.name, number: index * 2 + 1)
            try append(setting.value, number: index * 2 + 2)
        }
        guard bytes.count <= 1 << 20 else { throw Self.refusal("settings of more than 1 MiB") }
    }

    private mutating func append(_ value: PostgresParameter.Value, number: Int) throws(PostgresError) {
        switch value {
        case .null:
            offsets.append(-1)
        case .invalid(let reason):
            throw Self.refusal("$\(number) is \(reason)")
        case .text(let text):
            try append(text, number: number)
        case .bytes(let utf8):
            guard String(validating: utf8, as: UTF8.self) != nil else {
                throw Self.refusal("$\(number) is not valid UTF-8")
            }
            let start = bytes.count
            bytes.append(contentsOf: utf8)
            try close(start, number: number)
        }
    }

    private mutating func append(_ text: String, number: Int) throws(PostgresError) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        try close(start, number: number)
    }

    private mutating func close(_ start: Int, number: Int) throws(PostgresError) {
        guard !bytes[start...].contains(0) else {
            throw Self.refusal("$\(number) contains a NUL byte")
        }
        bytes.append(0)
        offsets.append(start)
    }

    private static func refusal(_ reason: String) -> PostgresError {
        PostgresError(.invalidParameter, .notExecuted, reason)
    }
}
