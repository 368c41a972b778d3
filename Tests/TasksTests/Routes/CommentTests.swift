import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Comments and mentions", .scratchDatabase(.tasks))
struct CommentTests {
    private static func mentions(users: [ID<User>] = [], teams: [ID<Team>] = []) -> String {
        let users = users.map { "\"\($0)\"" }.joined(separator: ",")
        let teams = teams.map { "\"\($0)\"" }.joined(separator: ",")
        return #", "mentions": {"user_ids": [\#(users)], "team_ids": [\#(teams)]}"#
    }

    private static func say(
        _ desk: Desk, _ text: String, on task: MadeTask, _ more: String = "", as person: Staff? = nil
    ) async throws -> TestAnswer {
        try await desk.post("\(task.path)/comments", #"{"text": "\#(text)"\#(more)}"#, as: person)
    }

    @Test("what is said is read newest first, is a change of the task, and stands in no activity")
    func comments() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            for text in ["canary one", "canary two", "canary three"] {
                desk.clock.advance(by: .milliseconds(1))
                let said = try await Self.say(desk, text, on: task)
                #expect(said.status == 201 && said.json["author"]?["id"]?.text == "\(desk.company.agent.id)")
            }
            let all = try await desk.all("\(task.path)/comments", limit: 1)
            #expect(all.compactMap { $0["text"]?.text } == ["canary three", "canary two", "canary one"])
            #expect(all.allSatisfy { $0["author"]?["name"]?.text == desk.company.agent.name })
            let activity = try await desk.get("\(task.path)/activity")
            #expect(!activity.text.contains("canary"))
            let newest = activity.json["items"]?.items.first
            #expect(
                newest?["verb"]?.text == "commented" && newest?["changes"]?["comment_id"]?["to"] == all.first?["id"])
            #expect(try await desk.now(task)["version"]?.whole == 4)
            let long = String(repeating: "x", count: 20_001)
            #expect(try await Self.say(desk, long, on: task).status == 422)
        }
    }

    @Test("the reason of a return becomes a comment, which the activity names without its words")
    func reasons() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            try await desk.move(task, to: .completed)
            try await desk.move(task, to: .open, more: #", "reason": "canary""#)
            let comments = try await desk.all("\(task.path)/comments")
            #expect(comments.compactMap { $0["text"]?.text } == ["canary"])
            let activity = try await desk.get("\(task.path)/activity")
            let entry = activity.json["items"]?.items.first
            #expect(
                entry?["verb"]?.text == "reopened" && entry?["changes"]?["comment_id"]?["to"] == comments.first?["id"])
            #expect(!activity.text.contains("canary"))
        }
    }

    @Test("people who are called see it, newest first, watch the task, and mark it as read for themselves alone")
    func people() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let task = try await desk.make("Look")
            for text in ["one", "two"] {
                desk.clock.advance(by: .milliseconds(1))
                let said = try await Self.say(
                    desk, text, on: task, Self.mentions(users: [company.colleague.id, company.manager.id]))
                #expect(said.status == 201)
                #expect(said.json["mentions"]?["user_ids"]?.items.count == 2)
            }
            let mine = try await desk.all("/v1/tasks/mentions", limit: 1, as: company.colleague)
            #expect(mine.compactMap { $0["text"]?.text } == ["two", "one"])
            #expect(mine.first?["task"]?["title"]?.text == "Look")
            let path = "/v1/tasks/mentions/\(mine.first?["id"]?.text ?? "")/read"
            #expect(try await desk.post(path, as: company.manager).status == 404)
            #expect(try await desk.post(path, as: company.colleague).status == 204)
            #expect(try await desk.post(path, as: company.colleague).status == 204)
            let unread = try await desk.all("/v1/tasks/mentions?unread=true", as: company.colleague)
            #expect(unread.compactMap { $0["text"]?.text } == ["one"])
            #expect(try await desk.all("/v1/tasks/mentions?unread=true", as: company.manager).count == 2)
            #expect(try await desk.all("/v1/tasks/mentions").isEmpty)
            let watched = try await desk.all("/v1/tasks?watcher=me", as: company.colleague)
            #expect(watched.compactMap { $0["id"]?.text } == [task.id])
            let entry = try await desk.all("\(task.path)/activity").first
            #expect(entry?["changes"]?["mentioned_user_ids"]?["to"]?.items.count == 2)
        }
    }

    @Test("a team that is called reaches its active members once each, who do not watch the task for that")
    func teams() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let members = [
                (company.team, company.colleague), (company.team, company.gone), (company.otherTeam, company.colleague),
                (company.otherTeam, company.viewer),
            ]
            for (team, person) in members {
                try Rows.run(
                    """
                    INSERT INTO identity.team_member (workspace_id, team_id, user_id, joined_at)
                    VALUES ('\(company.id)', '\(team)', '\(person.id)', now())
                    """)
            }
            let task = try await desk.make()
            let said = try await Self.say(
                desk, "Help", on: task,
                Self.mentions(users: [company.viewer.id], teams: [company.team, company.otherTeam]))
            #expect(said.status == 201, "\(said.text)")
            #expect(try Rows.count("tasks.mention") == 2)
            let colleague = try await desk.all("/v1/tasks/mentions", as: company.colleague)
            #expect(colleague.count == 1 && colleague.first?["team_id"] != .null)
            let viewer = try await desk.all("/v1/tasks/mentions", as: company.viewer)
            #expect(viewer.count == 1 && viewer.first?["team_id"] == .null)
            #expect(try await desk.all("/v1/tasks?watcher=me", as: company.colleague).isEmpty)
            #expect(try await desk.all("/v1/tasks?watcher=me", as: company.viewer).count == 1)
        }
    }

    @Test("whoever is not there is refused by their place, and nothing is written (S-3)")
    func unknown() async throws {
        try await Desk.run { desk in
            let (company, other) = (desk.company, try desk.other().company)
            let task = try await desk.make()
            let before = try Rows.everything()
            let users = try await Self.say(
                desk, "T", on: task, Self.mentions(users: [company.agent.id, company.gone.id]))
            #expect(users.status == 422)
            #expect(users.pointers.allSatisfy { $0.hasPrefix("/mentions/user_ids/") } && users.pointers.count == 1)
            for team in [company.dissolvedTeam, other.team] {
                let answer = try await Self.say(desk, "T", on: task, Self.mentions(teams: [team]))
                #expect(answer.status == 422 && answer.pointers == ["/mentions/team_ids/0"])
            }
            // By the place in the request, whatever order or number the ids have.
            let (late, agent) = (ID<User>.make(at: .instant("2099-01-01T00:00:00Z")), company.agent.id)
            let lists = [([late, agent], [0]), ([agent, agent, late], [2]), ([late, agent, late], [0, 2])]
            for (users, places) in lists {
                let answer = try await Self.say(desk, "T", on: task, Self.mentions(users: users))
                #expect(answer.pointers == places.map { "/mentions/user_ids/\($0)" }, "\(answer.text)")
            }
            let many = (0...20).map { _ in ID<User>.make(at: .now) }
            #expect(try await Self.say(desk, "T", on: task, Self.mentions(users: many)).status == 422)
            let viewer = try await Self.say(desk, "T", on: task, as: company.viewer)
            #expect(viewer.status == 403)
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a comment repeated under its key is said once")
    func repeated() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let answers = try await atOnce(5) { _ in
                try await desk.post(
                    "\(task.path)/comments", #"{"text": "Once"}"#, ["Idempotency-Key": "k"])
            }
            #expect(answers.contains { $0.status == 201 })
            #expect(answers.allSatisfy { $0.status == 201 || $0.code == "idempotency_in_progress" })
            #expect(try await desk.all("\(task.path)/comments").count == 1)
            try desk.expectStreamWithoutGaps()
        }
    }
}
