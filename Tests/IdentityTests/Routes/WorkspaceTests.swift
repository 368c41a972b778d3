import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Workspaces", .scratchDatabase(.identity))
struct WorkspaceTests {
    private func body(_ slug: String, zone: String = "UTC", password: String = IdentityUnderTest.password) -> String {
        """
        {"slug": "\(slug)", "name": "N", "time_zone": "\(zone)", "administrator":
        {"email": "a@b.example", "name": "A", "password": "\(password)"}}
        """
    }

    @Test("the operator makes a workspace with its first administrator, both with their activity")
    func create() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let activity = try await identity.database.query(
                .scan, in: .workspace(acme.id),
                """
                SELECT string_agg(concat_ws(' ', subject_kind, verb, actor_service), ', ' ORDER BY subject_kind) AS all
                FROM core.activity WHERE workspace_id = \(acme.id)
                """)
            #expect(try activity.text("all") == "user created casebook, workspace created casebook")
            let shown = try await identity.send(.get, "/v1/workspaces/current", as: acme.administrator.token)
            #expect(shown.json["id"]?.text == acme.id.description)
            #expect(shown.header("ETag") == "\"1\"")
            #expect(throws: Never.self) { try WireJSON.decode(Workspace.self, from: shown.bytes) }
        }
    }

    @Test("a short name is unique in the installation, also for two who ask at the same moment")
    func uniqueSlug() async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.operatorToken()
            let body = body("acme")
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await identity.send(.post, "/v1/workspaces", as: token, body) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 201 }.count == 1)
            for answer in answers where answer.status != 201 {
                #expect(answer.status == 409)
                #expect(answer.pointers == ["/slug"])
            }
        }
    }

    @Test("a wrong zone or password makes nothing (S-12)")
    func refused() async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.operatorToken()
            for zone in ["Europe/Nowhere", "FOO5", "berlin"] {
                let answer = try await identity.send(.post, "/v1/workspaces", as: token, body("acme", zone: zone))
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/time_zone"])
            }
            let answer = try await identity.send(
                .post, "/v1/workspaces", as: token, body("acme", password: "this holds acme"))
            #expect(answer.pointers == ["/administrator/password"])
            #expect(try await identity.send(.post, "/v1/workspaces", as: token, body("acme")).status == 201)
        }
    }

    @Test("an administrator changes name and zone, each change counted, the zone in the activity (R-3)")
    func update() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (path, token) = ("/v1/workspaces/current", acme.administrator.token)
            let answer = try await identity.send(
                .patch, path, as: token, #"{"time_zone": "America/New_York"}"#, ["If-Match": "\"1\""])
            #expect(answer.status == 200)
            #expect(answer.json["name"]?.text == "Company acme")
            #expect(answer.header("ETag") == "\"2\"")
            let stale = try await identity.send(.patch, path, as: token, #"{"name": "X"}"#, ["If-Match": "\"1\""])
            #expect(stale.status == 412)
            #expect(stale.json["version"]?.whole == 2)
            #expect(stale.header("ETag") == "\"2\"")
            #expect(try await identity.send(.patch, path, as: token, #"{"time_zone": "Mars/Base"}"#).status == 422)
            let activity = try await identity.database.query(
                .scan, in: .workspace(acme.id),
                """
                SELECT changes::text AS changes FROM core.activity
                WHERE workspace_id = \(acme.id) AND subject_kind = 'workspace' AND version = 2
                """)
            #expect(
                try activity.text("changes")
                    == #"{"time_zone": {"to": "America/New_York", "from": "Europe/Berlin"}}"#)
        }
    }
}
