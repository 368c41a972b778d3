import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Templates", .scratchDatabase(.tasks))
struct TemplateTests {
    private static let items = """
        [{"title": "{{ticket.case_number}}: order parts", "due_in_days": 2, "is_required": true,
          "assignee": "opener", "priority": "high"},
         {"title": "Call {{ticket.owner}}", "description": "About {{ticket.title}}, with {{ticket.assignee | nobody}}",
          "assignee_id": "$", "estimate_seconds": 600}]
        """

    @Test("a template opens a set of tasks for a ticket, with its placeholders filled in (F4)")
    func opens() async throws {
        try await Desk.run(zone: "Europe/Berlin", clock: TestClock(.instant("2026-03-27T23:30:00Z"))) { desk in
            let ticket = try desk.ticket("The pump leaks")
            let items = Self.items.replacing("$", with: "\(desk.company.colleague.id)")
            let made = try await desk.post(
                "/v1/tasks/templates", #"{"name": "Repair", "items": \#(items)}"#, as: desk.company.manager)
            #expect(made.status == 201, "\(made.text)")
            let path = try #require(made.header("Location"))
            let shown = try await desk.get(path)
            #expect(shown.text == made.text)
            let opened = try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#)
            #expect(opened.status == 201, "\(opened.text)")
            let tasks = opened.json["items"]?.items ?? []
            #expect(tasks.map { $0["title"]?.text } == ["260115001: order parts", "Call M"])
            #expect(tasks.map { $0["assignee"]?["name"]?.text } == ["Ada", "Ben"])
            try #require(tasks.count == 2)
            // Half past midnight in Berlin is the 28th; the 30th ends under summer time.
            #expect(tasks[0]["due_on"]?.text == "2026-03-30" && tasks[0]["due_at"]?.text == "2026-03-30T22:00:00Z")
            #expect(tasks[0]["is_required"] == .bool(true) && tasks[0]["priority"]?.text == "high")
            #expect(tasks[1]["description"]?.text == "About The pump leaks, with nobody")
            let listed = try await desk.all("/v1/tasks?subject=\(ticket)")
            #expect(listed.count == 2)
            #expect(try Rows.count("core.activity", where: "subject_kind = 'task'") == 2)
        }
    }

    @Test("a repeated key opens the tasks once")
    func once() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let path = try await template(#"[{"title": "T"}, {"title": "U"}]"#, desk)
            let answers = try await atOnce(5) { _ in
                try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#, ["Idempotency-Key": "k"])
            }
            #expect(answers.allSatisfy { [201, 409].contains($0.status) })
            #expect(try Rows.count("tasks.task") == 2)
        }
    }

