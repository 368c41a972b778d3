package import Configuration
import HTTPTypes
import Models
import Postgres
package import ServiceKit
import Synchronization
import Testing

/// Remembers statements until it is told to forget them.
private final class StatementLog: DatabaseObserver {
    private let seen = Mutex<[String]>([])
    var statements: [String] { seen.withLock { $0 } }
    func forget() { seen.withLock { $0.removeAll() } }
    func statementStarted(_ statement: SQL) { seen.withLock { $0.append(statement.text) } }
    func statementFinished(
        _ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?
    ) {}
    func connectionChanged(_ change: ConnectionChange) {}
}

/// Reading changes nothing (S-16): what is asked of every GET of every service.
package enum ReadingWall<Definition: ServiceDefinition> {
    /// Sends requests to the service.
    package typealias Prepared =
        @Sendable (
            _ service: ServiceUnderTest<Definition>, _ company: Company, _ token: String
        ) async throws -> [String]

    /// Asks each GET, first as always and then with every session read only, and compares.
    ///
    /// - Parameters:
    ///   - values: Configuration beside the standard.
    ///   - write: A write without an id, by path and body, that fails once nothing can be written.
    ///   - absent: Operations that have nothing to answer, and why.
    ///   - paths: Makes records, and answers the paths to ask, of what is there and of what is not: each operation
    ///     answers 200 to one of them.
    /// - Throws: What the requests throw.
    package static func check(
        values: [AbsoluteConfigKey: ConfigValue] = [:], write: (path: String, body: String),
        absent: [String: String] = [:], paths: @escaping Prepared
    ) async throws {
        let log = StatementLog()
        let company = try Company()
        let scratch = try ScratchDatabase.current
        try await ServiceUnderTest<Definition>.run(values: values, observer: log) { service in
            let token = try await service.token(.administrator, in: company.id, as: company.administrator.id)
            let paths = try await paths(service, company, token)
            #expect(paths.count > 5)
            log.forget()
            var before: [Int] = []
            for path in paths { before.append(try await service.send(.get, path, as: token).status) }
            #expect(!before.contains { $0 >= 500 }, "\(zip(paths, before).map { "\($0)" })")
            let contracts = service.assembly.routes.map(\.contract).filter { $0.method == .get }
            let shown = zip(paths, before).filter { $0.1 == 200 }.compactMap { operation(of: $0.0, contracts) }
            #expect(Set(contracts.map(\.id)).subtracting(shown) == Set(absent.keys))
            #expect(log.statements.count >= paths.count / 2)
            #expect(Set(log.statements.filter(writes)) == [])

            try close(scratch, to: Definition.name)
            try await eventually("nothing can be written") {
                let refused = try await service.send(.post, write.path, as: token, write.body)
                return refused.status >= 500
            }
            var after: [Int] = []
            for path in paths { after.append(try await service.send(.get, path, as: token).status) }
            #expect(after == before, "\(zip(paths, zip(before, after)).filter { $1.0 != $1.1 })")
        }
    }

    /// The operation that answers at a path: of those whose template fits, the one with the fewest parameters.
    private static func operation(of path: String, _ contracts: [Contract]) -> String? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        return contracts.filter { contract in
            let template = contract.path.split(separator: "/")
            return template.count == parts.count
                && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.min { first, second in
            first.path.count { $0 == "{" } < second.path.count { $0 == "{" }
        }?.id
    }

    private static func writes(_ statement: String) -> Bool {
        statement.contains(/(?i)\b(INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|nextval)\b/)
            || statement.contains(/(?i)\bUPDATE\s+\w+(\.\w+)?\s+(AS\s+\w+\s+)?SET\b/)
    }

    /// Makes every new session of the database read only, and ends the service's old ones.
    private static func close(_ scratch: ScratchDatabase, to service: ServiceName) throws {
        _ = try scratch.cluster.sql(
            "ALTER DATABASE \(scratch.name) SET default_transaction_read_only = on", database: scratch.name)
        _ = try scratch.cluster.sql(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = '\(scratch.name)' AND usename = '\(service.rawValue)'
            """, database: "postgres")
    }
}
