import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Links by mail", .scratchDatabase(.identity))
struct LinkTests {
    private static let password = "a long enough one"

    @Test("an invited person cannot sign in until they have chosen a password with the link (S-18)")
    func invitation() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let answer = try await identity.invite(acme, "ada@acme.example")
            #expect(answer.status == 201)
            #expect(answer.json["user"]?["role"]?.text == "agent")
            let link = try #require(answer.json["link"])
            #expect(link["purpose"]?.text == "invitation")
            #expect(link["expires_at"]?.text == identity.clock.now.adding(.seconds(72 * 3_600)).description)
            let token = try #require(link["token"]?.text)
            #expect(link["address"]?.text == "http://127.0.0.1:8080/v1/users/links/\(token)")
            #expect(try await identity.signInAnswer("acme", "ada@acme.example", Self.password).status == 401)
            let shown = try await identity.send(.get, "/v1/users/links/\(token)")
            #expect(shown.status == 200)
            #expect(shown.json["email"]?.text == "ada@acme.example")
            #expect(shown.json["workspace"]?.text == "acme")
            #expect(try await identity.choose(token, Self.password) == 204)
            #expect(try await identity.signInAnswer("acme", "ada@acme.example", Self.password).status == 201)
            for event in ["user_invited", "link_used"] {
                #expect(try await identity.count("identity.audit", in: acme, where: "event = '\(event)'") == 1)
            }
        }
    }

    @Test("reading a link, as scanners of mail do, changes nothing; it works once (S-18)")
    func readsAndUses() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let token = try await identity.link(for: agent, in: acme)
            let before = try Rows.everything()
            for _ in 0..<5 { #expect(try await identity.send(.get, "/v1/users/links/\(token)").status == 200) }
            #expect(try await identity.send(.head, "/v1/users/links/\(token)").status == 200)
            #expect(try Rows.everything() == before)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<6 {
                    group.addTask { try await identity.choose(token, "\(Self.password) \(number)") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [204, 404, 404, 404, 404, 404])
            #expect(try await identity.send(.get, "/v1/users/links/\(token)").status == 404)
            // The sessions of before have ended with the old password.
            #expect(try await identity.exchange(agent.session.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", agent.email).status == 401)
        }
    }

    @Test("a reset ends after 30 minutes and an invitation after 72 hours, to the second (S-18)")
    func lifetimes() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let invited = try await identity.invite(acme, "ada@acme.example")
            let invitation = try #require(invited.json["link"]?["token"]?.text)
            let reset = try await identity.link(for: agent, in: acme)
            identity.clock.advance(by: .seconds(1_799))
            #expect(try await identity.send(.get, "/v1/users/links/\(reset)").status == 200)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.send(.get, "/v1/users/links/\(reset)").status == 404)
            #expect(try await identity.choose(reset, Self.password) == 404)
            identity.clock.advance(by: .seconds(72 * 3_600 - 1_801))
            #expect(try await identity.send(.get, "/v1/users/links/\(invitation)").status == 200)
            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.choose(invitation, Self.password) == 404)
        }
    }

    @Test("a link is void after a change of password, of mail address, deactivation, and a newer link (S-18)")
    func void() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let admin = acme.administrator.token
            let ends: [(HTTPRequest.Method, String, String, String?)] = [
                (
                    .post, "/v1/users/me/password", agent.token,
                    #"{"current_password": "\#(agent.password)", "new_password": "another good one"}"#
                ),
                (.post, "/v1/users/\(agent.id)/password", admin, #"{"new_password": "another good two"}"#),
                (.post, "/v1/users/\(agent.id)/links", admin, nil),
                (.patch, "/v1/users/\(agent.id)", admin, #"{"email": "moved@acme.example"}"#),
                (.patch, "/v1/users/\(agent.id)", admin, #"{"is_active": false}"#),
            ]
            for (method, path, token, body) in ends {
                let link = try await identity.link(for: agent, in: acme)
                #expect(try await identity.send(.get, "/v1/users/links/\(link)").status == 200)
                let answer = try await identity.send(method, path, as: token, body)
                #expect(answer.status < 300, "\(path) \(answer.text)")
                #expect(try await identity.choose(link, Self.password) == 404, "\(path) \(body ?? "")")
            }
            #expect(try await identity.send(.post, "/v1/users/\(agent.id)/links", as: admin).status == 404)
        }
    }

    @Test("a secret is bound to its workspace and its id, and a wrong one is 404 whatever is wrong with it (S-18)")
    func bound() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            let agent = try await identity.addUser(.agent, to: acme)
            let other = try await identity.addUser(.agent, to: acme)
            let mine = try await identity.link(for: agent, in: acme)
            let theirs = try await identity.link(for: other, in: acme)
            let (a, b) = (mine.split(separator: "_", maxSplits: 3), theirs.split(separator: "_", maxSplits: 3))
            let before = try Rows.everything()
            for wrong in [
                "cbl_\(bolt.id)_\(a[2])_\(a[3])", "cbl_\(acme.id)_\(b[2])_\(a[3])", "cbl_\(acme.id)_\(a[2])_\(b[3])",
                "cbl_\(acme.id)_\(a[2])_", String(mine.dropLast()), mine + "A", mine.uppercased(), "x", "%00",
                "cbs_\(acme.id)_\(a[2])_\(a[3])",
            ] {
                #expect(try await identity.send(.get, "/v1/users/links/\(wrong)").status == 404, "\(wrong)")
                #expect(try await identity.choose(wrong, Self.password) == 404, "\(wrong)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a new password follows the rule of passwords, and one that does not uses nothing up (S-12, S-18)")
    func rules() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = try await identity.link(for: try await identity.addUser(.agent, to: acme), in: acme)
            for wrong in ["short", "acme acme acme", String(repeating: "a", count: 129)] {
                #expect(try await identity.choose(token, wrong) == 422)
            }
            #expect(try await identity.choose(token, Self.password) == 204)
        }
    }

    @Test("asking for a reset answers the same for known and unknown addresses, and makes no usable link (S-18)")
    func request() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let gone = try await identity.addUser(.agent, to: acme)
            _ = try await identity.send(
                .patch, "/v1/users/\(gone.id)", as: acme.administrator.token, #"{"is_active": false}"#)
            var refusals: [TestAnswer] = []
            var answers: [TestAnswer] = []
            let accounts = [
                ("acme", acme.administrator.email), ("acme", "nobody@acme.example"), ("acme", gone.email),
                ("nowhere", "root@acme.example"),
            ]
            for (slug, email) in accounts {
                for number in 0..<4 {
                    let answer = try await identity.send(
                        .post, "/v1/users/password-resets", #"{"workspace": "\#(slug)", "email": "\#(email)"}"#,
                        ["X-Request-Id": "reset"])
                    #expect(answer.status == (number < 3 ? 202 : 429), "\(email)")
                    if number < 3 { answers.append(answer) } else { refusals.append(answer) }
                }
            }
            for answer in answers {
                #expect(answer.bytes.isEmpty && answer.headersBesideTrace == answers[0].headersBesideTrace)
            }
            for answer in refusals { #expect(answer.bytes == refusals[0].bytes && answer.code == "rate_limited") }
            #expect(try await identity.count("identity.link", in: acme) == 1)
            #expect(try await identity.count("identity.link", in: acme, where: "secret_hash IS NULL") == 1)
        }
    }

    @Test("links are made by administrators alone, never for nobody, and no secret lies in the database (S-4, S-18)")
    func permissions() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.manager, to: acme)
            let path = "/v1/users/\(acme.administrator.id)/links"
            #expect(try await identity.send(.post, path, as: agent.token).status == 403)
            let invite = #"{"email": "x@acme.example", "name": "X", "role": "administrator"}"#
            #expect(
                try await identity.send(.post, "/v1/users/invitations", as: agent.token, invite).status == 403)
            #expect(try await identity.invite(acme, agent.email).status == 409)
            let first = try await identity.send(
                .post, path, as: acme.administrator.token, nil, ["Idempotency-Key": "one"])
            let repeated = try await identity.send(
                .post, path, as: acme.administrator.token, nil, ["Idempotency-Key": "one"])
            #expect(repeated.status == 409 && repeated.code == "already_issued")
            let token = try #require(first.json["token"]?.text)
            #expect(try await identity.send(.get, "/v1/users/links/\(token)").status == 200)
            let dump = try Rows.everything()
            #expect(!dump.contains(token.suffix(43)))
        }
    }
}

extension IdentityUnderTest {
    func invite(_ workspace: TestWorkspace, _ email: String) async throws -> TestAnswer {
        try await send(
            .post, "/v1/users/invitations", as: workspace.administrator.token,
            #"{"email": "\#(email)", "name": "Ada", "role": "agent"}"#)
    }

    /// The secret of a new link for a person.
    func link(for person: TestPerson, in workspace: TestWorkspace) async throws -> String {
        let answer = try await send(
            .post, "/v1/users/\(person.id)/links", as: try await token(workspace.administrator.session.credential))
        return try #require(answer.json["token"]?.text, "\(answer.text)")
    }

    /// Chooses a password with a link; answers the status.
    func choose(_ token: String, _ password: String) async throws -> Int {
        try await send(.post, "/v1/users/links/\(token)", #"{"new_password": "\#(password)"}"#).status
    }
}
