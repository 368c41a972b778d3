import Foundation
import Models
import Synchronization
import TestSupport
import Testing

/// A running suite with two workspaces that hold a record of each kind, and the contracts of all that it serves.
final class House: Sendable {
    let suite: RunningSuite
    /// Where people reach the suite.
    let door: String
    /// The workspace that asks.
    let acme: Estate
    /// The workspace that is asked for.
    let bolt: Estate
    private let tokens = Mutex<[String: (text: String, until: ContinuousClock.Instant)]>([:])

    private init(suite: RunningSuite, door: String, acme: Estate, bolt: Estate) {
        (self.suite, self.door, self.acme, self.bolt) = (suite, door, acme, bolt)
    }

    /// Opens a house without limits on requests, which have tests of their own, and closes it after.
    static func open(
        _ settings: [String: String] = [:], _ body: (House) async throws -> Void
    ) async throws {
        let unlimited = ["PRINCIPAL", "ADDRESS", "WORKSPACE"].map { ("CASEBOOK_LIMIT_\($0)_REQUESTS", "0") }
        let settings = settings.merging(Dictionary(uniqueKeysWithValues: unlimited)) { $1 }
        try await RunningSuite.withSuite(settings) { suite in
            let door = try await suite.start().address
            let made = try await suite.casebook("admin", "create-workspace", "bolt", "--mail", "bolt@example.com")
            #expect(made.status == 0, "\(made.output)")
            let house = House(
                suite: suite, door: door, acme: try await Estate.make("main", in: suite, at: door),
                bolt: try await Estate.make("bolt", in: suite, at: door))
            try await body(house)
        }
    }

    /// Every operation of every service.
    static let contracts: [(service: ServiceName, contract: Contract)] = ServiceName.allCases.flatMap { service in
        service.contracts.map { (service, $0) }
    }

    /// The operations whose answer ends: all but the live stream.
    static let answering = contracts.filter { $0.contract.outputMediaType != "text/event-stream" }

    /// A service's own port.
    func address(of service: ServiceName) throws -> String {
        "http://127.0.0.1:\(try suite.port(of: service.rawValue))"
    }

    /// A token of a key, as services take it.
    func token(of key: String) async throws -> String {
        if let kept = tokens.withLock({ $0[key] }), kept.until > .now { return kept.text }
        let answer = try await WallClient.send(
            WallRequest(method: "POST", url: "\(try address(of: .identity))/v1/tokens").with(
                json: ["credential": .string(key)]))
        let token = try #require(answer.json["token"]?.text, "\(answer.text)")
        tokens.withLock { $0[key] = (token, .now + .seconds(30)) }
        return token
    }

    /// Where an operation is asked for, and with which credential: at the door by key, at its service by token.
    func entrances(to service: ServiceName, _ key: String) async throws -> [(base: String, credential: String)] {
        guard service != .gateway else { return [(door, key)] }
        return [(door, key), (try address(of: service), try await token(of: key))]
    }

    /// A digest of each table, but for those that asking itself changes: what was used when, how often was tried, what
    /// is chained or learnt in the background, and the number of the next case, which a refused ticket leaves out.
    func digests() async throws -> [String] {
        try await suite.sql(
            """
            SELECT t.table_schema || '.' || t.table_name || ' '
                || md5(query_to_xml(format('SELECT * FROM %I.%I AS t ORDER BY t::text', t.table_schema, t.table_name),
                    true, false, '')::text)
            FROM information_schema.tables AS t
            WHERE t.table_schema IN ('identity', 'customers', 'tickets', 'tasks', 'core')
                AND t.table_type = 'BASE TABLE' AND t.table_name NOT IN (
                    'throttle', 'session', 'api_key', 'audit', 'chain', 'activity_seal', 'sealed_entry',
                    'cursor', 'timer', 'case_counter', 'search_word')
            ORDER BY 1
            """)
    }
}
