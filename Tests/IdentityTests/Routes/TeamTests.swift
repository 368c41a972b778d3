import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Teams", .scratchDatabase(.identity))
struct TeamTests {
    @Test("a team is made, renamed, listed by name and dissolved, each with its activity")
    func life() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let made = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Support"}"#)
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            #expect(made.header("Location") == "/v1/teams/\(id)")
            #expect(made.json["member_count"]?.whole == 0)
            _ = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "accounts"}"#)
            let renamed = try await identity.send(.patch, "/v1/teams/\(id)", as: token, #"{"name": "Zeta"}"#)
            #expect(renamed.header("ETag") == "\"2\"")
            let list = try await identity.send(.get, "/v1/teams", as: token)
            #expect(list.json["items"]?.items.compactMap { $0["name"]?.text } == ["accounts", "Zeta"])
            #expect(throws: Never.self) { try WireJSON.decode(Page<Team>.self, from: list.bytes) }
            #expect(try await identity.send(.delete, "/v1/teams/\(id)", as: token).status == 204)
            #expect(try await identity.send(.get, "/v1/teams/\(id)", as: token).status == 404)
            #expect(try await identity.send(.delete, "/v1/teams/\(id)", as: token).status == 404)
            #expect(try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Zeta"}"#).status == 201)
            let verbs = try await identity.database.query(
                .scan, in: .workspace(acme.id),
                """
                SELECT string_agg(verb, ' ' ORDER BY version) AS verbs FROM core.activity
                WHERE workspace_id = \(acme.id) AND subject_id = \(ID<Team>(id))
                """)
            #expect(try verbs.text("verbs") == "created updated deleted")
        }
    }

    @Test("a name is unique among living teams, without regard to case")
    func uniqueName() async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.makeWorkspace().administrator.token
            let first = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Support"}"#)
            let taken = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "SUPPORT"}"#)
            #expect(taken.status == 409)
            #expect(taken.pointers == ["/name"])
            let other = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Sales"}"#)
            let id = try #require(other.json["id"]?.text)
            let renamed = try await identity.send(.patch, "/v1/teams/\(id)", as: token, #"{"name": "support"}"#)
            #expect(renamed.status == 409)
            let own = try #require(first.json["id"]?.text)
            #expect(
                try await identity.send(.patch, "/v1/teams/\(own)", as: token, #"{"name": "SUPPORT"}"#).status == 200)
        }
    }

    @Test("members join once, count, leave once, and each change is one activity with the person's id")
    func members() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let agent = try await identity.addUser(.agent, to: acme, name: "Ada")
            let made = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Support"}"#)
            let id = try #require(made.json["id"]?.text)
            let path = "/v1/teams/\(id)/members/\(agent.id)"
            #expect(try await identity.send(.put, path, as: token).status == 204)
            #expect(try await identity.send(.put, path, as: token).status == 204)
            let team = try await identity.send(.get, "/v1/teams/\(id)", as: token)
            #expect(team.json["member_count"]?.whole == 1)
            #expect(team.header("ETag") == "\"2\"")
            let members = try await identity.send(.get, "/v1/teams/\(id)/members", as: token)
            #expect(members.json["items"]?.items.compactMap { $0["name"]?.text } == ["Ada"])
            #expect(throws: Never.self) { try WireJSON.decode(Page<TeamMember>.self, from: members.bytes) }
            let me = try await identity.send(.get, "/v1/users/me", as: agent.token)
            #expect(me.json["teams"]?.items.compactMap { $0["name"]?.text } == ["Support"])
            #expect(throws: Never.self) { try WireJSON.decode(Me.self, from: me.bytes) }
            #expect(try await identity.send(.delete, path, as: token).status == 204)
            #expect(try await identity.send(.delete, path, as: token).status == 404)
            let changes = try await identity.database.query(
                .scan, in: .workspace(acme.id),
                """
                SELECT string_agg(verb || changes::text, ' ' ORDER BY version) AS changes FROM core.activity
                WHERE workspace_id = \(acme.id) AND subject_kind = 'team'
                """)
            #expect(
                try changes.text("changes") == """
                    created{} member_added{"member": {"to": "\(agent.id)", "from": null}} \
                    member_removed{"member": {"to": null, "from": "\(agent.id)"}}
                    """)
        }
    }

    @Test("fifty people who join at the same moment are fifty members and fifty versions")
    func concurrentMembers() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            var people: [String] = []
            for _ in 0..<25 { people.append(try await identity.addUser(.viewer, to: acme).id) }
            let id = try #require(
                try await identity.send(.post, "/v1/teams", as: token, #"{"name": "T"}"#).json["id"]?.text)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for person in people + people {
                    group.addTask {
                        try await identity.send(.put, "/v1/teams/\(id)/members/\(person)", as: token).status
                    }
                }
                for try await status in group { #expect(status == 204) }
            }
            let team = try await identity.send(.get, "/v1/teams/\(id)", as: token)
            #expect(team.json["member_count"]?.whole == 25)
            #expect(team.json["version"]?.whole == 26)
            #expect(try await identity.count("core.activity", in: acme, where: "subject_kind = 'team'") == 26)
        }
    }

    @Test("a dissolved team has no members left, and takes none")
    func dissolved() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let made = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "T"}"#)
            let id = try #require(made.json["id"]?.text)
            let path = "/v1/teams/\(id)/members/\(acme.administrator.id)"
            _ = try await identity.send(.put, path, as: token)
            _ = try await identity.send(.delete, "/v1/teams/\(id)", as: token)
            #expect(try await identity.count("identity.team_member", in: acme) == 0)
            #expect(try await identity.send(.put, path, as: token).status == 404)
            #expect(try await identity.send(.get, "/v1/teams/\(id)/members", as: token).status == 404)
            let me = try await identity.send(.get, "/v1/users/me", as: token)
            #expect(me.json["teams"]?.items.isEmpty == true)
        }
    }
}
