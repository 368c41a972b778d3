import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Skills", .scratchDatabase(.identity))
struct SkillTests {
    private static let catalog = "/v1/workspaces/current/skills"

    @Test("a skill is made, described, archived, listed by name and deleted, each with its activity (3.5)")
    func life() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let made = try await identity.send(
                .post, Self.catalog, as: token, #"{"name": "Finnish", "description": "Reads and writes it"}"#)
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            #expect(made.header("Location") == "\(Self.catalog)/\(id)")
            #expect(made.header("ETag") == "\"1\"")
            _ = try await identity.send(.post, Self.catalog, as: token, #"{"name": "accounting"}"#)
            let path = "\(Self.catalog)/\(id)"
            let changed = try await identity.send(
                .patch, path, as: token, #"{"description": null, "is_archived": true}"#, ["If-Match": "\"1\""])
            #expect(changed.json["description"] == .null)
            #expect(changed.header("ETag") == "\"2\"")
            let stale = try await identity.send(.patch, path, as: token, #"{"name": "S"}"#, ["If-Match": "\"1\""])
            #expect(stale.status == 412)
            let same = try await identity.send(.patch, path, as: token, #"{"is_archived": true}"#)
            #expect(same.json["version"]?.whole == 2)
            let shown = try await identity.send(.get, path, as: token)
            #expect(shown.bytes == changed.bytes)
            let list = try await identity.send(.get, Self.catalog, as: token)
            #expect(list.json["items"]?.items.compactMap { $0["name"]?.text } == ["accounting", "Finnish"])
            #expect(throws: Never.self) { try WireJSON.decode(Page<Skill>.self, from: list.bytes) }
            let counting = try await identity.send(.get, "\(Self.catalog)?is_archived=false", as: token)
            #expect(counting.json["items"]?.items.compactMap { $0["name"]?.text } == ["accounting"])
            #expect(try await identity.send(.delete, path, as: token).status == 204)
            #expect(try await identity.send(.get, path, as: token).status == 404)
            #expect(try await identity.send(.delete, path, as: token).status == 404)
            let again = try await identity.send(.post, Self.catalog, as: token, #"{"name": "FINNISH"}"#)
            #expect(again.status == 201)
            #expect(
                try await identity.activity(of: id, in: acme) == [
                    "created {}", #"updated {"is_archived": {"to": true, "from": false}}"#, "deleted {}",
                ])
        }
    }

    @Test("a skill's name is unique without regard to case, among the archived too (3.5)")
    func uniqueName() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let first = try await identity.skill("Finnish", in: acme)
            _ = try await identity.send(.patch, "\(Self.catalog)/\(first)", as: token, #"{"is_archived": true}"#)
            let taken = try await identity.send(.post, Self.catalog, as: token, #"{"name": "fINNISH"}"#)
            #expect(taken.status == 409)
            #expect(taken.pointers == ["/name"])
            let other = try await identity.skill("Swedish", in: acme)
            let renamed = try await identity.send(
                .patch, "\(Self.catalog)/\(other)", as: token, #"{"name": "finnish"}"#)
            #expect(renamed.status == 409)
            #expect(renamed.pointers == ["/name"])
        }
    }

    @Test("a skill that somebody has is archived, not deleted, and is then given to nobody (3.5)")
    func inUse() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let agent = try await identity.addUser(.agent, to: acme)
            let skill = try await identity.skill("Finnish", in: acme)
            let (path, own) = ("\(Self.catalog)/\(skill)", "/v1/users/\(agent.id)/skills/\(skill)")
            #expect(try await identity.send(.put, own, as: token, #"{"level": 2}"#).status == 204)
            let refused = try await identity.send(.delete, path, as: token)
            #expect(refused.status == 409)
            #expect(refused.code == "skill_in_use")
            _ = try await identity.send(.patch, path, as: token, #"{"is_archived": true}"#)
            let raised = try await identity.send(.put, own, as: token, #"{"level": 3}"#)
            #expect(raised.status == 409)
            let kept = try await identity.send(.get, "/v1/users/\(agent.id)/skills", as: token)
            #expect(kept.json["items"]?.items.first?["is_archived"]?.flag == true)
            #expect(try await identity.count("identity.agent_skill", in: acme) == 0)
            #expect(try await identity.send(.delete, own, as: token).status == 204)
            #expect(try await identity.send(.delete, path, as: token).status == 204)
            #expect(try await identity.send(.put, own, as: token, #"{"level": 3}"#).status == 404)
        }
    }

    @Test("a level is set, changed and taken, counted by the person's version and told by id in the activity (3.5)")
    func levels() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let agent = try await identity.addUser(.agent, to: acme)
            let skill = try await identity.skill("Finnish", in: acme)
            let path = "/v1/users/\(agent.id)/skills/\(skill)"
            for level in [2, 2, 5] {
                #expect(try await identity.send(.put, path, as: token, #"{"level": \#(level)}"#).status == 204)
            }
            let person = try await identity.send(.get, "/v1/users/\(agent.id)", as: token)
            #expect(person.header("ETag") == "\"3\"")
            let stale = try await identity.send(.put, path, as: token, #"{"level": 1}"#, ["If-Match": "\"2\""])
            #expect(stale.status == 412)
            let list = try await identity.send(.get, "/v1/users/\(agent.id)/skills", as: token)
            #expect(list.json["items"]?.items.first?["level"]?.whole == 5)
            #expect(throws: Never.self) { try WireJSON.decode(Page<UserSkill>.self, from: list.bytes) }
            #expect(try await identity.send(.delete, path, as: token, nil, ["If-Match": "\"2\""]).status == 412)
            #expect(try await identity.send(.delete, path, as: token, nil, ["If-Match": "\"3\""]).status == 204)
            #expect(try await identity.send(.delete, path, as: token).status == 404)
            #expect(
                try await identity.activity(of: agent.id, in: acme).dropFirst() == [
                    #"skill_set {"skill.\#(skill)": {"to": 2, "from": null}}"#,
                    #"skill_set {"skill.\#(skill)": {"to": 5, "from": 2}}"#,
                    #"skill_removed {"skill.\#(skill)": {"to": null, "from": 5}}"#,
                ])
            for level in ["0", "6", "\"3\"", "null", "2.5"] {
                let answer = try await identity.send(.put, path, as: token, #"{"level": \#(level)}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/level"])
            }
        }
    }

    @Test("an agent sets nobody's skills, a manager raises theirs no more than an administrator allows (S-4, 3.5)")
    func ownLevel() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let manager = try await identity.addUser(.manager, to: acme)
            let skill = try await identity.skill("Finnish", in: acme)
            func set(_ level: Int, of person: TestPerson, by caller: TestPerson) async throws -> Int {
                try await identity.send(
                    .put, "/v1/users/\(person.id)/skills/\(skill)", as: caller.token, #"{"level": \#(level)}"#
                ).status
            }
            #expect(try await set(1, of: agent, by: agent) == 403)
            #expect(try await set(1, of: agent, by: manager) == 204)
            #expect(try await set(1, of: manager, by: manager) == 403)
            #expect(try await set(3, of: manager, by: acme.administrator) == 204)
            #expect(try await set(4, of: manager, by: manager) == 403)
            #expect(try await set(2, of: manager, by: manager) == 204)
            #expect(try await set(5, of: acme.administrator, by: acme.administrator) == 204)
        }
    }

    @Test("people are listed by skill and least level, in pages, each once; a level without a skill is 400 (3.5)")
    func bySkill() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            let skill = try await identity.skill("Finnish", in: acme)
            var people: [String] = []
            for level in 1...5 {
                let person = try await identity.addUser(level == 5 ? .viewer : .agent, to: acme)
                _ = try await identity.send(
                    .put, "/v1/users/\(person.id)/skills/\(skill)", as: token, #"{"level": \#(level)}"#)
                people.append(person.id)
            }
            func ids(_ query: String) async throws -> [String] {
                var (found, cursor) = ([String](), "")
                repeat {
                    let page = try await identity.send(.get, "/v1/users?limit=2&\(query)\(cursor)", as: token)
                    #expect(page.status == 200, "\(page.text)")
                    found += page.json["items"]?.items.compactMap { $0["id"]?.text } ?? []
                    cursor = page.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                return found
            }
            #expect(try await ids("skill_id=\(skill)") == people.sorted())
            #expect(try await ids("skill_id=\(skill)&min_level=3") == people[2...].sorted())
            #expect(try await ids("skill_id=\(skill)&min_level=3&role=agent") == people[2...3].sorted())
            #expect(try await ids("skill_id=\(ID<Skill>.make(at: .now))").isEmpty)
            for (query, pointer) in [
                ("min_level=3", "min_level"), ("skill_id=\(skill)&min_level=6", "min_level"),
                ("skill_id=x", "skill_id"),
            ] {
                let answer = try await identity.send(.get, "/v1/users?\(query)", as: token)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.pointers == [pointer], "\(query)")
            }
        }
    }

