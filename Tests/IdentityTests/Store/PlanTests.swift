import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Plans of identity's statements")
struct PlanTests {
    @Test(
        "every statement of every operation names its workspace: of 16 partitions it touches one (SC-5)",
        .scratchDatabase(PlanAudit.template(with: [.identity], key: "identity")))
    func partitions() async throws {
        let recorder = StatementRecorder()
        try await IdentityUnderTest.run(observer: recorder) { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let agent = try await identity.addUser(.agent, to: acme)
            for (number, (method, path, body)) in Self.requests(acme, agent).enumerated() {
                let answer = try await identity.send(method, path, as: token, body, ["Idempotency-Key": "\(number)"])
                #expect(answer.status < 300, "\(method) \(path) \(answer.status)")
            }
            try await Self.useFactorsAndLinks(identity, acme, agent)
            try await Self.useTeamsAndKeys(identity, token, agent)
            try await Self.useSkills(identity, acme, agent)
            _ = try await identity.signInAnswer("acme", "nobody@acme.example")
            identity.clock.advance(by: .seconds(61))
            _ = try await identity.exchange(acme.administrator.session.credential)
            _ = try await ThrottleStore(database: identity.database).sweep(now: identity.clock.now)
            let ring = try #require(Keyring(Data(repeating: 43, count: 32).base64EncodedString()))
            let sealed = SealedSecretStore(database: identity.database, keyring: ring)
            _ = try? await sealed.resealAll(in: acme.id)
            _ = try await SessionStore(database: identity.database).sweep(
                now: identity.clock.now.adding(.seconds(900_000)))
        }
        #expect(recorder.statements.count > 40)
        let offences = try await PlanAudit().offences(among: recorder.statements)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
    }

