import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Who may call what", .scratchDatabase(.identity))
struct PermissionTests {
    @Test("without a token, with a wrong one or one that has expired every guarded operation is 401 (S-1)")
    func noToken() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            identity.clock.advance(by: .seconds(61))
            for contract in identity.contracts {
                guard case .needs = contract.access else { continue }
                for token in [nil, "wrong", acme.administrator.token] {
                    let answer = try await call(identity, contract, as: token)
                    #expect(answer.status == 401, "\(contract.id)")
                    #expect(answer.code == "unauthenticated")
                    #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
                }
            }
        }
    }

    @Test("each role may call what its permissions say and nothing else", arguments: Role.allCases)
    func roles(role: Role) async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = try await identity.mint.mint(
                workspace: acme.id, kind: .staff, subject: ID<User>.make(at: .now).description,
                permissions: role.permissions, credentialID: ID<Session>.make(at: .now).description,
                at: identity.clock.now
            ).text
            let before = try Rows.everything()
            for contract in identity.contracts {
                guard case .needs(let permission) = contract.access else { continue }
                let answer = try await call(identity, contract, as: token)
                if role.permissions.contains(permission) {
                    #expect(![401, 403, 500, 503].contains(answer.status), "\(role) \(contract.id) \(answer.status)")
                } else {
                    #expect(answer.status == 403, "\(role) \(contract.id)")
                    #expect(answer.json["detail"]?.text?.contains(permission.rawValue) == true)
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a token of no permission at all may call nothing that is guarded")
    func noPermission() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = try await identity.mint.mint(
                workspace: acme.id, kind: .staff, subject: acme.administrator.id, permissions: [], credentialID: "x",
                at: identity.clock.now
            ).text
            for contract in identity.contracts {
                guard case .needs = contract.access else { continue }
                #expect(try await call(identity, contract, as: token).status == 403, "\(contract.id)")
            }
        }
    }

    @Test("what belongs to another workspace is 404 for its mightiest, and stays as it is (S-1, S-3)")
    func otherWorkspace() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            let (ours, theirs) = (bolt.administrator.token, acme.administrator.token)
            let key = try await identity.send(
                .post, "/v1/api-keys", as: theirs, #"{"name": "k", "permissions": ["workspace:read"]}"#)
            let team = try await identity.send(.post, "/v1/teams", as: theirs, #"{"name": "T"}"#).json["id"]?.text ?? ""
            let ourTeam =
                try await identity.send(.post, "/v1/teams", as: ours, #"{"name": "T"}"#).json["id"]?.text ?? ""
            let person = acme.administrator
            let skill = try await identity.skill("S", in: acme)
            let ourSkill = try await identity.skill("S", in: bolt)
            _ = try await identity.send(.put, "/v1/users/\(person.id)/skills/\(skill)", as: theirs, #"{"level": 3}"#)
            _ = try await identity.send(.put, "/v1/teams/\(team)/members/\(person.id)", as: theirs)
            let attempts: [(HTTPRequest.Method, String, String?)] = [
                (.get, "/v1/users/\(person.id)", nil),
                (.patch, "/v1/users/\(person.id)", #"{"name": "X"}"#),
                (.post, "/v1/users/\(person.id)/password", #"{"new_password": "a long enough one"}"#),
                (.delete, "/v1/sessions/\(person.session.id)", nil),
                (.delete, "/v1/users/\(person.id)/sessions", nil),
                (.delete, "/v1/users/\(person.id)/second-factor", nil),
                (.post, "/v1/users/\(person.id)/links", nil),
                (.get, "/v1/teams/\(team)", nil),
                (.patch, "/v1/teams/\(team)", #"{"name": "X"}"#),
                (.get, "/v1/teams/\(team)/members", nil),
                (.put, "/v1/teams/\(team)/members/\(bolt.administrator.id)", nil),
                (.put, "/v1/teams/\(ourTeam)/members/\(person.id)", nil),
                (.delete, "/v1/teams/\(team)/members/\(person.id)", nil),
                (.delete, "/v1/teams/\(team)", nil),
                (.get, "/v1/workspaces/current/skills/\(skill)", nil),
                (.patch, "/v1/workspaces/current/skills/\(skill)", #"{"name": "X"}"#),
                (.delete, "/v1/workspaces/current/skills/\(skill)", nil),
                (.get, "/v1/users/\(person.id)/skills", nil),
                (.put, "/v1/users/\(person.id)/skills/\(ourSkill)", #"{"level": 3}"#),
                (.put, "/v1/users/\(bolt.administrator.id)/skills/\(skill)", #"{"level": 3}"#),
                (.delete, "/v1/users/\(person.id)/skills/\(skill)", nil),
                (.get, "/v1/users/\(person.id)/availability", nil),
                (.patch, "/v1/users/\(person.id)/availability", #"{"status": "away"}"#),
                (.delete, "/v1/api-keys/\(key.json["key"]?["id"]?.text ?? "")", nil),
            ]
            let before = try Rows.everything()
            for (method, path, body) in attempts {
                let answer = try await identity.send(method, path, as: ours, body)
                #expect(answer.status == 404, "\(method) \(path) \(answer.status)")
                #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("acme"))
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("no list of one workspace shows anything of another (S-1)")
    func lists() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("canary")
            let bolt = try await identity.makeWorkspace("bolt")
            let token = acme.administrator.token
            _ = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "canary team"}"#)
            _ = try await identity.send(
                .post, "/v1/api-keys", as: token, #"{"name": "canary key", "permissions": ["workspace:read"]}"#)
            let skill = try await identity.skill("canary skill", in: acme)
            _ = try await identity.send(
                .put, "/v1/users/\(acme.administrator.id)/skills/\(skill)", as: token, #"{"level": 3}"#)
            for path in [
                "/v1/workspaces/current/skills", "/v1/users/availability", "/v1/users?skill_id=\(skill)",
                "/v1/users", "/v1/teams", "/v1/api-keys", "/v1/sessions", "/v1/users/me", "/v1/workspaces/current",
                "/v1/users?email=root@canary.example",
            ] {
                let answer = try await identity.send(.get, path, as: bolt.administrator.token)
                #expect(answer.status == 200)
                #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("canary"), "\(path)")
            }
        }
    }

    private func call(
        _ identity: IdentityUnderTest, _ contract: Contract, as token: String?
    ) async throws -> TestAnswer {
        let path = contract.path
            .replacing("{id}", with: ID<AnyRecord>.make(at: .now).description)
            .replacing("{user_id}", with: ID<AnyRecord>.make(at: .now).description)
            .replacing("{skill_id}", with: ID<AnyRecord>.make(at: .now).description)
        guard let method = HTTPRequest.Method(rawValue: contract.method.rawValue) else {
            throw Problem.notFound("method")
        }
        return try await identity.send(method, path, as: token, contract.bodySchema == nil ? nil : "[]")
    }
}