    @Test("who left since, and a team that was dissolved, get nothing: the tasks are opened all the same")
    func gone() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let (colleague, team) = (desk.company.colleague.id, desk.company.team)
            let path = try await template(
                #"[{"title": "T", "assignee_id": "\#(colleague)", "team_id": "\#(team)"}]"#, desk)
            try Rows.run(
                "UPDATE identity.user SET is_active = false WHERE id = '\(colleague)';"
                    + "UPDATE identity.team SET deleted_at = now() WHERE id = '\(team)'")
            let opened = try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#)
            #expect(opened.json["items"]?.items.first?["assignee"] == .null)
            #expect(opened.json["items"]?.items.first?["team"] == .null)
        }
    }

    @Test("every fault of a template is told at its task, and nothing is written")
    func faults() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let items = """
                [{"title": "{{ticket.secret}}", "description": "{{"},
                 {"title": "T", "kind": "unknown", "assignee_id": "\(other.agent.id)", "team_id": "\(other.team)"},
                 {"title": "T", "assignee": "opener", "assignee_id": "\(desk.company.agent.id)"}]
                """
            let before = try Rows.everything()
            let answer = try await desk.post(
                "/v1/tasks/templates", #"{"name": "N", "items": \#(items)}"#, as: desk.company.manager)
            #expect(answer.status == 422)
            #expect(
                Set(answer.pointers) == [
                    "/items/0/title", "/items/0/description", "/items/1/kind", "/items/1/assignee_id",
                    "/items/1/team_id", "/items/2/assignee",
                ])
            let empty = try await desk.post(
                "/v1/tasks/templates", #"{"name": "N", "items": []}"#, as: desk.company.manager)
            #expect(empty.status == 422 && empty.pointers == ["/items"])
            let agent = try await desk.post("/v1/tasks/templates", #"{"name": "N", "items": [{"title": "T"}]}"#)
            #expect(agent.status == 403)
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a ticket that has ended, is another's, or lacks what a text needs, opens nothing (S-3)")
    func refused() async throws {
        try await Desk.run { desk in
            let path = try await template(#"[{"title": "T"}, {"title": "{{ticket.assignee}}"}]"#, desk)
            let (open, closed) = (try desk.ticket(), try desk.ticket(status: "closed"))
            let foreign = try desk.other().ticket()
            for (ticket, status) in [(open, 422), (closed, 409), (foreign, 422), (.make(at: .now), 422)] {
                let answer = try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#)
                #expect(answer.status == status)
            }
            let away = try await desk.patch(path, #"{"is_active": false}"#, as: desk.company.manager)
            #expect(away.status == 200)
            let retired = try await desk.post("\(path)/open", #"{"ticket_id": "\#(open)"}"#)
            #expect(retired.status == 409)
            #expect(try Rows.count("tasks.task") == 0)
        }
    }

    @Test("a filled title is one line, one of which nothing is left is told, and a description can be empty (F4)")
    func emptied() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            try Rows.run("UPDATE tickets.ticket SET owner_label = E' Anna\\r\\n\\tHof\\u2028 '")
            let path = try await template(
                #"[{"title": "Call {{ticket.owner}}", "description": "{{ticket.assignee|}}"}]"#, desk)
            let opened = try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#)
            #expect(opened.status == 201, "\(opened.text)")
            let task = opened.json["items"]?.items.first
            #expect(task?["title"]?.text == "Call Anna Hof" && task?["description"] == .null)
            let nothing = try await template(#"[{"title": "T"}, {"title": "{{ticket.assignee|}} "}]"#, desk)
            let before = try Rows.everything()
            let answer = try await desk.post("\(nothing)/open", #"{"ticket_id": "\#(ticket)"}"#)
            #expect(answer.status == 422 && answer.pointers == ["/ticket_id"], "\(answer.text)")
            #expect(answer.text.contains("task 2"), "\(answer.text)")
            #expect(try Rows.everything() == before)
        }
    }

    @Test("texts that have become too long together are refused, with a key and without (F4)")
    func grown() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket(String(repeating: "\u{FC}", count: 140))
            let item = #"{"title": "T", "description": "\#(String(repeating: "{{ticket.title}}", count: 200))"}"#
            func items(_ count: Int) -> String { "[" + repeatElement(item, count: count).joined(separator: ", ") + "]" }
            let few = try await desk.post(
                "\(try await template(items(20), desk))/open", #"{"ticket_id": "\#(ticket)"}"#,
                ["Idempotency-Key": "few"])
            #expect(few.status == 201)
            #expect(few.json["items"]?.items.last?["description"]?.text?.count == 20_000)
            let path = try await template(items(50), desk)
            for headers in [[:], ["Idempotency-Key": "many"]] {
                let many = try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#, headers)
                #expect(many.status == 422 && many.pointers == ["/ticket_id"], "\(many.text.prefix(300))")
            }
            #expect(try Rows.count("tasks.task") == 20)
        }
    }

    @Test("the texts of a template have a bound together, and the list shows templates without them (F4)")
    func bounded() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            let path = try await template(#"[{"title": "T"}, {"title": "U"}]"#, desk)
            let item = #"{"title": "T", "description": "\#(String(repeating: "x", count: 5_300))"}"#
            let items = "[" + repeatElement(item, count: 50).joined(separator: ", ") + "]"
            let made = try await desk.post(
                "/v1/tasks/templates", #"{"name": "N", "items": \#(items)}"#, as: manager, ["Idempotency-Key": "k"])
            #expect(made.status == 422 && made.pointers == ["/items"], "\(made.text.prefix(300))")
            let changed = try await desk.patch(path, #"{"items": \#(items)}"#, as: manager)
            #expect(changed.status == 422 && changed.pointers == ["/items"], "\(changed.text.prefix(300))")
            // As long as the table takes them.
            try Rows.run(
                """
                INSERT INTO tasks.template (workspace_id, id, name, items, created_at, updated_at)
                SELECT '\(desk.company.id)', gen_random_uuid(), 'Long', (
                    SELECT json_agg(json_build_object('title', 'T', 'description', repeat('x', 20000)))::text
                    FROM generate_series(1, 50)), now(), now()
                FROM generate_series(1, 20)
                """)
            let listed = try await desk.get("/v1/tasks/templates?limit=200")
            #expect(listed.status == 200, "\(listed.text.prefix(300))")
            let templates = listed.json["items"]?.items ?? []
            #expect(templates.count == 21 && !listed.text.contains("xxx"))
            #expect(Set(templates.compactMap { $0["task_count"]?.whole }) == [2, 50])
        }
    }

    @Test("a kind that was retired since is the standard one, and who has the ticket but left gets nothing (F4)")
    func retired() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            for word in ["own", "old"] {
                _ = try await desk.post("/v1/tasks/kinds", #"{"word": "\#(word)", "name": "O"}"#, as: manager)
            }
            let ticket = try desk.work("The pump leaks", of: desk.company.colleague)
            let path = try await template(
                """
                [{"title": "{{ticket.assignee}}", "kind": "old", "assignee": "ticket_assignee"},
                 {"title": "U", "kind": "own"}, {"title": "V", "kind": "report"}]
                """, desk)
            func open() async throws -> [JSONValue] {
                let opened = try await desk.post("\(path)/open", #"{"ticket_id": "\#(ticket)"}"#)
                #expect(opened.status == 201, "\(opened.text)")
                return opened.json["items"]?.items ?? []
            }
            let first = try await open()
            #expect(first.map { $0["kind"]?.text } == ["old", "own", "report"])
            #expect(first.first?["assignee"]?["id"]?.text == "\(desk.company.colleague.id)")
            _ = try await desk.patch("/v1/tasks/kinds/old", #"{"is_active": false}"#, as: manager)
            try Rows.run("UPDATE identity.user SET is_active = false WHERE id = '\(desk.company.colleague.id)'")
            let second = try await open()
            #expect(second.map { $0["kind"]?.text } == ["administrative", "own", "report"])
            #expect(second.first?["assignee"] == .null)
            #expect(second.first?["title"] == first.first?["title"])
        }
    }

    @Test("the activity of a template says which of its texts changed between which versions, not what they say")
    func told() async throws {
        try await Desk.run { desk in
            let path = try await template(#"[{"title": "canary"}]"#, desk)
            for body in [#"{"name": "canary"}"#, #"{"items": [{"title": "canary two"}]}"#, "{}"] {
                let changed = try await desk.patch(path, body, as: desk.company.manager)
                #expect(changed.status == 200, "\(changed.text)")
            }
            let changes = try Rows.of(
                "SELECT changes::text FROM core.activity WHERE subject_kind = 'task_template' ORDER BY version")
            #expect(changes == ["{}", #"{"name": {"to": 2, "from": 1}}"#, #"{"items": {"to": 3, "from": 2}}"#])
        }
    }

    private func template(_ items: String, _ desk: Desk) async throws -> String {
        let made = try await desk.post(
            "/v1/tasks/templates", #"{"name": "Repair", "items": \#(items)}"#, as: desk.company.manager)
        #expect(made.status == 201, "\(made.text)")
        return try #require(made.header("Location"))
    }
}