    @Test("page 200 of a list reads at most twice the buffers of page 1 (R-4)", .scratchDatabase(.identity))
    func deepPages() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            try await identity.fill(acme, users: 10_000)
            let scratch = try ScratchDatabase.current
            func buffers(from position: Int) throws -> Int {
                let last = try scratch.cluster.sql(
                    """
                    SELECT id FROM identity.user WHERE workspace_id = '\(acme.id)'
                    ORDER BY id OFFSET \(position) LIMIT 1
                    """, database: scratch.name)
                let plan = try scratch.cluster.sql(
                    """
                    SET ROLE identity;
                    SET casebook.workspace_id = '\(acme.id)';
                    EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)
                    SELECT id, email, name, role, is_active, version, created_at, updated_at FROM identity.user
                    WHERE workspace_id = '\(acme.id)' AND id > '\(last)' ORDER BY id LIMIT 51
                    """, database: scratch.name)
                let line = plan.split(separator: "\n").first { $0.contains("Buffers: ") }
                return (line?.split(separator: "=") ?? []).compactMap { Int($0.prefix(while: \.isNumber)) }.reduce(0, +)
            }
            _ = try buffers(from: 9_900)
            let (first, last) = (try buffers(from: 0), try buffers(from: 9_900))
            #expect(first > 0)
            #expect(last <= 2 * first, "\(first) \(last)")
        }
    }

    @Test(
        "of 10,000 people those with a skill are found by its index, and who is away in one reading (3.5, R-4)",
        .scratchDatabase(.identity))
    func skillsAndAvailability() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            try await identity.fill(acme, users: 10_000)
            let skill = try await identity.skill("S", in: acme)
            let scratch = try ScratchDatabase.current
            _ = try scratch.cluster.sql(
                """
                INSERT INTO identity.user_skill (workspace_id, user_id, skill_id, level, set_at)
                SELECT workspace_id, id, '\(skill)', 3, now() FROM identity.user WHERE email_key LIKE '%00';
                INSERT INTO identity.availability (
                    workspace_id, user_id, status, holiday_from, substitute_id, version, updated_at)
                SELECT workspace_id, id, 'away', CASE WHEN email_key LIKE '%0' THEN now() - interval '1 day' END,
                    CASE WHEN email_key LIKE '%0' THEN '\(acme.administrator.id)'::uuid END, 2, now()
                FROM identity.user WHERE name = 'filled' AND email_key ~ '[01]$';
                ANALYZE identity.user, identity.user_skill, identity.availability
                """, database: scratch.name)
            func plan(_ statement: String) throws -> String {
                try scratch.cluster.sql(
                    """
                    SET ROLE identity;
                    SET casebook.workspace_id = '\(acme.id)';
                    EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) \(statement)
                    """, database: scratch.name)
            }
            let bySkill = try plan(
                """
                SELECT u.id, u.name FROM identity.user_skill AS k
                JOIN LATERAL (
                    SELECT id, name FROM identity.user WHERE workspace_id = '\(acme.id)' AND id = k.user_id
                ) AS u ON true
                WHERE k.workspace_id = '\(acme.id)' AND k.skill_id = '\(skill)' AND k.level >= 2
                ORDER BY k.user_id LIMIT 51
                """)
            #expect(bySkill.contains("ix_user_skill_skill"), "\(bySkill)")
            #expect(!bySkill.contains("Seq Scan"), "\(bySkill)")
            #expect(try Self.buffers(in: bySkill) < 500, "\(bySkill)")
            func list(_ filter: String) throws -> Int {
                try Self.buffers(
                    in: plan(
                        """
                        SELECT user_id, effective_status, effective_substitute_id FROM identity.agent_availability
                        WHERE workspace_id = '\(acme.id)' AND is_active AND \(filter) ORDER BY user_id LIMIT 51
                        """))
            }
            let (all, none) = (try list("true"), try list("effective_status = ANY ('{offline}')"))
            print("availability: \(all) buffers for a page, \(none) for 10,000 people of whom nobody is shown")
            #expect(all < 2_000)
            // Once through all people, with their availability beside them: not a search for each.
            #expect(none < 2_000)
        }
    }

    private static func buffers(in plan: String) throws -> Int {
        let line = plan.split(separator: "\n").first { $0.contains("Buffers: ") }
        return (line?.split(separator: "=") ?? []).compactMap { Int($0.prefix(while: \.isNumber)) }.reduce(0, +)
    }

    private static func requests(
        _ acme: TestWorkspace, _ agent: TestPerson
    ) -> [(HTTPRequest.Method, String, String?)] {
        [
            (.get, "/v1/users/me", nil), (.get, "/v1/users", nil), (.get, "/v1/users/\(agent.id)", nil),
            (.get, "/v1/users?role=agent&is_active=true&email=a@b.example", nil),
            (.get, "/v1/users?role=agent&skill_id=\(agent.id)&min_level=2", nil),
            (.get, "/v1/users/availability?effective_status=away,holiday", nil),
            (.patch, "/v1/users/me/availability", #"{"holiday": {"substitute_id": "\#(agent.id)"}}"#),
            (.get, "/v1/users/\(agent.id)/availability", nil),
            (.patch, "/v1/users/\(agent.id)", #"{"role": "viewer", "name": "B"}"#),
            (.patch, "/v1/users/\(agent.id)", #"{"name": "C"}"#),
            (.get, "/v1/users/me/notifications", nil),
            (.patch, "/v1/users/me/notifications", #"{"assignment_mail": true}"#),
            (.post, "/v1/users/\(agent.id)/password", #"{"new_password": "good and long one"}"#),
            (
                .post, "/v1/users/me/password",
                #"{"current_password": "\#(IdentityUnderTest.password)", "new_password": "good and long one"}"#
            ),
            (.get, "/v1/workspaces/current", nil), (.patch, "/v1/workspaces/current", #"{"time_zone": "UTC"}"#),
            (.get, "/v1/roles", nil), (.get, "/v1/sessions", nil), (.get, "/v1/sessions/current", nil),
            (.get, "/v1/teams", nil), (.get, "/v1/api-keys", nil), (.get, "/.well-known/jwks.json", nil),
        ]
    }

    private static func useFactorsAndLinks(
        _ identity: IdentityUnderTest, _ acme: TestWorkspace, _ agent: TestPerson
    ) async throws {
        let admin = acme.administrator
        let person = try await identity.addUser(.agent, to: acme)
        let app = try await identity.enrol(person)
        let challenge = try await identity.challenge("acme", person.email)
        _ = try await identity.prove(challenge, app.codes[0])
        _ = try await identity.prove(challenge, app.code(at: identity.clock.now))
        _ = try await identity.send(.get, "/v1/users/me/second-factor", as: person.token)
        let path = "/v1/users/me/second-factor"
        _ = try await identity.send(
            .post, "\(path)/recovery-codes", as: person.token, #"{"code": "\#(app.codes[1])"}"#)
        let invited = try await identity.send(
            .post, "/v1/users/invitations", as: admin.token,
            #"{"email": "new@acme.example", "name": "New", "role": "agent"}"#)
        let token = try #require(invited.json["link"]?["token"]?.text)
        _ = try await identity.send(.get, "/v1/users/links/\(token)")
        let bodies: [(HTTPRequest.Method, String, String?, String?)] = [
            (.post, "/v1/users/links/\(token)", nil, #"{"new_password": "a long enough one"}"#),
            (.post, "/v1/users/password-resets", nil, #"{"workspace": "acme", "email": "\#(agent.email)"}"#),
            (.post, "/v1/users/\(agent.id)/links", admin.token, nil),
            (.delete, "/v1/users/\(person.id)/second-factor", admin.token, nil),
            (.delete, "/v1/users/\(person.id)/sessions", admin.token, nil),
            (.post, "/v1/tokens/keys", try await identity.operatorToken(), nil),
            (
                .post, "/v1/workspaces/current/audit/blankings", try await identity.operatorToken(in: "acme"),
                #"{"ids": ["\#(try await identity.lineIDs(acme, "user_created")[0])"]}"#
            ),
        ]
        for (method, path, token, body) in bodies {
            let answer = try await identity.send(method, path, as: token, body)
            #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
        }
    }

    private static func useSkills(
        _ identity: IdentityUnderTest, _ acme: TestWorkspace, _ agent: TestPerson
    ) async throws {
        let skill = try await identity.skill("S", in: acme)
        let (path, own) = ("/v1/workspaces/current/skills/\(skill)", "/v1/users/\(agent.id)/skills/\(skill)")
        for (method, path, body) in [
            (HTTPRequest.Method.put, own, String?.some(#"{"level": 1}"#)), (.put, own, #"{"level": 2}"#),
            (.get, "/v1/users/\(agent.id)/skills?limit=1", nil), (.delete, own, nil), (.get, path, nil),
            (.get, "/v1/workspaces/current/skills?is_archived=false", nil), (.patch, path, #"{"name": "T"}"#),
            (.delete, path, nil),
        ] {
            let answer = try await identity.send(method, path, as: acme.administrator.token, body)
            #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
        }
    }

    private static func useTeamsAndKeys(
        _ identity: IdentityUnderTest, _ token: String, _ agent: TestPerson
    ) async throws {
        let made = try await identity.send(
            .post, "/v1/teams", as: token, #"{"name": "T"}"#, ["Idempotency-Key": "team"])
        let team = "/v1/teams/\(try #require(made.json["id"]?.text))"
        let key = try await identity.send(
            .post, "/v1/api-keys", as: token, #"{"name": "k", "permissions": ["workspace:read"]}"#)
        _ = try await identity.exchange(try #require(key.json["credential"]?.text))
        for (method, path, body) in [
            (HTTPRequest.Method.put, "\(team)/members/\(agent.id)", String?.none), (.get, team, nil),
            (.get, "\(team)/members?limit=1", nil), (.patch, team, #"{"name": "U"}"#),
            (.delete, "\(team)/members/\(agent.id)", nil), (.delete, team, nil),
            (.delete, "/v1/api-keys/\(try #require(key.json["key"]?["id"]?.text))", nil),
            (.delete, "/v1/sessions/current", nil),
        ] {
            let answer = try await identity.send(method, path, as: token, body)
            #expect(answer.status < 300, "\(method) \(path) \(answer.status)")
        }
    }
}
