import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Every task that a filter means (K5)", .scratchDatabase(.tasks))
struct JobTests {
    @Test("a filter's tasks come to a status, each by the rules of a request of its own and with its activity")
    func statuses() async throws {
        try await Desk.run { desk in
            let tasks = try await atOnce(4) { try await desk.make("Number \($0)", more: #", "priority": "high""#) }
            let other = try await desk.make("another")
            let foreign = try await desk.other().make("canary", more: #", "priority": "high""#)
            try await desk.move(tasks[0], to: .inProgress)
            try await desk.move(tasks[1], to: .cancelled)
            let job = try await desk.finish(
                """
                {"filter": {"priority": "high", "status": "open,in_progress,cancelled"},
                 "change": {"status": {"status": "completed"}}}
                """)
            #expect(job.kind == "status")
            #expect([job.total, job.done, job.changed, job.refused] == [4, 4, 3, 1])
            #expect(job.refusals == [JobRefusal(code: "illegal_transition", count: 1)])
            let items = try await desk.all("/v1/tasks/jobs/\(job.id)/items")
            #expect(items == [["id": .string(tasks[1].id), "code": "illegal_transition"]])
            let untouched = try Rows.count(
                "tasks.task", where: "id IN ('\(other.id)', '\(foreign.id)') AND version = 1")
            #expect(untouched == 2)
            let history = try await desk.all("\(tasks[0].path)/activity")
            #expect(history.first?["verb"]?.text == "moved")
            #expect(history.first?["version"]?.whole == 3)
            let status = history.first?["changes"]?["status"]
            #expect([status?["from"], status?["to"]] == ["in_progress", "completed"])
        }
    }

    @Test("kind and priority change; what is so already is unchanged")
    func classified() async throws {
        try await Desk.run { desk in
            _ = try await desk.make("report", more: #", "kind": "report", "priority": "low""#)
            _ = try await desk.make("other")
            let job = try await desk.finish(
                #"{"filter": {}, "change": {"update": {"kind": "report", "priority": "low"}}}"#)
            #expect([job.changed, job.unchanged] == [1, 1])
            #expect(try Rows.count("tasks.task", where: "kind = 'report' AND priority = 'low'") == 2)
        }
    }

    @Test("a job and its undo leave every task as it was but for version and time of change")
    func roundTrip() async throws {
        try await Desk.run { desk in
            let tasks = try await atOnce(4) { try await desk.make("Number \($0)") }
            try await desk.move(tasks[0], to: .inProgress)
            try await desk.move(tasks[1], to: .completed)
            func rows() throws -> [String] {
                try Rows.of("SELECT to_jsonb(t) - 'version' - 'updated_at' FROM tasks.task AS t ORDER BY id")
            }
            let before = try rows()
            desk.clock.advance(by: .seconds(60))
            for change in [
                #""status": {"status": "in_progress", "reason": "R"}"#,
                #""update": {"priority": "urgent", "kind": "report"}"#,
            ] {
                let job = try await desk.finish(
                    #"{"filter": {"status": "open,in_progress,completed"}, "change": {\#(change)}}"#)
                #expect(job.changed >= 3, "\(change)")
                #expect(try rows() != before)
                let undone = try await desk.undo(job)
                #expect(undone.undo.restored == job.changed)
                #expect(try rows() == before, "\(change)")
            }
            let touched = try await desk.finish(#"{"filter": {}, "change": {"update": {"priority": "low"}}}"#)
            _ = try await desk.patch(tasks[2].path, #"{"title": "By hand"}"#)
            let undone = try await desk.undo(touched)
            #expect([undone.undo.restored, undone.undo.kept] == [2, 1])
            let kept = try await desk.get(tasks[2].path)
            #expect(kept.json["priority"]?.text == "low")
        }
    }

    @Test("a kind that is retired before a turn ends the job, and nothing changes (F2)")
    func goneKind() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            _ = try await desk.post("/v1/tasks/kinds", #"{"word": "visit", "name": "V"}"#, as: manager)
            _ = try await desk.make()
            let path = try await desk.order(#"{"filter": {}, "change": {"update": {"kind": "visit"}}}"#)
            let retired = try await desk.patch("/v1/tasks/kinds/visit", #"{"is_active": false}"#, as: manager)
            #expect(retired.status == 200)
            let job = try await desk.ended(path)
            #expect([job.failure, job.status.rawValue] == ["target_gone", "failed"])
            #expect(try Rows.count("tasks.task", where: "version = 1 AND kind = 'administrative'") == 1)
        }
    }

    @Test("every wrong member of filter and change is named at once, by its pointer")
    func wrongMembers() async throws {
        try await Desk.run { desk in
            let cases: [(String, [String])] = [
                (
                    #"{"filter": {"status": "closed", "due": "never", "odd": 2}, "change": {"title": "T"}}"#,
                    ["/filter/status", "/filter/due", "/filter/odd", "/change/title"]
                ),
                (#"{"filter": {}, "change": {}}"#, ["/change"]),
                (
                    #"{"filter": {}, "change": {"status": {"status": "open"}, "update": {"priority": "low"}}}"#,
                    ["/change"]
                ),
                (#"{"filter": {}, "change": {"update": {}}}"#, ["/change/update"]),
                (#"{"filter": {}, "change": {"update": {"kind": "none"}}}"#, ["/change/update/kind"]),
                (
                    #"{"filter": {}, "change": {"status": {"status": "completed", "force": true}}}"#,
                    ["/change/status/reason"]
                ),
                (#"{}"#, ["/filter", "/change"]),
            ]
            for (body, pointers) in cases {
                let answer = try await desk.post("/v1/tasks/jobs", body)
                #expect(answer.status == 422, "\(body)")
                #expect(answer.pointers == pointers, "\(body)")
            }
            #expect(try Rows.count("core.job") == 0)
        }
    }

    @Test(
        "a filter means what the list shows by the same words",
        arguments: [
            "", "status=open,completed", "priority=high", "kind=report", "assignee=me", "assignee=none", "team=none",
            "project=none", "due=overdue", "due=today", "due=none", "subject=$ticket",
        ])
    func sameFilter(query: String) async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let agent = desk.company.agent.id
            for more in [
                "", #", "priority": "high", "kind": "report""#, #", "assignee_id": "\#(agent)""#,
                #", "due_at": "2020-01-01T00:00:00Z""#, #", "due_at": "2099-01-01T00:00:00Z""#,
                #", "subject": {"kind": "ticket", "id": "\#(ticket)"}"#,
            ] {
                _ = try await desk.make(more: more)
            }
            try await desk.move(try await desk.make(), to: .completed)
            let parameters = query.replacing("$ticket", with: "\(ticket)")
            let listed = try await desk.get("/v1/tasks?count=true&\(parameters)")
            let members = parameters.split(separator: "&").map { part in
                let sides = part.split(separator: "=", maxSplits: 1)
                return "\"\(sides[0])\": \"\(sides[1])\""
            }
            let answer = try await desk.post(
                "/v1/tasks/jobs",
                #"{"filter": {\#(members.joined(separator: ", "))}, "change": {"update": {"priority": "urgent"}}}"#)
            #expect(answer.json["total"] == listed.json["total"], "\(answer.text)")
        }
    }
}
