import Foundation
import Models
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

extension SuiteTests.Walls {
    @Test(
        """
        R-8: while the network to PostgreSQL is silent, cuts, resets or drips, each request is a problem within its \
        limit; after it the same process answers over as many connections as before, and each write happened once
        """)
    func databaseNetwork() async throws {
        try await House.open { house in
            let proxy = try FaultProxy(before: try house.suite.port(of: "postgres"))
            defer { proxy.close() }
            let password = try house.suite.password(of: "tickets")
            let url = "postgresql://tickets:\(password)@127.0.0.1:\(proxy.port)/casebook"
            let tickets = try Replica(of: "tickets", in: house.suite, ["CASEBOOK_TICKETS_DATABASE_URL": url])
            let trial = try await DatabaseTrial(house: house, proxy: proxy, address: tickets.address)
            try tickets.start()
            try await trial.recover()
            let goesOn = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 { group.addTask { await trial.writer.run { goesOn.isSet } } }
                defer { goesOn.clear() }
                for fault in DatabaseTrial.faults {
                    try await trial.live(through: fault)
                    #expect(tickets.isRunning, "\(tickets.output.suffix(1_000))")
                }
                goesOn.clear()
                try await group.waitForAll()
            }
            #expect(trial.writer.refused == [])
            let stored = try await house.suite.sql(
                "SELECT id, version FROM tickets.ticket WHERE description = 'It does not work'")
            #expect(Set(stored) == Set(trial.writer.versions.map { "\($0.key)|\($0.value)" }))
            let asked = try await house.suite.sql(
                "SELECT brand, count(*) FROM tickets.ticket WHERE description = '\(DatabaseTrial.text)' GROUP BY brand")
            #expect(asked.count == DatabaseTrial.faults.count * 2)
            #expect(asked.allSatisfy { $0.hasSuffix("|1") }, "\(asked)")
        }
    }
}

/// A process of tickets with a network of its own to PostgreSQL, which can be made bad, and two who write through it.
private struct DatabaseTrial: Sendable {
    /// What the network does; through the last, answers of a few thousand bytes pass before each connection ends.
    static let faults: [FaultProxy.Fault] = [
        .freeze, .reset, .cut(afterBytes: 0), .cut(afterBytes: 400), .trickle(bytes: 1), .cut(afterBytes: 6_000),
    ]
    /// The description of the tickets that are asked for here.
    static let text = "Asked for through a fault"

    /// A kind of request.
    enum Kind: CaseIterable {
        case readiness, read, list, write

        /// The database's limit for one read and for a list, and the request's own for a write (R-8).
        var limit: Duration {
            switch self {
            case .readiness, .read: .seconds(2)
            case .list: .seconds(5)
            case .write: .seconds(15)
            }
        }

        /// Three times the limit and the second that goes with it: what a test may insist on.
        var patience: Duration { (limit + .seconds(1)) * 3 }
    }

    let writer: TicketWriter
    private let house: House
    private let proxy: FaultProxy
    /// Where the process listens.
    private let address: String
    /// How many connections one process of tickets has.
    private let connections: Int

    /// Looks how many connections a process of tickets has, before the one that is tried is started.
    init(house: House, proxy: FaultProxy, address: String) async throws {
        (self.house, self.proxy, self.address) = (house, proxy, address)
        let client = KeyedClient(
            address: address, identity: try house.address(of: .identity), credential: house.acme.key)
        writer = TicketWriter(client: client)
        connections = try await Self.sessions(house)
    }

    /// Asks in every way while the network has a fault, and sees that all is as before when it has none.
    func live(through fault: FaultProxy.Fault) async throws {
        proxy.fault = fault
        let writes = try await ask(through: fault)
        proxy.fault = .none
        try await recover()
        // Nobody knows whether what failed happened: it is sent again under its key.
        for write in writes {
            try await eventually("a write is repeated") { try await WallClient.send(write).status == 201 }
        }
        let enough = writer.steps + 5
        try await eventually("writes go on: \(writer.refused)") { writer.steps >= enough }
    }

    /// Asks in every way at once.
    ///
    /// - Returns: The writes.
    private func ask(through fault: FaultProxy.Fault) async throws -> [WallRequest] {
        let token = try await house.token(of: house.acme.key)
        let kinds: [Kind] = Kind.allCases + [.read, .read, .list, .write]
        return try await withThrowingTaskGroup(of: (Kind, WallRequest).self) { group in
            for kind in kinds {
                group.addTask {
                    let request = try request(kind, token)
                    try await expectProblem(kind, request, fault)
                    return (kind, request)
                }
            }
            return try await group.reduce(into: []) { if $1.0 == .write { $0.append($1.1) } }
        }
    }

    private func expectProblem(_ kind: Kind, _ request: WallRequest, _ fault: FaultProxy.Fault) async throws {
        let began = ContinuousClock.now
        let answer = try await WallClient.send(request, within: TimeAmount(kind.patience))
        let what = "\(fault), \(kind) in \(ContinuousClock.now - began): \(answer.status) \(answer.text.prefix(160))"
        if fault == Self.faults.last, answer.status < 300 { return }
        #expect([503, 504].contains(answer.status), "\(what)")
        #expect(answer.headers["Content-Type"] == ["application/problem+json"], "\(what)")
        #expect(answer.status == 504 || answer.headers["Retry-After"].count == 1, "\(what)")
    }

    private func request(_ kind: Kind, _ token: String) throws -> WallRequest {
        let signed = WallRequest(url: "\(address)/v1/tickets").with(("Authorization", "Bearer \(token)"))
        switch kind {
        case .readiness: return WallRequest(url: "\(address)/readyz")
        case .list: return signed
        case .read:
            var read = signed
            read.url += "/\(house.acme.records["/v1/tickets/{id}"] ?? "")"
            return read
        case .write:
            var write = signed.with(("Idempotency-Key", UUID().uuidString)).with(json: [
                "owner": ["memo": "somebody"], "description": .string(Self.text), "brand": .string(UUID().uuidString),
            ])
            write.method = "POST"
            return write
        }
    }

    /// Waits until every kind of request is answered again, and as many connections are open as there were.
    func recover() async throws {
        let token = try await house.token(of: house.acme.key)
        for kind in Kind.allCases where kind != .write {
            let request = try request(kind, token)
            try await eventually(within: .seconds(60), "\(kind) is answered again") {
                try await WallClient.send(request).status == 200
            }
        }
        var open = (sessions: 0, sockets: 0)
        try await eventually(within: .seconds(60), "\(connections) connections, not \(open)") {
            open = (try await Self.sessions(house) - connections, try await openSockets())
            return open == (connections, connections)
        }
    }

    /// How many sessions of the tickets role PostgreSQL has.
    private static func sessions(_ house: House) async throws -> Int {
        let asked = try await house.suite.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'tickets'")
        return Int(asked.first ?? "") ?? 0
    }

    /// How many sockets the process has to the proxy, those that the proxy has closed too (proc(5), `net/tcp`).
    private func openSockets() async throws -> Int {
        let hexadecimal = String(proxy.port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        // It has no length, and so is read whole by a program rather than by its first page.
        return try await Command.run("/bin/cat", ["/proc/net/tcp"]).output.split(separator: "\n").count { line in
            let columns = line.split(separator: " ")
            // What nobody holds any more has no inode.
            return columns.count > 9 && columns[2].hasSuffix(suffix) && columns[9] != "0"
        }
    }
}