    @Test("whoever deletes a skill and whoever gives it to somebody at the same moment do not both succeed (3.5)")
    func race() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            for number in 0..<20 {
                let skill = try await identity.skill("S\(number)", in: acme)
                async let given = identity.send(
                    .put, "/v1/users/\(acme.administrator.id)/skills/\(skill)", as: token, #"{"level": 1}"#)
                async let deleted = identity.send(.delete, "\(Self.catalog)/\(skill)", as: token)
                let statuses = try await [given.status, deleted.status]
                #expect([[204, 409], [404, 204]].contains(statuses), "\(statuses)")
            }
        }
    }
}

extension IdentityUnderTest {
    /// Makes a skill.
    func skill(_ name: String, in workspace: TestWorkspace) async throws -> String {
        let answer = try await send(
            .post, "/v1/workspaces/current/skills", as: workspace.administrator.token, #"{"name": "\#(name)"}"#)
        return try #require(answer.json["id"]?.text, "\(answer.text)")
    }

    /// Verb and changes of each entry of a record, in the order of its versions.
    func activity(of subject: String, in workspace: TestWorkspace, kind: String? = nil) async throws -> [String] {
        let result = try await database.query(
            .scan, in: .workspace(workspace.id),
            """
            SELECT COALESCE(string_agg(verb || ' ' || changes::text, '|' ORDER BY version), '') AS entries
            FROM core.activity
            WHERE workspace_id = \(workspace.id) AND subject_id = \(ID<AnyRecord>(subject))
                AND (\(kind) IS NULL OR subject_kind = \(kind))
            """)
        return try result.text("entries").map { $0.split(separator: "|").map(String.init) } ?? []
    }
}
