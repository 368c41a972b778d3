import Foundation
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Plans of tasks' statements")
struct PlanTests {
    @Test(
        "every statement of every operation names its workspace: of 16 partitions it touches one (SC-5)",
        .scratchDatabase(PlanAudit.template(with: MigratedSchema.ofTasks, key: "tasks")))
    func partitions() async throws {
        let statements = try await Self.everything()
        #expect(statements.count > 40)
        let offences = try await PlanAudit().offences(among: statements)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
    }

    @Test(
        "no statement asks a table of tasks by an operator that is not leakproof (DESIGN.md section 4)",
        .scratchDatabase(.tasks))
    func leakproof() async throws {
        let statements = try await Self.everything()
        let (conditions, offences) = try await LeakproofAudit(.tasks, and: .tickets).offences(among: statements)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
        #expect(conditions > 40)
    }

    @Test(
        "of 20,000 tasks the first page of each list reads a bounded part, for any values and for these (R-4)",
        .scratchDatabase(.tasks))
    func lists() async throws {
        try await Desk.run { desk in
            let company = desk.company
            try Self.fill(company)
            let now = desk.clock.now
            for (query, bound) in Self.hotLists {
                let text = query.replacing("{agent}", with: "\(company.agent.id)")
                    .replacing("{team}", with: "\(company.team)").replacing("{ticket}", with: "\(company.individual)")
                let list = TaskList(
                    workspace: company.id, query: try Self.read(text), caller: company.agent.id, now: now)
                try await Self.check(try list.page(after: nil), query, bound, desk)
            }
            let day = TaskDay(workspace: company.id, person: company.agent.id, now: now)
            try await Self.check(try day.page(after: nil, limit: 50), "day", 300, desk)
        }
    }

    /// Lists that people look at all day, and the most buffers of 8 kB that their first page may touch.
    private static let hotLists = [
        ("", 300), ("sort=-created_at", 300), ("sort=-updated_at", 300), ("sort=-priority", 300),
        ("status=open,in_progress,completed,cancelled", 300), ("assignee=me", 300), ("assignee={agent}&due=week", 300),
        ("assignee=none", 300), ("team={team}", 300), ("due=overdue", 300), ("due=today", 300),
        ("due=overdue&team={team}", 300), ("delegated_by=me", 300), ("subject={ticket}", 300),
    ]

    // MARK: Steps

    /// Every statement of the service about its own tables, and not those that follow the stream of all workspaces.
    private static func everything() async throws -> [StatementRecorder.Statement] {
        let recorder = StatementRecorder()
        try await Desk.run(observer: recorder) { desk in
            let company = desk.company
            var number = 0
            let names = try await desk.make(OperationCall.ofTasks, knowing: try desk.names()) { call in
                number += 1
                return try await call.send(number.isMultiple(of: 2) ? ["Idempotency-Key": "\(number)"] : [:])
            }
            // Second pages have statements of their own.
            for call in OperationCall.ofTasks {
                let ready = try desk.ready(call, names)
                guard ready.contract.answersPage, !ready.path.contains("limit=") else { continue }
                _ = try await desk.all(ready.path, limit: 1, as: company.manager)
            }
            try await running(desk.service.assembly.workers) {
                try company.rename("customers.individual", "\(company.individual)", to: "Grace", kind: "individual")
                try company.rename("identity.team", "\(company.team)", to: "Help", kind: "team")
                try company.rename("identity.user", "\(company.manager.id)", to: "Mary", kind: "user")
                try await eventually("names are refreshed") {
                    try Rows.count("tasks.task", where: "subject_label = 'Grace'") > 0
                        && Rows.count("tasks.task", where: "assignee_name = 'Mary'") > 0
                }
            }
            try await whatTimersDo(desk)
            try await jobs(desk)
        }
        return recorder.statements.filter { $0.text.contains("tasks.") && !$0.text.contains("core.activity_after") }
    }

