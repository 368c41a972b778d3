import Configuration
import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Customers
@testable import Identity
@testable import Tickets

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

@Suite("Reading changes nothing (S-16)", .scratchDatabase(.tickets))
struct ReadingTests {
    @Test("S-16: no GET of identity sends a statement that writes, and each works where nothing can be written")
    func identity() async throws {
        let key = Data(repeating: 42, count: 32).base64EncodedString()
        try await reads(
            IdentityDefinition.self, values: ["casebook.identity.encryptionKey": .init(stringLiteral: key)],
            write: ("/v1/teams", #"{"name": "T"}"#))
    }

    @Test("S-16: no GET of customers sends a statement that writes, and each works where nothing can be written")
    func customers() async throws {
        try await reads(CustomersDefinition.self, write: ("/v1/individuals", #"{"name": "N"}"#))
    }

    @Test("S-16: no GET of tickets sends a statement that writes, and each works where nothing can be written")
    func tickets() async throws {
        try await reads(
            TicketsDefinition.self, write: ("/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D"}"#))
    }

    /// Asks each GET of a service, by ids that are there and that are not, first as always and then with every session
    /// read only, and compares.
    private func reads<Definition: ServiceDefinition>(
        _ definition: Definition.Type, values: [AbsoluteConfigKey: ConfigValue] = [:], write: (String, String)
    ) async throws {
        let log = StatementLog()
        let company = try Company()
        let scratch = try ScratchDatabase.current
        try await ServiceUnderTest<Definition>.run(values: values, observer: log) { service in
            let token = try await service.token(.administrator, in: company.id, as: company.administrator.id)
            let made = try await service.send(.post, write.0, as: token, write.1)
            #expect(made.status == 201, "\(made.text)")
            let paths = Self.paths(service.assembly.routes.map(\.contract), company, made.json["id"]?.text ?? "")
            #expect(paths.count > 5)
            log.forget()
            var before: [Int] = []
            for path in paths { before.append(try await service.send(.get, path, as: token).status) }
            #expect(before.contains(200) && !before.contains { $0 >= 500 }, "\(zip(paths, before).map { "\($0)" })")
            #expect(log.statements.count >= paths.count / 2)
            #expect(Set(log.statements.filter(Self.writes)) == [])

            try Self.close(scratch, to: Definition.name)
            try await eventually("nothing can be written") {
                let refused = try await service.send(.post, write.0, as: token, write.1)
                return refused.status >= 500
            }
            var after: [Int] = []
            for path in paths { after.append(try await service.send(.get, path, as: token).status) }
            #expect(after == before, "\(zip(paths, zip(before, after)).filter { $1.0 != $1.1 })")
        }
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

    /// The addresses of each operation that reads: with what is there, and with what is not.
    private static func paths(_ contracts: [Contract], _ company: Company, _ made: String) -> [String] {
        contracts.filter { $0.method == .get && $0.path.hasPrefix("/v1/") }.flatMap { contract in
            guard contract.path.contains("{") else {
                return [contract.path, "\(contract.path)?limit=1", "\(contract.path)?q=a"]
            }
            let known: String =
                switch contract.path.split(separator: "/").dropFirst().first {
                case "users": "\(company.agent.id)"
                case "teams": "\(company.team)"
                case "individuals": "\(company.individual)"
                case "organizations": "\(company.organization)"
                default: made
                }
            return [known, ID<User>.make(at: .now).description].map { id in
                contract.path.replacing(/\{\w+\}/, with: id)
            }
        }
    }
}
