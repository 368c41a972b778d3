import Logging
package import ServiceLifecycle

/// Runs workers beside a test as a service's process does, and ends them in order after.
package func running<Value: Sendable>(
    _ workers: [any Service], isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value
) async throws -> Value {
    var logger = Logger(label: "workers of a test")
    logger.logLevel = .critical
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: workers.map { .init(service: $0, successTerminationBehavior: .ignore) }, logger: logger))
    let task = Task { try await group.run() }
    defer { task.cancel() }
    let value = try await body()
    await group.triggerGracefulShutdown()
    _ = await task.result
    return value
}

/// Sends many requests at once and gathers what they were answered.
package func atOnce<Value: Sendable>(
    _ count: Int, _ request: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for number in 0..<count { group.addTask { try await request(number) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
