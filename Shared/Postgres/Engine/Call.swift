/// How a statement is to be run.
struct CallOptions: Sendable {
    let lane: DatabaseLane
    let scope: Scope
    /// Whether the rows must have a form in JSON.
    let forJSON: Bool
    var deadline: Duration?
    var isWrite = false

    init(lane: DatabaseLane, scope: Scope, forJSON: Bool, deadline: Duration? = nil) {
        self.lane = lane
        self.scope = scope
        self.forJSON = forJSON
        self.deadline = deadline
    }
}

/// A statement with its values in libpq's form, checked, ready to be sent.
struct Call: Sendable {
    let statement: Statement
    let parameters: ParameterBlock
    let options: CallOptions
    let scope: PreparedScope
    let deadline: ContinuousClock.Instant

    init(
        _ sql: SQL, _ options: CallOptions, _ registry: StatementRegistry, _ configuration: DatabaseConfiguration
    ) throws(PostgresError) {
        guard !sql.text.utf8.contains(0) else {
            throw PostgresError(.invalidParameter, .notExecuted, "the statement's text contains a NUL byte")
        }
        guard !Self.isCopy(sql.text) else {
            throw PostgresError(.invalidParameter, .notExecuted, "COPY needs Transaction.copy")
        }
        self.scope = try PreparedScope(options.scope, options.lane, configuration)
        self.parameters = try ParameterBlock(sql.parameters, byteLimit: configuration.parameterByteLimit)
        self.statement = registry.statement(text: sql.text, parameters: sql.parameters)
        self.options = options
        let limit = options.deadline ?? configuration.deadline(of: options.lane)
        self.deadline = ContinuousClock.now + limit
    }

    /// A pipeline cannot carry COPY: libpq would wait for data that nobody sends.
    private static func isCopy(_ text: String) -> Bool {
        let word = text.utf8.drop { $0 <= UInt8(ascii: " ") }.prefix(5)
        guard word.count == 5, let last = word.last else { return false }
        return word.prefix(4).elementsEqual("copy".utf8, by: { $0 | 0x20 == $1 }) && last <= UInt8(ascii: "(")
    }
}

extension DatabaseConfiguration {
    func deadline(of lane: DatabaseLane) -> Duration {
        switch lane {
        case .point, .hint: pointDeadline
        case .scan: scanDeadline
        case .exclusive: writeDeadline
        }
    }
}
