import Foundation
import TestSupport

/// Runs schemathesis against the services of a suite, through its door.
struct GeneratedRun {
    /// What came of one service's run.
    struct Outcome {
        /// 0 when nothing was found.
        let status: Int32
        /// What schemathesis says.
        let report: String
        /// What was sent and answered.
        let exchanges: [GeneratedExchange]
        /// The checks that answers went through.
        let checks: Set<String>
    }

    private let suite: RunningSuite
    private let program: String
    private let folder: URL

    /// Makes a workspace beside the first, a key in each, and the folder that the runs work in.
    static func make(in suite: RunningSuite, program: String) async throws -> GeneratedRun {
        let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "casebook-generated-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try await suite.casebook("admin", "create-workspace", "other", "--mail", "other@example.com")
        let first = try await key(of: ["admin@example.com"], in: suite)
        let second = try await key(of: ["other@example.com", "--workspace", "other"], in: suite)
        let peers: [[String: Any]] = [("first", first), ("second", second)].map { name, key in
            ["name": name, "fixedHeaders": [["name": "Authorization", "value": "Bearer \(key)"]]]
        }
        let file = folder.appending(path: "peers.json")
        try JSONSerialization.data(withJSONObject: ["auth": peers]).write(to: file)
        try Data(configuration(peers: file.path).utf8).write(to: folder.appending(path: "schemathesis.toml"))
        return GeneratedRun(suite: suite, program: program, folder: folder)
    }

    /// What is no finding, and why.
    ///
    /// - 404: the generated ids are nobody's; 409 and 412: the record's state or version forbids it;
    /// - 422: references in bodies, and rules between fields, which a schema cannot say;
    /// - 429: tries of a second factor are counted (S-14), whatever the limits on requests;
    /// - 400 of six lists: what a mail address, a telephone number or a word of a kind is says more than a format.
    private static func configuration(peers: String) -> String {
        """
        [auth.wfc]
        path = "\(peers)"
        peers = ["first", "second"]

        [checks]
        positive_data_acceptance.expected-statuses = ["2xx", 401, 403, 404, 409, 412, 422, 429]

        [[operations]]
        include-path = [
            "/v1/individuals", "/v1/organizations", "/v1/users", "/v1/tickets", "/v1/tasks", "/v1/worklist",
        ]
        checks.positive_data_acceptance.expected-statuses = ["2xx", 400, 401, 403, 404, 409, 412, 422, 429]
        """
    }

    private static func key(of person: [String], in suite: RunningSuite) async throws -> String {
        let made = try await Command.run(
            "\(Command.products)/casebook", ["admin", "create-key"] + person, environment: suite.environment)
        guard let key = made.output.firstMatch(of: /cbk_\S+/) else { throw MissingKey(output: made.output) }
        return String(key.0)
    }

    private struct MissingKey: Error {
        let output: String
    }

    /// Removes the folder.
    func end() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Sends a service what is made up from its description.
    func send(to service: String, cases: Int) async throws -> Outcome {
        let own = folder.appending(path: service)
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        let (description, found) = (own.appending(path: "openapi.json"), own.appending(path: "found.ndjson"))
        let port = try suite.port(of: service)
        try Self.described(try await Self.document(port)).write(to: description)
        let arguments = [
            "--config-file", folder.appending(path: "schemathesis.toml").path, "run", description.path,
            "--url", "http://127.0.0.1:\(try suite.port(of: "gateway"))", "--checks", "all",
            "--phases", "examples,coverage,fuzzing,stateful", "--mode", "all", "-n", "\(cases)", "--seed", "1",
            "--generation-deterministic", "--report", "ndjson",
            "--report-ndjson-path", found.path, "--no-color",
        ]
        // It keeps what it found last time in its current folder.
        let run = try await Command.run(
            "/usr/bin/env", ["-C", own.path, program] + arguments, environment: ["HOME": own.path],
            within: .seconds(600))
        let record = try String(contentsOf: found, encoding: .utf8)
        let scenarios = try record.split(separator: "\n").compactMap { try GeneratedExchange.scenario(in: $0) }
        return Outcome(
            status: run.status, report: String(run.output.suffix(6_000)),
            exchanges: scenarios.flatMap { GeneratedExchange.all(in: $0) },
            checks: Set(scenarios.flatMap { GeneratedExchange.checks(in: $0) }))
    }

    private static func document(_ port: Int) async throws -> [String: Any] {
        let fetched = try await Command.shell("curl -sS --fail http://127.0.0.1:\(port)/openapi.json")
        return try JSONSerialization.jsonObject(with: Data(fetched.output.utf8)) as? [String: Any] ?? [:]
    }

    /// The description without what nobody can make up, or what it cannot say of the answer.
    ///
    /// - `cursor` and `If-Match` are values that an answer gave before (R-3 and R-4 have tests of their own);
    /// - `fields` leaves out members that the full answer requires.
    private static func described(_ document: [String: Any]) throws -> Data {
        var document = document
        let paths = document["paths"] as? [String: [String: [String: Any]]] ?? [:]
        document["paths"] = paths.mapValues { methods in
            methods.mapValues { operation in
                var operation = operation
                operation["parameters"] = (operation["parameters"] as? [[String: Any]])?.filter { parameter in
                    !["cursor", "If-Match", "fields"].contains(parameter["name"] as? String)
                }
                return operation
            }
        }
        return try JSONSerialization.data(withJSONObject: document, options: .sortedKeys)
    }
}

/// One request that was made up, and its answer.
struct GeneratedExchange {
    let status: Int
    let isProblem: Bool
    /// Who was signed in; `nil` when nobody was.
    let peer: String?
    /// A word of the inside that the answer shows; `nil` when there is none.
    let leak: String?

    /// Words that only somebody who looks inside may see (R-5).
    private static let inside = ["SQLSTATE", "libpq", "relation \"", ".swift:", "/home/", "pg_catalog"]

    /// What a line of the record tells of a scenario; `nil` when it tells something else.
    static func scenario(in line: Substring) throws -> [String: Any]? {
        let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: [String: Any]]
        return event?["ScenarioFinished"]?["recorder"] as? [String: Any]
    }

    /// The names of the checks that a scenario's answers went through.
    static func checks(in scenario: [String: Any]) -> [String] {
        let checks = scenario["checks"] as? [String: [[String: Any]]] ?? [:]
        return checks.values.flatMap { $0 }.compactMap { $0["name"] as? String }
    }

    /// The exchanges of a scenario.
    static func all(in scenario: [String: Any]) -> [GeneratedExchange] {
        let interactions = scenario["interactions"] as? [String: [String: Any]] ?? [:]
        let cases = scenario["cases"] as? [String: [String: Any]] ?? [:]
        return interactions.compactMap { id, interaction in
            guard let response = interaction["response"] as? [String: Any],
                let status = response["status_code"] as? Int
            else { return nil }
            let headers = response["headers"] as? [String: [String]]
            let encoded = (response["content"] as? [String: Any])?["$base64"] as? String ?? ""
            let body = Data(base64Encoded: encoded).map { String(decoding: $0, as: UTF8.self) } ?? ""
            return GeneratedExchange(
                status: status, isProblem: headers?["content-type"] == ["application/problem+json"],
                peer: (cases[id]?["value"] as? [String: Any])?["auth_identity"] as? String,
                leak: inside.first { body.contains($0) })
        }
    }
}
