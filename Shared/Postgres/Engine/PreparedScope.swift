/// A scope's settings as the parameters of one `SELECT set_config(…)`.
struct PreparedScope: Sendable {
    /// The most settings of one scope, the driver's own included.
    static let limit = 24

    let count: Int
    let parameters: ParameterBlock

    init(
        _ scope: Scope, _ lane: DatabaseLane, _ configuration: DatabaseConfiguration
    ) throws(PostgresError) {
        var settings = scope.settings
        if !configuration.prepared { settings = SessionSettings.local(lane, configuration) + settings }
        guard settings.count <= Self.limit else {
            throw PostgresError(.invalidParameter, .notExecuted, "\(settings.count) settings in a scope")
        }
        count = settings.count
        guard count > 0 else {
            parameters = .empty
            return
        }
        parameters = try ParameterBlock(settings)
    }

    /// The statements for 1, 2, … settings; their ids count down from the largest, so that no registry gives them.
    static let statements: [Statement] = (1...limit).map { count in
        let calls = (0..<count).map { "set_config($\($0 * 2 + 1), $\($0 * 2 + 2), true)" }
        let types = Array(repeating: PostgresType.text.oid, count: count * 2)
        return Statement(
            id: .max - UInt64(count), text: "SELECT " + calls.joined(separator: ", "), types: types)
    }

    var statement: Statement { Self.statements[count - 1] }
}

/// What every session of a lane has set.
enum SessionSettings {
    /// Settings in force for the whole session, sent when it starts.
    static func session(_ lane: DatabaseLane, _ configuration: DatabaseConfiguration) -> [Scope.Setting] {
        var settings: [Scope.Setting] = [
            .init(name: "TimeZone", value: "UTC"),
            .init(name: "DateStyle", value: "ISO"),
            .init(name: "IntervalStyle", value: "iso_8601"),
            .init(name: "bytea_output", value: "hex"),
            .init(name: "extra_float_digits", value: "1"),
            // Short statements lose far more by compiling a plan than they win.
            .init(name: "jit", value: "off"),
            .init(name: "statement_timeout", value: configuration.statementTimeout(of: lane).millisecondsText),
        ]
        if lane == .exclusive {
            settings.append(.init(name: "lock_timeout", value: configuration.lockTimeout.millisecondsText))
        }
        return settings
    }

    /// Settings at the start that no transaction can set.
    static func startOnly(_ lane: DatabaseLane, _ configuration: DatabaseConfiguration) -> [Scope.Setting] {
        var settings: [Scope.Setting] = [
            .init(
                name: "idle_in_transaction_session_timeout",
                value: configuration.idleInTransactionTimeout.millisecondsText),
            // A statement whose client went away ends within this time.
            .init(name: "client_connection_check_interval", value: "2000"),
        ]
        if lane == .point || lane == .scan {
            settings.append(.init(name: "default_transaction_read_only", value: "on"))
        }
        return settings
    }

    /// The same for a proxy that gives each transaction another session.
    static func local(_ lane: DatabaseLane, _ configuration: DatabaseConfiguration) -> [Scope.Setting] {
        var settings = session(lane, configuration)
        settings.append(
            .init(
                name: "idle_in_transaction_session_timeout",
                value: configuration.idleInTransactionTimeout.millisecondsText))
        if lane == .point || lane == .scan {
            settings.append(.init(name: "transaction_read_only", value: "on"))
        }
        return settings
    }
}

extension DatabaseConfiguration {
    func statementTimeout(of lane: DatabaseLane) -> Duration {
        switch lane {
        case .point: pointTimeout
        case .scan, .hint: scanTimeout
        case .exclusive: exclusiveTimeout
        }
    }
}
