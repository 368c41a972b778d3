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
    let deadline: ContinuousClock.Instant

    init(
        _ sql: SQL, _ options: CallOptions, _ registry: StatementRegistry, _ configuration: DatabaseConfiguration
    ) throws(PostgresError) {
        guard options.scope.settings.count <= Scope.limit else {
            throw PostgresError(.invalidParameter, .notExecuted, "more than \(Scope.limit) settings in a scope")
        }
        guard !sql.text.utf8.contains(0) else {
            throw PostgresError(.invalidParameter, .notExecuted, "the statement's text contains a NUL byte")
        }
        self.parameters = try ParameterBlock(sql.parameters, byteLimit: configuration.parameterByteLimit)
        self.statement = registry.statement(text: sql.text, parameters: sql.parameters)
        self.options = options
        let limit = options.deadline ?? configuration.deadline(of: options.lane)
        self.deadline = ContinuousClock.now + limit
    }
}

extension Scope {
    /// The most settings of one scope.
    static let limit = 16
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
