import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("The joint list over tickets and tasks (F5)", .scratchDatabase(.tasks))
struct WorklistTests {
    private static func titles(_ desk: Desk, _ query: String = "", as person: Staff? = nil) async throws -> [String] {
        try await desk.all("/v1/worklist\(query.isEmpty ? "" : "?\(query)")", as: person).compactMap {
            $0["title"]?.text
        }
    }

    @Test("what is due comes first, then what is urgent, whether it is a ticket or a task; an answer can be read")
    func order() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let agent = desk.company.agent
            let mine = #", "assignee_id": "\#(agent.id)""#
            try desk.work("low ticket", of: agent, priority: .low)
            try await desk.make("urgent task", more: #", "priority": "urgent"\#(mine)"#)
            try desk.work("urgent ticket", of: agent, priority: .urgent)
            try await desk.make("second", more: #", "due_at": "2026-01-16T10:00:00Z", "priority": "low"\#(mine)"#)
            try desk.work("first", of: agent, until: "2026-01-16T09:00:00Z", priority: .low)
            try desk.work("third", of: agent, until: "2026-01-16T10:00:01Z", priority: .urgent)
            try await desk.make("on a day", more: #", "due_on": "2026-01-20"\#(mine)"#)
            try desk.work("no less urgent", of: agent, until: "2026-01-16T10:00:00Z", priority: .high)
            let answer = try await desk.get("/v1/worklist")
            let page = try WireJSON.decode(Page<WorkItem>.self, from: answer.bytes)
            #expect(
                page.items.map(\.title) == [
                    "first", "no less urgent", "second", "third", "on a day", "urgent task", "urgent ticket",
                    "low ticket",
                ])
            let (ticket, day) = (page.items[0], page.items[4])
            #expect(ticket.kind == .ticket && ticket.caseNumber != nil && ticket.label == "A caller")
            #expect(ticket.status == .inProgress && ticket.dueAt == .instant("2026-01-16T09:00:00Z"))
            #expect(ticket.assignee == NamedUser(id: agent.id, name: agent.name) && !ticket.isRequired)
            #expect(day.kind == .task && day.caseNumber == nil && day.label == nil && day.version == 1)
            #expect(day.dueOn == CalendarDate("2026-01-20") && day.dueAt == .instant("2026-01-20T23:00:00Z"))
            #expect(page.nextCursor == nil && page.total == nil)
        }
    }

    @Test("pages together show everything once, in one order, equal keys too (R-4)")
    func pages() async throws {
        try await Desk.run { desk in
            try desk.fillWork(600)
            for query in ["", "kind=ticket", "kind=task", "assignee=none", "due=none"] {
                let whole = try await desk.all("/v1/worklist?\(query)")
                let ids = whole.compactMap { $0["id"]?.text }
                #expect(ids.count >= 10 && Set(ids).count == ids.count, "\(query) \(ids.count)")
                for limit in [1, 3, 7] {
                    let pages = try await desk.all("/v1/worklist?\(query)", limit: limit)
                    #expect(pages.compactMap { $0["id"]?.text } == ids, "\(query) \(limit)")
                }
                let keys = whole.map(Self.key)
                #expect(keys == keys.sorted { $0.lexicographicallyPrecedes($1) }, "\(query)")
                let counted = try await desk.get("/v1/worklist?count=true&limit=1&\(query)")
                #expect(counted.json["total"]?.whole == Int64(ids.count))
            }
            let kinds = Set(try await desk.all("/v1/worklist").compactMap { $0["kind"]?.text })
            #expect(kinds == ["ticket", "task"])
        }
    }

    /// A key that grows along the list.
    private static func key(_ item: JSONValue) -> [String] {
        let rank = Priority.allCases.firstIndex { $0.rawValue == item["priority"]?.text } ?? 0
        return [item["due_at"]?.text ?? "9999", String(3 - rank), item["id"]?.text ?? ""]
    }

