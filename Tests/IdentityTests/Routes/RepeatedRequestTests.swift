import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Repeated and concurrent requests", .scratchDatabase(.identity))
struct RepeatedRequestTests {
    @Test("fifty equal POSTs at once make one row; each answer is 201 with the same bytes, or 409 (R-1)")
    func concurrentPosts() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let answers = try await fiftyTimes {
                try await identity.send(
                    .post, "/v1/teams", as: acme.administrator.token, #"{"name": "Support"}"#,
                    ["Idempotency-Key": "one"])
            }
            let good = answers.filter { $0.status == 201 }
            #expect(!good.isEmpty)
            for answer in good { #expect(answer.bytes == good[0].bytes) }
            for answer in answers where answer.status != 201 {
                #expect(answer.status == 409)
                #expect(answer.code == "idempotency_in_progress")
            }
            #expect(try await identity.count("identity.team", in: acme) == 1)
            #expect(try await identity.count("core.activity", in: acme, where: "subject_kind = 'team'") == 1)
            #expect(try await identity.count("core.idempotency_key", in: acme) == 1)
        }
    }

    @Test("a repeat gets the first answer, byte for byte, with Idempotent-Replayed (R-1)")
    func replay() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let key = ["Idempotency-Key": "one"]
            let body =
                #"{"email": "ada@x.example", "name": "Ada", "role": "agent", "password": "correct horse battery"}"#
            let first = try await identity.send(.post, "/v1/users", as: acme.administrator.token, body, key)
            #expect(first.header("Idempotent-Replayed") == nil)
            let second = try await identity.send(.post, "/v1/users", as: acme.administrator.token, body, key)
            #expect(second.status == 201)
            #expect(second.bytes == first.bytes)
            #expect(second.header("Location") == first.header("Location"))
            #expect(second.header("ETag") == first.header("ETag"))
            #expect(second.header("Idempotent-Replayed") == "true")
            let other = try await identity.send(
                .post, "/v1/users", as: acme.administrator.token, body.replacing("Ada", with: "Eve"), key)
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
            #expect(try await identity.count("identity.user", in: acme) == 2)
        }
    }

    @Test("a PATCH, PUT or DELETE is repeated by its key even when its own first run stands in the way (R-1)")
    func replayedChanges() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let made = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "T"}"#)
            let path = "/v1/teams/\(try #require(made.json["id"]?.text))"
            let member = "\(path)/members/\(acme.administrator.id)"
            let requests: [(HTTPRequest.Method, String, String?, String?)] = [
                (.patch, path, #"{"name": "U"}"#, "\"1\""), (.put, member, nil, nil), (.delete, member, nil, nil),
                (.delete, path, nil, "\"4\""),
            ]
            for (method, path, body, match) in requests {
                var headers = ["Idempotency-Key": "k-\(method.rawValue)-\(path)"]
                headers["If-Match"] = match
                let first = try await identity.send(method, path, as: token, body, headers)
                let second = try await identity.send(method, path, as: token, body, headers)
                #expect((200...204).contains(first.status), "\(method) \(path) \(first.code ?? "")")
                #expect(second.status == first.status, "\(method) \(path) \(second.code ?? "")")
                #expect(second.bytes == first.bytes)
                #expect(second.header("Idempotent-Replayed") == "true" || method == .put)
            }
            #expect(try await identity.count("core.activity", in: acme, where: "subject_kind = 'team'") == 5)
        }
    }

    @Test("the same key of another user or workspace, or of another path, runs anew; after 24 hours too (R-2)")
    func scope() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            let manager = try await identity.addUser(.manager, to: acme)
            let key = ["Idempotency-Key": "same"]
            func make(_ name: String, _ token: String) async throws -> TestAnswer {
                try await identity.send(.post, "/v1/teams", as: token, #"{"name": "\#(name)"}"#, key)
            }
            let first = try await make("T", acme.administrator.token)
            #expect(first.status == 201)
            #expect(try await make("U", manager.token).status == 201)
            #expect(try await make("T", bolt.administrator.token).status == 201)
            let renamed = try await identity.send(
                .patch, "/v1/teams/\(first.json["id"]?.text ?? "")", as: acme.administrator.token, #"{"name": "V"}"#,
                key)
            #expect(renamed.status == 200)
            identity.clock.advance(by: .seconds(25 * 3_600))
            let later = try await identity.signIn("acme", acme.administrator.email)
            let anew = try await make("T", later.token)
            #expect(anew.status == 201)
            #expect(anew.json["id"]?.text != first.json["id"]?.text)
        }
    }

    @Test("a refused request keeps no answer: mended, it may use its key (R-1)")
    func refusedKeepsNothing() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let key = ["Idempotency-Key": "one"]
            let refused = try await identity.send(
                .post, "/v1/teams", as: acme.administrator.token, #"{"name": ""}"#, key)
            #expect(refused.status == 422)
            #expect(try await identity.count("core.idempotency_key", in: acme) == 0)
            let mended = try await identity.send(
                .post, "/v1/teams", as: acme.administrator.token, #"{"name": "T"}"#, key)
            #expect(mended.status == 201)
        }
    }

    @Test("of fifty PATCHes with one ETag one succeeds, and 49 are told the newer version (R-3)")
    func concurrentPatches() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let answers = try await fiftyTimes { number in
                try await identity.send(
                    .patch, "/v1/users/\(agent.id)", as: acme.administrator.token, #"{"name": "N\#(number)"}"#,
                    ["If-Match": "\"1\""])
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let stale = answers.filter { $0.status == 412 }
            #expect(stale.count == 49)
            for answer in stale {
                #expect(answer.header("ETag") == "\"2\"")
                #expect(answer.json["version"]?.whole == 2)
            }
        }
    }

    @Test("unconditional PATCHes of different fields both survive (R-3)")
    func differentFields() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let path = "/v1/users/\(agent.id)"
            async let first = identity.send(.patch, path, as: acme.administrator.token, #"{"name": "Changed"}"#)
            async let second = identity.send(.patch, path, as: acme.administrator.token, #"{"role": "viewer"}"#)
            #expect(try await [first.status, second.status] == [200, 200])
            let user = try await identity.send(.get, path, as: acme.administrator.token)
            #expect(user.json["name"]?.text == "Changed")
            #expect(user.json["role"]?.text == "viewer")
            #expect(user.json["version"]?.whole == 3)
        }
    }

    @Test("If-None-Match of the version one has is 304 without a body (R-3)")
    func notModified() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let path = "/v1/users/\(acme.administrator.id)"
            let fresh = try await identity.send(
                .get, path, as: acme.administrator.token, nil, ["If-None-Match": "\"1\""])
            #expect(fresh.status == 304)
            #expect(fresh.bytes.isEmpty)
            let old = try await identity.send(.get, path, as: acme.administrator.token, nil, ["If-None-Match": "\"7\""])
            #expect(old.status == 200)
        }
    }

    private func fiftyTimes(_ request: @escaping @Sendable () async throws -> TestAnswer) async throws -> [TestAnswer] {
        try await fiftyTimes { _ in try await request() }
    }

    private func fiftyTimes(
        _ request: @escaping @Sendable (Int) async throws -> TestAnswer
    ) async throws -> [TestAnswer] {
        try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for number in 0..<50 { group.addTask { try await request(number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
