import Foundation
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("The security audit", .scratchDatabase(.identity))
struct AuditTests {
    @Test("each operation writes the events of Fixtures/security-events.txt and no other, all chained (S-17, S-21)")
    func events() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            try await Self.useEverything(identity, acme)
            var written: [String: Set<String>] = [:]
            for workspace in [acme.id, .nobodys] {
                for line in try await Self.lines(identity, workspace) {
                    written[line.request, default: []].insert(line.event)
                }
                let report = try await ChainVerification(database: identity.database, workspace: workspace).audit()
                #expect(report.faults.isEmpty)
                #expect(report.links == (try await Self.lines(identity, workspace).count))
                #expect(report.digest?.count == 64)
            }
            // The first key was made by the process itself.
            #expect(written.removeValue(forKey: "signing-keys") == [AuditEvent.Name.signingKeyMade.rawValue])
            let listed = try SecurityEventList.read()
            // Operations of other services write theirs by functions of identity, and are tried where they are.
            let elsewhere = Set(ServiceName.allCases.filter { $0 != .identity }.flatMap(\.contracts).map(\.id))
            for (operation, events) in listed.sorted(by: { $0.key < $1.key }) where !elsewhere.contains(operation) {
                #expect(written[operation, default: []] == events, "\(operation)")
            }
            #expect(Set(written.keys).subtracting(listed.keys).isEmpty)
        }
    }

    @Test(
        "the list of security events names each operation of each service that writes, and every event there is (S-21)"
    )
    func listIsWhole() async throws {
        try await IdentityUnderTest.run { identity in
            let listed = try SecurityEventList.read()
            let contracts = ServiceName.allCases.flatMap(\.contracts)
            #expect(Set(contracts.map(\.id)).isSuperset(of: identity.contracts.map(\.id)))
            #expect(listed.keys.sorted() == contracts.filter(\.method.isWrite).map(\.id).sorted())
            let events = listed.values.reduce(into: Set<String>()) { $0.formUnion($1) }
            #expect(events == Set(AuditEvent.Name.allCases.map(\.rawValue)))
        }
    }

    @Test("new signing keys are audited in a chain of the installation, which the operator reads alone (S-17, S-21)")
    func installation() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = try await identity.operatorToken()
            let made = try await identity.send(.post, "/v1/tokens/keys", as: token)
            let path = "/v1/workspaces/current/audit"
            let lines = try await identity.send(.get, path, as: token).json["items"]?.items ?? []
            let keys = lines.sorted { ($0["seq"]?.whole ?? 0) < ($1["seq"]?.whole ?? 0) }
            #expect(keys.compactMap { $0["event"]?.text } == ["signing_key_made", "signing_key_made"])
            #expect(keys.compactMap { $0["detail"]?["reason"]?.text } == ["first", "asked"])
            #expect(keys.compactMap { $0["actor"]?["service"]?.text } == ["identity", "casebook"])
            #expect(keys.last?["detail"]?["key"]?.text == made.json["kid"]?.text)
            let theirs = try await identity.send(.get, path, as: acme.administrator.token)
            #expect(!theirs.text.contains("signing_key_made"))
            let verified = try await identity.send(.get, "\(path)/verification", as: token)
            #expect(verified.json["audit"]?["links"]?.whole == 2)
            #expect(verified.json["audit"]?["faults"]?.items.isEmpty == true)
            let change = "UPDATE identity.audit SET detail = '{}' WHERE event = 'signing_key_made'"
            try await identity.tampering(change) {
                let report = try await ChainVerification(database: identity.database, workspace: .nobodys).audit()
                #expect(report.faults.map(\.seq) == [1, 2])
            }
        }
    }

    @Test("an administrator reads the audit, newest first and by person; nobody else does (S-4, S-21)")
    func list() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            identity.clock.advance(by: .seconds(1))
            let manager = try await identity.addUser(.manager, to: acme)
            let path = "/v1/workspaces/current/audit"
            for token in [manager.token, try await identity.operatorToken()] {
                #expect(try await identity.send(.get, path, as: token).status == (token == manager.token ? 403 : 200))
            }
            let answer = try await identity.send(.get, path, as: acme.administrator.token)
            let items = answer.json["items"]?.items ?? []
            // Ids of one instant are in no order.
            #expect(Set(items.prefix(2).compactMap { $0["event"]?.text }) == ["user_created", "signed_in"])
            #expect(Set(items.dropFirst(2).compactMap { $0["event"]?.text }) == ["workspace_created", "signed_in"])
            #expect(items.compactMap { $0["seq"]?.whole }.sorted() == [1, 2, 3, 4])
            #expect(throws: Never.self) { try WireJSON.decode(Page<AuditEntry>.self, from: answer.bytes) }
            let theirs = try await identity.send(
                .get, "\(path)?user_id=\(manager.id)&limit=1", as: acme.administrator.token)
            #expect(theirs.json["items"]?.items.count == 1)
            #expect(theirs.json["items"]?.items.first?["user_id"]?.text == manager.id)
            let page = try await identity.send(.get, "\(path)?limit=1", as: acme.administrator.token)
            let cursor = try #require(page.json["next_cursor"]?.text)
            let next = try await identity.send(
                .get, "\(path)?limit=3&cursor=\(cursor)", as: acme.administrator.token)
            #expect(next.json["items"]?.items.map { $0["id"] } == items.dropFirst().map { $0["id"] })
        }
    }

    @Test("a changed byte of any column, a removed line, a cut end are found and located (S-21)")
    func located() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            for _ in 0..<6 { _ = try await identity.signIn("acme", acme.administrator.email) }
            let other = ID<AnyRecord>.make(at: .now)
            let changes = [
                "event = 'signed_out'", "actor_kind = 'rule'", "actor_id = '\(other)'", "actor_service = 'x'",
                "user_id = '\(other)'", "credential_id = '\(other)'", "detail = '{\"a\": \"b\"}'",
                "request_id = 'sessions.creat'", "created_at = created_at + interval '1 microsecond'",
                "id = '\(other)'",
            ]
            for change in changes {
                try await identity.tampering("UPDATE identity.audit SET \(change) WHERE seq = 4") {
                    let report = try await identity.verification(acme)["audit"]
                    let faults = report?["faults"]?.items ?? []
                    #expect(faults.map { $0["seq"]?.whole } == [4], "\(change)")
                    #expect(faults.map { $0["kind"]?.text } == ["changed"], "\(change)")
                }
            }
            try await identity.tampering(
                "UPDATE identity.audit SET digest = set_byte(digest, 7, get_byte(digest, 7) # 1) WHERE seq = 4"
            ) {
                let faults = try await identity.verification(acme)["audit"]?["faults"]?.items ?? []
                #expect(faults.map { $0["seq"]?.whole } == [4, 5])
            }
            for seq in [4, 8] as [Int64] {
                try await identity.tampering("DELETE FROM identity.audit WHERE seq = \(seq)") {
                    let faults = try await identity.verification(acme)["audit"]?["faults"]?.items ?? []
                    #expect(faults.contains { $0["seq"]?.whole == seq && $0["kind"]?.text == "missing" }, "\(seq)")
                }
            }
            #expect(try await identity.verification(acme)["audit"]?["faults"]?.items.isEmpty == true)
        }
    }

    @Test("twenty writers at once make one chain without a gap, and each workspace has its own (S-21)")
    func concurrent() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let slug = number.isMultiple(of: 2) ? "acme" : "bolt"
                    group.addTask { _ = try await identity.signIn(slug, "root@\(slug).example") }
                }
                try await group.waitForAll()
            }
            for workspace in [acme, bolt] {
                let report = try await ChainVerification(database: identity.database, workspace: workspace.id).audit()
                #expect(report.links == 12)
                #expect(report.faults.isEmpty)
            }
        }
    }

    @Test("one consumer seals the activity of records, and a changed or removed entry is found and located (S-21)")
    func sealing() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            for number in 0..<3 {
                let body = #"{"name": "T\#(number)"}"#
                let made = try await identity.send(.post, "/v1/teams", as: acme.administrator.token, body)
                #expect(made.status == 201)
            }
            try await identity.seal(acme, until: 5)
            let clean = try await identity.verification(acme)["activity"]
            #expect(clean?["faults"]?.items.isEmpty == true && clean?["digest"]?.text != nil)
            let id =
                try await identity.database.query(
                    .scan, in: .workspace(acme.id),
                    """
                    SELECT id::text AS id FROM core.activity WHERE workspace_id = \(acme.id) AND subject_kind = 'team'
                    ORDER BY id LIMIT 1
                    """
                ).text("id") ?? ""
            for (change, kind) in [
                ("UPDATE core.activity SET verb = 'deleted' WHERE id = '\(id)'", "changed"),
                ("UPDATE core.activity SET changes = '{\"a\": 1}' WHERE id = '\(id)'", "changed"),
                ("UPDATE core.activity SET occurred_at = now() WHERE id = '\(id)'", "changed"),
                ("DELETE FROM core.activity WHERE id = '\(id)'", "missing"),
            ] {
                try await identity.tampering(change) {
                    let faults = try await identity.verification(acme)["activity"]?["faults"]?.items ?? []
                    #expect(faults.compactMap { $0["id"]?.text } == [id], "\(change)")
                    #expect(faults.compactMap { $0["kind"]?.text } == [kind], "\(change)")
                }
            }
            let digests = "entry_digests[1] = set_byte(entry_digests[1], 0, get_byte(entry_digests[1], 0) # 1)"
            try await identity.tampering("UPDATE identity.activity_seal SET \(digests) WHERE seq = 1") {
                let faults = try await identity.verification(acme)["activity"]?["faults"]?.items ?? []
                #expect(faults.allSatisfy { $0["seq"]?.whole == 1 } && !faults.isEmpty)
            }
        }
    }

    @Test("the service can neither change, remove nor truncate a seal or an entry of the activity (S-21)")
    func appendOnly() async throws {
        try await IdentityUnderTest.run { identity in
            for statement: SQL in [
                "UPDATE identity.activity_seal SET seq = 9", "DELETE FROM identity.activity_seal",
                "TRUNCATE identity.activity_seal", "DELETE FROM identity.chain", "TRUNCATE identity.chain",
                "UPDATE core.activity SET verb = 'x'", "DELETE FROM core.activity", "TRUNCATE core.activity",
                "UPDATE identity.audit SET digest = ''", "UPDATE identity.audit SET detail = '{}'",
                "UPDATE core.activity SET changes = '{}'", "UPDATE identity.sealed_entry SET salt = NULL",
                "DELETE FROM identity.sealed_entry", "TRUNCATE identity.sealed_entry",
            ] {
                let error = await #expect(throws: PostgresError.self, "\(statement.text)") {
                    _ = try await identity.database.write(in: .workspace(.sample), statement)
                }
                #expect(error?.sqlState == "42501", "\(statement.text)")
            }
        }
    }

    /// Brings about each event of the list.
    private static func useEverything(_ identity: IdentityUnderTest, _ acme: TestWorkspace) async throws {
        let admin = acme.administrator.token
        let agent = try await identity.addUser(.agent, to: acme)
        let app = try await identity.enrol(agent)
        let challenge = try await identity.challenge("acme", agent.email)
        _ = try await identity.prove(challenge, "000000")
        _ = try await identity.prove(challenge, app.codes[0])
        let factor = "/v1/users/me/second-factor"
        let key = try await identity.send(
            .post, "/v1/api-keys", as: admin, #"{"name": "k", "permissions": ["workspace:read"]}"#)
        let invited = try await identity.invite(acme, "new@acme.example")
        let link = try #require(invited.json["link"]?["token"]?.text)
        let steps: [(HTTPRequest.Method, String, String?, String?)] = [
            (.post, "\(factor)/recovery-codes", agent.token, #"{"code": "\#(app.codes[1])"}"#),
            (.post, "/v1/users/\(agent.id)/links", admin, nil),
            (.post, "/v1/users/links/\(link)", nil, #"{"new_password": "a long enough one"}"#),
            (.delete, "/v1/api-keys/\(key.json["key"]?["id"]?.text ?? "")", admin, nil),
            (.patch, "/v1/workspaces/current", admin, #"{"requires_second_factor": true}"#),
            (.patch, "/v1/workspaces/current", admin, #"{"requires_second_factor": false}"#),
        ]
        for (method, path, token, body) in steps {
            let answer = try await identity.send(method, path, as: token, body)
            #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
        }
        let fresh = try await identity.send(.get, factor, as: agent.token)
        #expect(fresh.json["recovery_codes_left"]?.whole == 10)
        identity.clock.advance(by: .seconds(30))
        let now = app.code(at: identity.clock.now)
        let last: [(HTTPRequest.Method, String, String?, String?)] = [
            (
                .post, "\(factor)/disable", agent.token,
                #"{"current_password": "\#(agent.password)", "code": "\#(now)"}"#
            ),
            (
                .post, "/v1/users/me/password", agent.token,
                #"{"current_password": "\#(agent.password)", "new_password": "another good one"}"#
            ),
            (.post, "/v1/users/\(agent.id)/password", admin, #"{"new_password": "another good two"}"#),
            (.patch, "/v1/users/\(agent.id)", admin, #"{"role": "viewer"}"#),
            (.patch, "/v1/users/\(agent.id)", admin, #"{"is_active": false}"#),
            (.patch, "/v1/users/\(agent.id)", admin, #"{"is_active": true}"#),
            (.patch, "/v1/users/\(agent.id)", admin, #"{"email": "moved@acme.example"}"#),
            (.post, "/v1/tokens/keys", try await identity.operatorToken(), nil),
        ]
        for (method, path, token, body) in last {
            let answer = try await identity.send(method, path, as: token, body)
            #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
        }
        let other = try await identity.addUser(.agent, to: acme)
        _ = try await identity.enrol(other)
        for path in ["/v1/users/\(other.id)/second-factor", "/v1/users/\(other.id)/sessions"] {
            #expect(try await identity.send(.delete, path, as: admin).status == 204)
        }
        for _ in 0..<12 { _ = try await identity.guess("acme", other.email, from: nil) }
        let sessions = [try await identity.signIn("acme", acme.administrator.email), acme.administrator.session]
        for (path, session) in [("/v1/sessions/\(sessions[1].id)", 0), ("/v1/sessions/current", 0)] {
            #expect(try await identity.send(.delete, path, as: sessions[session].token).status == 204)
        }
        let line = try await identity.lineIDs(acme, "role_changed")
        #expect(try await identity.blank(line, in: "acme").status == 200)
        let newest = try await identity.signIn("acme", acme.administrator.email)
        #expect(try await identity.send(.delete, "/v1/sessions", as: newest.token).status == 204)
    }

    /// The lines of a workspace's audit.
    private static func lines(
        _ identity: IdentityUnderTest, _ workspace: ID<Workspace>
    ) async throws -> [(request: String, event: String)] {
        let result = try await identity.database.query(
            .scan, in: .workspace(workspace),
            "SELECT request_id, event FROM identity.audit WHERE workspace_id = \(workspace) ORDER BY seq")
        return try (0..<result.count).map { row in
            (try result.text("request_id", row: row) ?? "", try result.text("event", row: row) ?? "")
        }
    }
}

/// `Fixtures/security-events.txt`: the events of each operation.
enum SecurityEventList {
    static func read() throws -> [String: Set<String>] {
        let file = Repository.folder.appending(path: "Tests/IdentityTests/Fixtures/security-events.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return Dictionary(
            try lines.map { line in
                let parts = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
                let (operation, events) = (try #require(parts.first), try #require(parts.last))
                let names = events.split(separator: " ").map(String.init)
                return (operation, names.first == "-" && names.count > 3 ? [] : Set(names))
            }, uniquingKeysWith: { $0.union($1) })
    }
}