    @Test("it is the caller's own, a person's or nobody's work, of one workspace, and nothing that has ended (S-1)")
    func whose() async throws {
        try await Desk.run { desk in
            let (agent, colleague) = (desk.company.agent, desk.company.colleague)
            try desk.work("mine", of: agent)
            try desk.work("theirs", of: colleague, team: desk.company.team)
            try desk.work("nobody's", of: nil)
            for status in [TicketStatus.completed, .closed] { try desk.work("ended", of: agent, status: status) }
            for (title, person) in [("my task", agent), ("their task", colleague)] {
                try await desk.make(title, more: #", "assignee_id": "\#(person.id)""#)
            }
            try await desk.make("nobody's task", more: #", "team_id": "\#(desk.company.team)""#)
            let ended = try await desk.make("ended", more: #", "assignee_id": "\#(agent.id)""#)
            try await desk.move(ended, to: .cancelled)
            let other = try desk.other()
            try other.work("foreign", of: agent)
            try other.work("foreign", of: nil)

            #expect(Set(try await Self.titles(desk)) == ["mine", "my task"])
            #expect(Set(try await Self.titles(desk, "assignee=me")) == ["mine", "my task"])
            #expect(Set(try await Self.titles(desk, "assignee=\(colleague.id)")) == ["theirs", "their task"])
            #expect(Set(try await Self.titles(desk, as: colleague)) == ["theirs", "their task"])
            #expect(Set(try await Self.titles(desk, "assignee=none")) == ["nobody's", "nobody's task"])
            #expect(Set(try await Self.titles(desk, "assignee=none&team=none")) == ["nobody's"])
            #expect(
                try await Self.titles(desk, "assignee=\(colleague.id)&team=\(desk.company.team)") == ["theirs"])
            #expect(Set(try await Self.titles(desk, "assignee=none&kind=task")) == ["nobody's task"])
            #expect(Set(try await Self.titles(desk, "kind=ticket")) == ["mine"])
            #expect(Set(try await Self.titles(other)) == [])
        }
    }

    @Test("it is narrowed by status, priority, and by what is due by the days of the workspace")
    func narrowed() async throws {
        // Noon in UTC is one in the afternoon in Berlin, whose day ends at 23:00 UTC.
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let agent = desk.company.agent
            for (title, until) in [
                ("late", "2026-01-15T11:59:59Z"), ("tonight", "2026-01-15T23:00:00Z"),
                ("tomorrow", "2026-01-15T23:00:01Z"), ("in a week", "2026-01-21T23:00:00Z"),
                ("later", "2026-01-21T23:00:01Z"),
            ] { try desk.work(title, of: agent, until: until, priority: .high) }
            try desk.work("whenever", of: agent, priority: .low)
            try await desk.make("task", more: #", "assignee_id": "\#(agent.id)", "due_on": "2026-01-15""#)
            #expect(try await Self.titles(desk, "due=overdue") == ["late"])
            #expect(try await Self.titles(desk, "due=today") == ["late", "tonight", "task"])
            #expect(try await Self.titles(desk, "due=week") == ["late", "tonight", "task", "tomorrow", "in a week"])
            #expect(try await Self.titles(desk, "due=none") == ["whenever"])
            #expect(try await Self.titles(desk, "status=open") == ["task", "whenever"])
            #expect(try await Self.titles(desk, "status=in_progress&due=today") == ["late", "tonight"])
            #expect(try await Self.titles(desk, "priority=low,medium") == ["task", "whenever"])
            for wrong in ["status=completed", "due=soon", "kind=case", "sort=due_at", "team=me"] {
                let answer = try await desk.get("/v1/worklist?\(wrong)")
                #expect(answer.status == 400, "\(wrong)")
            }
        }
    }

    @Test("without tickets:read tasks alone are shown to whoever asks for them alone, and the rest is 403 (S-4)")
    func permissions() async throws {
        try await Desk.run { desk in
            let agent = desk.company.agent
            try desk.work("ticket", of: agent)
            try await desk.make("task", more: #", "assignee_id": "\#(agent.id)""#)
            func ask(_ query: String, _ permissions: Set<Permission>) async throws -> TestAnswer {
                let token = try await desk.service.token(
                    in: desk.company.id, subject: agent.id.description, permissions: permissions)
                return try await desk.service.send(.get, "/v1/worklist\(query)", as: token)
            }
            for query in ["", "?kind=ticket"] {
                let refused = try await ask(query, [.tasksRead])
                #expect(refused.status == 403 && refused.text.contains("tickets:read"), "\(query)")
            }
            let tasks = try await ask("?kind=task", [.tasksRead])
            #expect(tasks.json["items"]?.items.map { $0["title"]?.text } == ["task"])
            for query in ["", "?kind=ticket", "?kind=task"] {
                #expect(try await ask(query, [.ticketsRead]).status == 403, "\(query)")
            }
            #expect(try await ask("", [.tasksRead, .ticketsRead]).json["items"]?.items.count == 2)
        }
    }

    @Test("a malformed cursor, and one of another filter or another person's work, is 400 (R-4)")
    func wrongCursors() async throws {
        try await Desk.run { desk in
            let agent = desk.company.agent
            for _ in 0..<3 { try desk.work("T", of: agent) }
            let cursor = try #require(try await desk.get("/v1/worklist?limit=1").json["next_cursor"]?.text)
            let list = WorklistPage(
                workspace: desk.company.id, query: WorklistQuery(), caller: agent.id, now: desk.clock.now)
            let (good, id) = ("2026-01-15 12:00:00+00", ID<WorkItem>.sample.description)
            let forged = [
                [good, "5", id], [good, "x", id], ["noon", "1", id], [good, "1", "x"], ["infinity", "1", id],
            ]
            .map { Cursor(binding: list.binding, keys: $0).text }
            for query in [
                "cursor=\(cursor)&kind=task", "cursor=\(cursor)&due=none", "cursor=\(cursor)&status=open",
                "cursor=\(cursor)&assignee=\(desk.company.colleague.id)", "cursor=\(cursor)x", "cursor=nonsense",
            ] + forged.map({ "cursor=\($0)" }) {
                let answer = try await desk.get("/v1/worklist?\(query)")
                #expect(answer.status == 400 && answer.code == "invalid_cursor", "\(query)")
            }
            #expect(try await desk.get("/v1/worklist?cursor=\(cursor)").json["items"]?.items.count == 2)
            #expect(try await desk.get("/v1/worklist?assignee=me&cursor=\(cursor)").status == 200)
        }
    }
}
