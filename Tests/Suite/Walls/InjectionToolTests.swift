import Foundation
import Models
import TestSupport
import Testing

extension SuiteTests.Walls {
    @Test("S-11: sqlmap finds no injection at 21 places of the services, and finds the one that is planted beside them")
    func sqlmap() async throws {
        try await House.open { house in
            let tool = InjectionTool(folder: "\(house.suite.folder)/sqlmap")
            let targets = try InjectionTool.targets(in: house)
            #expect(targets.count == 21)
            // Two at a time, as many as this machine has cores at least; each ends by itself in some seconds.
            try await withThrowingTaskGroup(of: (InjectionTarget, String).self) { group in
                var left = targets.makeIterator()
                for _ in 0..<2 {
                    if let target = left.next() { group.addTask { try await tool.named(target) } }
                }
                while let (target, report) = try await group.next() {
                    #expect(InjectionTool.isClean(report), "\(target.name)\n\(report.suffix(3_000))")
                    if let next = left.next() { group.addTask { try await tool.named(next) } }
                }
            }
            let planted = try await plant(house.suite) { try await tool.report(on: $0) }
            #expect(InjectionTool.hasFound(planted), "\(planted.suffix(3_000))")
        }
    }

    /// Runs a body beside a page that puts what it is asked into a statement as it is, over the same PostgreSQL.
    private func plant(
        _ suite: RunningSuite, _ body: (InjectionTarget) async throws -> String
    ) async throws -> String {
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Injectable/lookup.py").path
        let port = try FreePort.next()
        let process = try Process.started(
            "/usr/bin/python3",
            [
                script, "\(port)", "--host", "\(suite.folder)/run/postgresql", "--port",
                "\(try suite.port(of: "postgres"))", "--username", "casebook_admin", "--dbname", "casebook",
            ], environment: ["PGPASSWORD": try suite.password(of: "casebook_admin")],
            output: "\(suite.folder)/logs/injectable.log")
        defer { process.terminate() }
        let url = "http://127.0.0.1:\(port)/lookup?word="
        try await eventually("the page answers") {
            try await WallClient.send(WallRequest(url: url + "main")).text.contains("Main")
        }
        return try await body(InjectionTarget(name: "planted", url: "\(url)main*"))
    }
}

/// A place of a request that sqlmap tries, marked by an asterisk.
private struct InjectionTarget: Sendable {
    let name: String
    let url: String
    var method = "GET"
    var fields: [(String, String)] = []
    var body: String?
}

/// Debian's sqlmap: the ways that an injection shows in PostgreSQL, bounded by level, with a folder of its own.
private struct InjectionTool: Sendable {
    private static let program = "/usr/bin/sqlmap"

    let folder: String

