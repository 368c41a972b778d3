import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Plans of what belongs to tasks")
struct PartPlanTests {
    @Test(
        "every statement of every part of a task names its workspace: of 16 partitions it touches one (SC-5)",
        .scratchDatabase(PlanAudit.template(with: MigratedSchema.ofTasks, key: "tasks")))
    func partitions() async throws {
        let recorder = StatementRecorder()
        try await Self.useEveryPart(recorder)
        let statements = recorder.statements.filter { $0.text.contains("tasks.") || $0.text.contains("identity.") }
        #expect(statements.count > 50)
        let offences = try await PlanAudit().offences(among: statements)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
    }

    @Test("a page of comments, of mentions or of work can be read in its order by its index", .scratchDatabase(.tasks))
    func indexes() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            try Self.fill(desk, task, beside: try await desk.make("Another"))
            let (workspace, person) = ("\(desk.company.id)", "\(desk.company.agent.id)")
            let statements = [
                (
                    "ix_mention_unread",
                    "SELECT id FROM tasks.mention AS m WHERE m.read_at IS NULL AND m.user_id = '\(person)'"
                ),
                ("ix_mention_person", "SELECT id FROM tasks.mention AS m WHERE m.user_id = '\(person)'"),
                ("ix_comment_task", "SELECT id FROM tasks.comment AS m WHERE m.task_id = '\(task.id)'"),
                ("ix_time_entry_task", "SELECT id FROM tasks.time_entry AS m WHERE m.task_id = '\(task.id)'"),
            ]
            for (index, statement) in statements {
                let plan = try Rows.of(
                    """
                    SET ROLE tasks;
                    SET casebook.workspace_id = '\(workspace)';
                    -- Few rows are as soon sorted: what is asked is whether they need be.
                    SET enable_sort = off; SET enable_bitmapscan = off;
                    EXPLAIN (COSTS OFF) \(statement) AND m.workspace_id = '\(workspace)' ORDER BY m.id DESC
                    """
                ).joined(separator: "\n")
                #expect(plan.contains(index) && !plan.contains("Sort"), "\(plan)")
            }
        }
    }

    /// Many rows of others beside few of the person and the task that are asked for.
    private static func fill(_ desk: Desk, _ task: MadeTask, beside other: MadeTask) throws {
        let workspace = "\(desk.company.id)"
        try Rows.run(
            """
            INSERT INTO tasks.comment (
                workspace_id, id, task_id, text, author_kind, author_service, mentions, created_at)
            SELECT '\(workspace)', gen_random_uuid(),
                CASE WHEN n % 50 = 0 THEN '\(task.id)' ELSE '\(other.id)' END::uuid, 'T', 'service', 'seed', '{}', now()
            FROM generate_series(1, 10000) AS n;
            INSERT INTO tasks.mention (workspace_id, id, comment_id, user_id, read_at)
            SELECT '\(workspace)', gen_random_uuid(), c.id,
                CASE WHEN c.n % 10 = 0 THEN '\(desk.company.agent.id)'::uuid ELSE gen_random_uuid() END,
                CASE WHEN c.n % 7 > 0 THEN now() END
            FROM (SELECT id, row_number() OVER () AS n FROM tasks.comment) AS c;
            INSERT INTO tasks.time_entry (workspace_id, id, task_id, user_id, worked, started_at, created_at)
            SELECT '\(workspace)', gen_random_uuid(),
                CASE WHEN n % 50 = 0 THEN '\(task.id)' ELSE '\(other.id)' END::uuid, gen_random_uuid(), '1 second',
                now(), now()
            FROM generate_series(1, 10000) AS n;
            ANALYZE tasks.comment, tasks.mention, tasks.time_entry;
            """)
    }

    private static func useEveryPart(_ recorder: StatementRecorder) async throws {
        try await Desk.run(observer: recorder) { desk in
            let company = desk.company
            try Rows.run(
                """
                INSERT INTO identity.team_member (workspace_id, team_id, user_id, joined_at)
                VALUES ('\(company.id)', '\(company.team)', '\(company.colleague.id)', now())
                """)
            let (task, other) = (try await desk.make("T"), try await desk.make("U"))
            let part = try await desk.make("P", more: #", "parent_id": "\#(task.id)""#)
            let (first, second) = (try await desk.step("1", on: task), try await desk.step("2", on: task))
            let booked = try await desk.post("\(task.path)/time", #"{"seconds": 60}"#)
            let entry = booked.json["id"]?.text ?? ""
            let mentions = #""user_ids": ["\#(company.agent.id)"], "team_ids": ["\#(company.team)"]"#
            let watcher = "\(task.path)/watchers/\(company.viewer.id)"
            let requests: [(HTTPRequest.Method, String, String?)] = [
                (.get, "\(task.path)/checklist", nil), (.patch, first, #"{"is_done": true}"#),
                (.post, "\(first)/move", #"{"after": "\#(second.split(separator: "/").last ?? "")"}"#),
                (.post, "\(task.path)/checklist", #"{"text": "0", "after": null}"#), (.delete, first, nil),
                (.post, "\(part.path)/parent", #"{"parent_id": "\#(other.id)"}"#),
                (.post, "\(part.path)/parent", #"{"parent_id": null}"#),
                (.put, "\(task.path)/blockers/\(other.id)", nil), (.put, "\(other.path)/blockers/\(task.id)", nil),
                (.post, "\(task.path)/status", #"{"status": "in_progress"}"#),
                (.get, "\(task.path)/blockers", nil), (.get, "\(other.path)/blocking", nil),
                (.post, "\(other.path)/status", #"{"status": "completed", "reason": "R"}"#),
                (.delete, "\(task.path)/blockers/\(other.id)", nil),
                (.post, "\(part.path)/parent", #"{"parent_id": "\#(task.id)"}"#),
                (.post, "\(task.path)/status", #"{"status": "completed"}"#),
                (.post, "\(task.path)/comments", #"{"text": "C", "mentions": {\#(mentions)}}"#),
                (.get, "\(task.path)/comments", nil), (.get, "/v1/tasks/mentions?unread=true", nil),
                (.post, "/v1/tasks/mentions/\(task.id)/read", nil), (.put, watcher, nil), (.delete, watcher, nil),
                (.post, "\(task.path)/unwatch", nil), (.post, "\(task.path)/watch", nil),
                (.get, "\(task.path)/watchers", nil), (.get, "/v1/tasks?watcher=me&count=true", nil),
                (.get, "\(task.path)/time", nil), (.delete, "\(task.path)/time/\(entry)", nil),
                (.post, "\(task.path)/timer/start", nil), (.post, "\(other.path)/timer/start", nil),
                (.get, "/v1/tasks/timer", nil), (.post, "\(task.path)/timer/stop", nil),
            ]
            for (method, path, body) in requests {
                let answer = try await desk.send(method, path, body)
                #expect([200, 201, 204, 404, 409].contains(answer.status), "\(method) \(path) \(answer.text)")
            }
        }
    }
}
