import Configuration
import Glibc
import Models
import Postgres

extension ServiceProcess {
    /// `seed --workspace UUID --tickets N --seed S [--now TIME] [--check]`: fills a workspace with made-up data.
    ///
    /// Progress goes to standard output. With `--check` nothing is written: the exit code is 0 when the workspace may
    /// be filled, and 69 with a line on standard output when something stands in the way.
    static func seed(_ arguments: [String], _ environment: ConfigReader) async -> Int32 {
        guard Definition.usesDatabase, let order = SeedOrder(arguments) else {
            say("\(Definition.name.rawValue): seed needs \(SeedOrder.usage)")
            return EX_USAGE
        }
        var settings = Settings(environment, service: Definition.name)
        let service = ServiceConfiguration(&settings, service: Definition.name, usesDatabase: true)
        guard settings.problems.isEmpty, var configuration = service.database else {
            for problem in settings.problems { say("\(Definition.name.rawValue): \(problem)") }
            return EX_CONFIG
        }
        configuration.applicationName += "-seed"
        // A batch is one statement over thousands of rows, which takes seconds; a reader waits for none of it.
        configuration.exclusiveTimeout = .seconds(120)
        configuration.writeDeadline = .seconds(150)
        configuration.idleInTransactionTimeout = .seconds(60)
        configuration.scanTimeout = .seconds(30)
        configuration.scanDeadline = .seconds(40)
        let database = Database(configuration: configuration)
        database.start()
        let status = await run(order, in: database)
        await database.close()
        return status
    }

    private static func run(_ order: SeedOrder, in database: Database) async -> Int32 {
        do {
            if order.onlyChecks {
                guard let obstacle = try await Definition.seedObstacle(order.request, in: database) else {
                    return EXIT_SUCCESS
                }
                say(SeedOrder.obstacle + obstacle, to: STDOUT_FILENO)
                return EX_UNAVAILABLE
            }
            try await Definition.seed(order.request, in: database) { progress in
                say(progress.line, to: STDOUT_FILENO)
            }
            return EXIT_SUCCESS
        } catch {
            say("\(Definition.name.rawValue): cannot seed: \(String(reflecting: error))")
            return EX_UNAVAILABLE
        }
    }
}

/// The arguments of `seed`, read.
package struct SeedOrder: Equatable {
    /// What the line of `--check` begins with that says what stands in the way.
    package static let obstacle = "obstacle: "
    static let usage = "--workspace UUID --tickets N --seed S [--now TIME] [--check]"

    let request: SeedRequest
    let onlyChecks: Bool

    /// - Returns: nil when something is missing, unknown or out of range.
    init?(_ arguments: [String]) {
        onlyChecks = arguments.contains("--check")
        let words = arguments.filter { $0 != "--check" }
        guard words.count.isMultiple(of: 2) else { return nil }
        var values: [String: String] = [:]
        for index in stride(from: 0, to: words.count, by: 2) { values[words[index]] = words[index + 1] }
        guard Set(values.keys).isSubset(of: ["--workspace", "--tickets", "--seed", "--now"]),
            let workspace = ID<Workspace>(values["--workspace"] ?? ""),
            let tickets = Int(values["--tickets"] ?? ""), 0...SeedRequest.limit ~= tickets,
            let seed = UInt64(values["--seed"] ?? ""),
            let now = values["--now"].map(Timestamp.init) ?? Timestamp.now
        else { return nil }
        request = SeedRequest(workspace: workspace, tickets: tickets, seed: seed, now: now)
    }
}
