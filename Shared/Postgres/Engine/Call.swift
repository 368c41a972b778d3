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
///
/// A class, since it is passed about a lot.
final class Call: Sendable {
    let statement: Statement
    let parameters: ParameterBlock
    let options: CallOptions
    let scope: PreparedScope
    let deadline: ContinuousClock.Instant

    init(
        _ sql: SQL, _ options: CallOptions, _ registry: StatementRegistry, _ configuration: DatabaseConfiguration
    ) throws(PostgresError) {
        self.scope = try PreparedScope(options.scope, options.lane, configuration)
        self.parameters = try ParameterBlock(sql.parameters, byteLimit: configuration.parameterByteLimit)
        self.statement = try registry.statement(of: sql)
        self.options = options
        let limit = options.deadline ?? configuration.deadline(of: options.lane)
        self.deadline = ContinuousClock.now + limit
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