    /// What it says about one place.
    func report(on target: InjectionTarget) async throws -> String {
        let own = "\(folder)/\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        var arguments = [
            "--url", target.url, "--method", target.method, "--dbms", "PostgreSQL", "--level", "3", "--risk", "1",
            "--technique", "BEUSTQ", "--threads", "1", "--timeout", "20", "--retries", "1", "--ignore-code", "401,404",
            "--skip-waf", "--batch", "--flush-session", "--disable-coloring", "--ignore-stdin", "--output-dir", own,
        ]
        if !target.fields.isEmpty {
            arguments += ["--headers", target.fields.map { "\($0): \($1)" }.joined(separator: "\n")]
        }
        if let body = target.body { arguments += ["--data", body] }
        let run = try await Command.run(
            Self.program, arguments, environment: ["HOME": own, "TERM": "dumb"], within: .seconds(120))
        return run.output
    }

    /// A place with what it says; asked once more when it did not end, which says nothing of the place.
    func named(_ target: InjectionTarget) async throws -> (InjectionTarget, String) {
        do {
            return (target, try await report(on: target))
        } catch is NeverReached {
            return (target, try await report(on: target))
        }
    }

    /// Whether it tried all it has and found nothing.
    static func isClean(_ report: String) -> Bool {
        report.contains("all tested parameters do not appear to be injectable") && !hasFound(report)
    }

    /// Whether it found an injection.
    static func hasFound(_ report: String) -> Bool {
        report.contains("sqlmap identified the following injection point")
    }

    /// Credentials and the token of an open feed, which are read before anybody is known, and places of each service.
    static func targets(in house: House) throws -> [InjectionTarget] {
        let key = house.acme.key
        let credentials = [
            InjectionTarget(
                name: "a bearer", url: "\(house.door)/v1/users/me", fields: [("Authorization", "Bearer \(key)*")]),
            InjectionTarget(
                name: "a credential", url: "\(house.door)/v1/tokens", method: "POST",
                fields: [("Content-Type", "application/json")], body: #"{"credential":"\#(key)*"}"#),
            InjectionTarget(
                name: "a feed's token", url: "\(house.door)\(try house.acme.path(of: CalendarFeeds.read.contract))*"),
        ]
        var turns = try Dictionary(grouping: House.guarded) { $0.service }
            .sorted { $0.key.rawValue < $1.key.rawValue }
            .map { try mixed($0.value.map(\.contract), house) }
        var places: [InjectionTarget] = []
        while places.count < 18, turns.contains(where: { !$0.isEmpty }) {
            for index in turns.indices where !turns[index].isEmpty { places.append(turns[index].removeFirst()) }
        }
        return credentials + places.prefix(18)
    }

    /// A service's places: a parameter, a field of a body, a path, and so on.
    private static func mixed(_ contracts: [Contract], _ house: House) throws -> [InjectionTarget] {
        let kinds = [
            try contracts.flatMap { try parameters($0, house) }, try contracts.flatMap { try fields($0, house) },
            try contracts.flatMap { try paths($0, house) },
        ]
        return (0..<(kinds.map(\.count).max() ?? 0)).flatMap { turn in
            kinds.compactMap { turn < $0.count ? $0[turn] : nil }
        }
    }

    private static func signed(_ house: House) -> [(String, String)] {
        [("Authorization", "Bearer \(house.acme.key)")]
    }

    private static func parameters(_ contract: Contract, _ house: House) throws -> [InjectionTarget] {
        guard contract.method == .get, case .object(let query)? = contract.querySchema else { return [] }
        let path = try house.acme.path(of: contract)
        return query.members.filter { Sample.isText($0.schema) && $0.name != "cursor" }.map { member in
            let value = Sample.isText(member.schema, format: "uuid") ? UUID().uuidString.lowercased() : house.acme.mark
            return InjectionTarget(
                name: "\(contract.id) \(member.name)", url: "\(house.door)\(path)?\(member.name)=\(value)*",
                fields: signed(house))
        }
    }

    /// The first text of each body, but for passwords, which are slow to compare.
    private static func fields(_ contract: Contract, _ house: House) throws -> [InjectionTarget] {
        guard let schema = contract.bodySchema, contract.outputMediaType == "application/json" else { return [] }
        let places = Sample.places(in: schema).filter { Sample.isText($0.schema) }
        guard let place = places.first, !places.contains(where: { Sample.isText($0.schema, format: "password") }),
            case .string(let value) = Sample.value(Sample.bare(place.schema))
        else { return [] }
        let body = Sample.body(schema, with: .string("\(value)*"), at: place.path[...])
        return [
            InjectionTarget(
                name: "\(contract.id) \(place.pointer)", url: house.door + (try house.acme.path(of: contract)),
                method: contract.method.rawValue, fields: signed(house) + [("Content-Type", "application/json")],
                body: String(decoding: JSONWriter.bytes(of: body), as: UTF8.self))
        ]
    }

    private static func paths(_ contract: Contract, _ house: House) throws -> [InjectionTarget] {
        guard contract.method == .get, contract.path.hasSuffix("}") else { return [] }
        let path = try house.acme.path(of: contract)
        return [InjectionTarget(name: "\(contract.id) path", url: "\(house.door)\(path)*", fields: signed(house))]
    }
}
