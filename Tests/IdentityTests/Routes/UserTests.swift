import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Users", .scratchDatabase(.identity))
struct UserTests {
    @Test("an administrator adds a user, who is shown, listed and written to the activity")
    func create() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let answer = try await identity.send(
                .post, "/v1/users", as: acme.administrator.token,
                """
                {"email": " Ada@Example.COM ", "name": " Ada ", "role": "manager", "password": "correct horse battery"}
                """)
            #expect(answer.status == 201)
            let id = try #require(answer.json["id"]?.text)
            #expect(answer.header("Location") == "/v1/users/\(id)")
            #expect(answer.header("ETag") == "\"1\"")
            #expect(answer.json["email"]?.text == "Ada@example.com")
            #expect(answer.json["name"]?.text == "Ada")
            let shown = try await identity.send(.get, "/v1/users/\(id)", as: acme.administrator.token)
            #expect(shown.json == answer.json || shown.json["id"] == answer.json["id"])
            #expect(shown.header("ETag") == "\"1\"")
            #expect(throws: Never.self) { try WireJSON.decode(User.self, from: shown.bytes) }
            #expect(
                try await identity.count(
                    "core.activity", in: acme,
                    where: "subject_kind = 'user' AND subject_id = '\(id)' AND verb = 'created' AND version = 1") == 1)
        }
    }

    @Test("a mail address is unique in a workspace without regard to case, and free in another")
    func uniqueEmail() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            func add(_ email: String, _ workspace: TestWorkspace) async throws -> TestAnswer {
                try await identity.send(
                    .post, "/v1/users", as: workspace.administrator.token,
                    #"{"email": "\#(email)", "name": "A", "role": "agent", "password": "correct horse battery"}"#)
            }
            #expect(try await add("ada@example.com", acme).status == 201)
            let taken = try await add("ADA@Example.com", acme)
            #expect(taken.status == 409)
            #expect(taken.pointers == ["/email"])
            #expect(try await add("ada@example.com", bolt).status == 201)
            #expect(try await identity.count("identity.password", in: acme) == 2)
            let second = try await identity.addUser(.agent, to: acme)
            let moved = try await identity.send(
                .patch, "/v1/users/\(second.id)", as: acme.administrator.token, #"{"email": "Ada@example.com"}"#)
            #expect(moved.status == 409)
            #expect(moved.pointers == ["/email"])
        }
    }

    @Test("a password that holds the mail's or the workspace's name is refused, and nothing is written (S-12)")
    func refusedPassword() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            for password in ["my-ADALOVE-password", "I work at company acme", "xxxxACMExxxxxxxx"] {
                let answer = try await identity.send(
                    .post, "/v1/users", as: acme.administrator.token,
                    #"{"email": "adalove@x.example", "name": "A", "role": "agent", "password": "\#(password)"}"#)
                #expect(answer.status == 422, "\(password)")
                #expect(answer.pointers == ["/password"])
            }
            for password in ["elevenchars", String(repeating: "x", count: 129)] {
                let answer = try await identity.send(
                    .post, "/v1/users", as: acme.administrator.token,
                    #"{"email": "adalove@x.example", "name": "A", "role": "agent", "password": "\#(password)"}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/password"])
            }
            #expect(try await identity.count("identity.user", in: acme) == 1)
        }
    }

    @Test("deactivation ends sessions and keys at once, and coming back brings none of them back")
    func deactivate() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let second = try await identity.addUser(.administrator, to: acme)
            let key = try await identity.send(
                .post, "/v1/api-keys", as: second.token, #"{"name": "k", "permissions": ["workspace:read"]}"#)
            let credential = try #require(key.json["credential"]?.text)
            #expect(try await identity.exchange(credential).status == 200)
            let answer = try await identity.send(
                .patch, "/v1/users/\(second.id)", as: acme.administrator.token, #"{"is_active": false}"#)
            #expect(answer.status == 200)
            #expect(answer.json["is_active"]?.flag == false)
            #expect(try await identity.exchange(credential).status == 401)
            #expect(try await identity.exchange(second.session.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", second.email).status == 401)
            _ = try await identity.send(
                .patch, "/v1/users/\(second.id)", as: acme.administrator.token, #"{"is_active": true}"#)
            #expect(try await identity.exchange(credential).status == 401)
            #expect(try await identity.exchange(second.session.credential).status == 401)
            #expect(try await identity.signInAnswer("acme", second.email).status == 201)
            let activity = try await identity.database.query(
                .scan, in: .workspace(acme.id),
                """
                SELECT changes::text AS changes FROM core.activity
                WHERE workspace_id = \(acme.id) AND subject_kind = 'user' AND version = 2
                """)
            #expect(try activity.text("changes") == #"{"is_active": {"to": false, "from": true}}"#)
        }
    }

    @Test("a change of role ends sessions and the keys that may do more, and the rest act with the new rights (S-15)")
    func changeRole() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let second = try await identity.addUser(.administrator, to: acme)
            func key(_ permission: String) async throws -> String {
                let answer = try await identity.send(
                    .post, "/v1/api-keys", as: second.token, #"{"name": "k", "permissions": ["\#(permission)"]}"#)
                return try #require(answer.json["credential"]?.text)
            }
            let (mighty, modest) = (try await key("users:administer"), try await key("workspace:read"))
            let answer = try await identity.send(
                .patch, "/v1/users/\(second.id)", as: acme.administrator.token, #"{"role": "agent"}"#)
            #expect(answer.status == 200)
            #expect(try await identity.exchange(second.session.credential).status == 401)
            #expect(try await identity.exchange(mighty).status == 401)
            #expect(try await identity.exchange(modest).status == 200)
            #expect(try await identity.count("identity.audit", in: acme, where: "event = 'role_changed'") == 1)
        }
    }

    @Test("the last active administrator can be neither demoted nor deactivated")
    func lastAdministrator() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            _ = try await identity.addUser(.manager, to: acme)
            let path = "/v1/users/\(acme.administrator.id)"
            for body in [#"{"role": "agent"}"#, #"{"is_active": false}"#] {
                let answer = try await identity.send(.patch, path, as: acme.administrator.token, body)
                #expect(answer.status == 409)
                #expect(answer.code == "last_administrator")
            }
            #expect(
                try await identity.send(.patch, path, as: acme.administrator.token, #"{"name": "New"}"#).status == 200)
        }
    }

    @Test("of administrators who demote each other at the same moment one remains")
    func lastAdministratorRace() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            var people = [acme.administrator]
            for _ in 0..<5 { people.append(try await identity.addUser(.administrator, to: acme)) }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, person) in people.enumerated() {
                    let token = people[(index + 1) % people.count].token
                    let body = index.isMultiple(of: 2) ? #"{"role": "viewer"}"# : #"{"is_active": false}"#
                    group.addTask { try await identity.send(.patch, "/v1/users/\(person.id)", as: token, body).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // A token is good for its 60 s, so every one of the six may ask, and five may have their way.
            #expect(statuses.filter { $0 == 200 }.count == 5)
            #expect(statuses.filter { $0 == 409 }.count == 1)
            #expect(
                try await identity.count("identity.user", in: acme, where: "role = 'administrator' AND is_active") == 1)
        }
    }

    @Test("a patch that changes nothing keeps version and activity as they are")
    func nothingChanged() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let path = "/v1/users/\(acme.administrator.id)"
            for body in ["{}", #"{"name": "Root"}"#] {
                let answer = try await identity.send(.patch, path, as: acme.administrator.token, body)
                #expect(answer.status == 200)
                #expect(answer.header("ETag") == "\"1\"")
            }
            #expect(try await identity.count("core.activity", in: acme, where: "subject_kind = 'user'") == 1)
        }
    }

    @Test("filters by role, activity and mail address show those users alone")
    func filters() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            _ = try await identity.addUser(.viewer, to: acme)
            func ids(_ query: String) async throws -> [String] {
                let answer = try await identity.send(.get, "/v1/users?\(query)", as: acme.administrator.token)
                #expect(answer.status == 200)
                return answer.json["items"]?.items.compactMap { $0["id"]?.text } ?? []
            }
            #expect(try await ids("role=agent") == [agent.id])
            #expect(try await ids("email=\(agent.email.uppercased())") == [agent.id])
            #expect(try await ids("is_active=false").isEmpty)
            #expect(try await ids("is_active=true").count == 3)
            #expect(try await identity.send(.get, "/v1/users?role=king", as: acme.administrator.token).status == 400)
            #expect(try await identity.send(.get, "/v1/users?colour=red", as: acme.administrator.token).status == 400)
        }
    }

    @Test("assignment mail is off until the person chooses it (C15)")
    func notifications() async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.makeWorkspace().administrator.token
            let path = "/v1/users/me/notifications"
            let before = try await identity.send(.get, path, as: token)
            #expect(before.json["assignment_mail"]?.flag == false)
            #expect(before.header("ETag") == "\"1\"")
            let changed = try await identity.send(
                .patch, path, as: token, #"{"assignment_mail": true}"#, ["If-Match": "\"1\""])
            #expect(changed.status == 200)
            #expect(changed.json["assignment_mail"]?.flag == true)
            #expect(changed.header("ETag") == "\"2\"")
            #expect(
                try await identity.send(.patch, path, as: token, #"{"assignment_mail": false}"#, ["If-Match": "\"1\""])
                    .status == 412)
            #expect(try await identity.send(.get, path, as: token).json["assignment_mail"]?.flag == true)
        }
    }
}
