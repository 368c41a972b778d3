import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("API keys", .scratchDatabase(.identity))
struct APIKeyTests {
    private func make(
        _ identity: IdentityUnderTest, _ token: String, _ fields: String = #""permissions": ["workspace:read"]"#
    ) async throws -> TestAnswer {
        try await identity.send(.post, "/v1/api-keys", as: token, "{\"name\": \"robot\", \(fields)}")
    }

    @Test("a key is shown once, acts for its maker with its own permissions, and is never shown again (S-17)")
    func life() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let made = try await make(identity, acme.administrator.token)
            #expect(made.status == 201)
            let credential = try #require(made.json["credential"]?.text)
            #expect(credential.hasPrefix("cbk_"))
            #expect(throws: Never.self) { try WireJSON.decode(CreatedAPIKey.self, from: made.bytes) }
            let token = try await identity.token(credential)
            #expect(try await identity.send(.get, "/v1/users", as: token).status == 200)
            #expect(try await identity.send(.get, "/v1/api-keys", as: token).status == 403)
            #expect(try await identity.send(.get, "/v1/users/me", as: token).status == 403)
            let list = try await identity.send(.get, "/v1/api-keys", as: acme.administrator.token)
            #expect(list.json["items"]?.items.count == 1)
            #expect(!String(decoding: list.bytes, as: UTF8.self).contains(credential.suffix(43)))
            #expect(list.json["items"]?.items.first?["last_used_at"]?.text == identity.clock.now.description)
            #expect(throws: Never.self) { try WireJSON.decode(Page<APIKey>.self, from: list.bytes) }
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'key_created'") == 1)
        }
    }

    @Test("the id of a key with another secret is no credential (S-17)")
    func otherSecret() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let made = try await make(identity, acme.administrator.token)
            let credential = try #require(made.json["credential"]?.text)
            let id = try #require(UUID(uuidString: String(credential.dropFirst(4).prefix(36))))
            let forged = Credential.issue(.apiKey, id: id, random: systemRandomBytes)
            #expect(try await identity.exchange(forged.text).status == 401)
            #expect(try await identity.exchange(credential).status == 200)
        }
    }

    @Test("a key may not do what its maker may not (S-17)")
    func subset() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let keyMaker = try await make(identity, acme.administrator.token, #""permissions": ["keys:administer"]"#)
            let token = try await identity.token(try #require(keyMaker.json["credential"]?.text))
            let answer = try await make(identity, token, #""permissions": ["keys:administer", "users:administer"]"#)
            #expect(answer.status == 422)
            #expect(answer.pointers == ["/permissions"])
            #expect(answer.json["errors"]?.items.first?["detail"]?.text?.contains("users:administer") == true)
            #expect(try await make(identity, token, #""permissions": ["keys:administer"]"#).status == 201)
            for wrong in [
                #""permissions": ["workspaces:create"]"#, #""permissions": []"#, #""permissions": ["fly"]"#,
            ] {
                #expect(try await make(identity, acme.administrator.token, wrong).status == 422, "\(wrong)")
            }
            #expect(try await identity.count("identity.api_key", in: acme) == 2)
        }
    }

    @Test("a key ends when it says, and cannot be made to end in the past (S-17)")
    func expiry() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let end = identity.clock.now.adding(.seconds(3_600))
            let made = try await make(
                identity, acme.administrator.token, #""permissions": ["workspace:read"], "expires_at": "\#(end)""#)
            let credential = try #require(made.json["credential"]?.text)
            identity.clock.advance(by: .seconds(3_599))
            #expect(try await identity.exchange(credential).status == 200)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.exchange(credential).status == 401)
            let fresh = try await identity.token(acme.administrator.session.credential)
            let late = try await make(
                identity, fresh, #""permissions": ["workspace:read"], "expires_at": "\#(identity.clock.now)""#)
            #expect(late.status == 422)
            #expect(late.pointers == ["/expires_at"])
        }
    }

    @Test("a revoked key is dead at once, is listed no more, and is audited (S-17, S-21)")
    func revoke() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let made = try await make(identity, acme.administrator.token)
            let credential = try #require(made.json["credential"]?.text)
            let path = "/v1/api-keys/\(try #require(made.json["key"]?["id"]?.text))"
            #expect(try await identity.send(.delete, path, as: acme.administrator.token).status == 204)
            #expect(try await identity.exchange(credential).status == 401)
            #expect(try await identity.send(.delete, path, as: acme.administrator.token).status == 404)
            let list = try await identity.send(.get, "/v1/api-keys", as: acme.administrator.token)
            #expect(list.json["items"]?.items.isEmpty == true)
            #expect(try await identity.count("identity.directory", in: acme, where: "kind = 'api_key'") == 0)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'key_revoked'") == 1)
        }
    }

    @Test("a repeat under the same key of idempotency is 409 already_issued and makes no second key (R-1)")
    func repeated() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let body = #"{"name": "robot", "permissions": ["workspace:read"]}"#
            let headers = ["Idempotency-Key": "once"]
            let token = acme.administrator.token
            #expect(try await identity.send(.post, "/v1/api-keys", as: token, body, headers).status == 201)
            let again = try await identity.send(.post, "/v1/api-keys", as: token, body, headers)
            #expect(again.status == 409)
            #expect(again.code == "already_issued")
            #expect(try await identity.count("identity.api_key", in: acme) == 1)
        }
    }

    @Test("the operator makes keys in the name of a user, within that user's role; a person only for themselves")
    func owners() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let bolt = try await identity.makeWorkspace("bolt")
            let agent = try await identity.addUser(.agent, to: acme)
            let operatorToken = try await identity.operatorToken(in: "acme")
            func make(_ user: String?, _ permission: String, as token: String) async throws -> TestAnswer {
                let owner = user.map { #", "user_id": "\#($0)""# } ?? ""
                return try await self.make(identity, token, "\"permissions\": [\"\(permission)\"]\(owner)")
            }
            let made = try await make(agent.id, "workspace:read", as: operatorToken)
            #expect(made.status == 201)
            #expect(made.json["key"]?["created_by"]?.text == agent.id)
            #expect(try await make(agent.id, "users:administer", as: operatorToken).status == 422)
            #expect(try await make(nil, "workspace:read", as: operatorToken).pointers == ["/user_id"])
            #expect(try await make(bolt.administrator.id, "workspace:read", as: operatorToken).pointers == ["/user_id"])
            let foreign = try await make(agent.id, "workspace:read", as: acme.administrator.token)
            #expect(foreign.status == 422)
            #expect(foreign.pointers == ["/user_id"])
        }
    }

    @Test("a key of somebody without the second factor that the workspace asks for lets nobody in (S-14)")
    func secondFactor() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let admin = acme.administrator
            let agent = try await identity.addUser(.agent, to: acme)
            let operatorToken = try await identity.operatorToken(in: "acme")
            func make(for person: TestPerson) async throws -> TestAnswer {
                try await identity.send(
                    .post, "/v1/api-keys", as: operatorToken,
                    #"{"name": "k", "permissions": ["workspace:read"], "user_id": "\#(person.id)"}"#)
            }
            func status(_ key: TestAnswer) async throws -> Int {
                try await identity.exchange(try #require(key.json["credential"]?.text)).status
            }
            _ = try await identity.enrol(admin)
            let (with, without) = (try await make(for: admin), try await make(for: agent))
            #expect(try await [status(with), status(without)] == [200, 200])
            let own = try await identity.send(
                .post, "/v1/api-keys", as: admin.token,
                #"{"name": "maker", "permissions": ["keys:administer", "workspace:read"]}"#)
            let makers = try await identity.token(try #require(own.json["credential"]?.text))
            func asks(_ required: Bool) async throws -> Int {
                try await identity.send(
                    .patch, "/v1/workspaces/current", as: admin.token, #"{"requires_second_factor": \#(required)}"#
                ).status
            }
            #expect(try await asks(true) == 200)
            #expect(try await [status(with), status(without)] == [200, 401])
            let refused = try await make(for: agent)
            #expect(refused.status == 422)
            #expect(refused.pointers == ["/user_id"])
            #expect(try await make(for: admin).status == 201)
            // Services have no second factor, and go on.
            #expect(try await identity.exchange(IdentityUnderTest.operatorCredential).status == 200)
            // Whose second factor was taken away makes no key, not even with a token that was issued before.
            let gone = try await identity.send(
                .delete, "/v1/users/\(admin.id)/second-factor", as: try await identity.operatorToken(in: "acme"))
            #expect(gone.status == 204)
            let body = #"{"name": "k", "permissions": ["workspace:read"]}"#
            let barred = try await identity.send(.post, "/v1/api-keys", as: makers, body)
            #expect(barred.status == 403, "\(barred.text)")
            #expect(try await status(with) == 401)
            #expect(try await asks(false) == 200)
            #expect(try await [status(with), status(without)] == [200, 200])
        }
    }
}