    /// A due turn of a series, a due reminder, and a calendar.
    private static func whatTimersDo(_ desk: Desk) async throws {
        let (company, ticket) = (desk.company, try desk.ticket())
        let series = try await desk.series(
            "FREQ=DAILY", from: "2026-01-01T09:00:00",
            more: """
                , "assignee_id": "\(company.agent.id)", "team_id": "\(company.team)", "is_required": true,
                "subject": {"kind": "ticket", "id": "\(ticket)"}
                """)
        try await desk.turn(series, at: "\(desk.clock.now.adding(.seconds(5 * 86_400)))")
        #expect(try desk.due(series).count == 1)
        let task = try await desk.make()
        let soon = Timestamp.now.adding(.milliseconds(300))
        let reminder = try await desk.post("\(task.path)/reminders", #"{"remind_at": "\#(soon)"}"#)
        #expect(reminder.status == 201, "\(reminder.text)")
        try await running(desk.service.assembly.workers) {
            try await eventually("the reminder is due") {
                try await desk.get("/v1/tasks/reminders?state=due").json["items"]?.items.count == 1
            }
        }
        let calendar = try await desk.calendar()
        for shape in ["", "?shape=todos"] {
            let answer = try await desk.subscribe("\(calendar)\(shape)")
            #expect(answer.status == 200 && answer.text.contains("BEGIN:VCALENDAR"))
        }
    }

    /// Jobs of each kind that end, over tasks that are tied to others and to a ticket, and their undoing.
    private static func jobs(_ desk: Desk) async throws {
        let ticket = try desk.ticket()
        let subject = #", "is_required": true, "subject": {"kind": "ticket", "id": "\#(ticket)"}"#
        let (whole, waiting) = (try await desk.make(), try await desk.make(more: subject))
        let part = try await desk.make(more: #", "parent_id": "\#(whole.id)""#)
        _ = try await desk.block(waiting, by: part)
        for change in [
            #""status": {"status": "completed", "force": true, "reason": "R"}"#,
            #""update": {"priority": "low", "kind": "canary"}"#,
        ] {
            let job = try await desk.finish(
                #"{"filter": {"status": "open"}, "change": {\#(change)}}"#, as: desk.company.manager)
            let undone = try await desk.undo(job, as: desk.company.manager)
            #expect(undone.undo.restored == job.changed && job.changed >= 3)
        }
    }

    private static func read(_ text: String) throws -> TaskListQuery {
        let members = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return JSONValue.Member(String(parts[0]), .string(String(parts[1])))
        }
        return try WireJSON.decode(TaskListQuery.self, from: .object(members))
    }

    /// Under both kinds of plan a page touches no more than so many buffers; all tasks lie in more than 600.
    private static func check(_ page: SQL, _ name: String, _ bound: Int, _ desk: Desk) async throws {
        for mode in ["force_generic_plan", "force_custom_plan"] {
            let result = try await desk.service.database.query(
                .scan, in: .workspace(desk.company.id).adding("plan_cache_mode", mode),
                "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) \(page)")
            let text = try result.value("QUERY PLAN", as: String.self)
            let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
            let plan = try #require(document?.first?["Plan"] as? [String: Any])
            let buffers = ["Shared Hit Blocks", "Shared Read Blocks"].compactMap { plan[$0] as? Int }.reduce(0, +)
            #expect(buffers <= bound, "\(name) under \(mode) read \(buffers): \(text)")
            #expect(try #require(plan["Actual Rows"] as? Int) > 0, "\(name)")
        }
    }

    /// 20,000 tasks of 200 people and 20 teams, of which a tenth is active; one person has 40 of those.
    private static func fill(_ company: Company) throws {
        try Rows.run(
            """
            INSERT INTO tasks.task (
                workspace_id, id, title, kind, status, priority, subject_kind, subject_id, subject_label, assignee_id,
                assignee_name, team_id, team_name, delegated_by_id, delegated_by_name, due_at, created_at, updated_at,
                status_changed_at, ended_at)
            SELECT '\(company.id)', gen_random_uuid(), 'Task ' || n, 'administrative',
                CASE WHEN n % 10 = 0 THEN 'open' WHEN n % 10 = 1 AND n % 7 = 0 THEN 'in_progress' ELSE 'completed' END,
                CASE WHEN n % 3 = 0 THEN 'high' ELSE 'medium' END, 'individual',
                CASE WHEN n % 400 = 0 THEN '\(company.individual)' ELSE gen_random_uuid() END, 'S',
                CASE WHEN n % 200 = 0 THEN '\(company.agent.id)'::uuid
                    WHEN n % 200 < 190 THEN ('00000000-0000-7000-8000-' || lpad((n % 200)::text, 12, '0'))::uuid END,
                CASE WHEN n % 200 < 190 THEN 'A' END,
                CASE WHEN n % 20 = 0 THEN '\(company.team)'::uuid
                    ELSE ('00000000-0000-7000-9000-' || lpad((n % 20)::text, 12, '0'))::uuid END, 'T',
                CASE WHEN n % 500 = 0 THEN '\(company.agent.id)'::uuid END, CASE WHEN n % 500 = 0 THEN 'A' END,
                CASE WHEN n % 3 > 0 THEN now() + (n - 10000) * interval '1 minute' END, now(),
                now() - n * interval '1 second', now(),
                CASE WHEN n % 10 = 0 OR (n % 10 = 1 AND n % 7 = 0) THEN NULL ELSE now() END
            FROM generate_series(1, 20000) AS n;
            ANALYZE tasks.task;
            """)
    }
}
