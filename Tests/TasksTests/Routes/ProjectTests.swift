import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Projects", .scratchDatabase(.tasks))
struct ProjectTests {
    @Test("a project is made by a manager, counts its tasks by where they stand, and is put away (F2)")
    func project() async throws {
        try await Desk.run { desk in
            let project = try await desk.project("Move to the new hall")
            for status in [TaskStatus.open, .inProgress, .completed, .completed] {
                let task = try await desk.make()
                _ = try await desk.place(task, in: project)
                if status != .open { try await desk.move(task, to: status) }
            }
            let shown = try await desk.get("/v1/projects/\(project)")
            #expect(shown.json["tasks"]?["open"]?.whole == 1)
            #expect(shown.json["tasks"]?["in_progress"]?.whole == 1)
            #expect(shown.json["tasks"]?["completed"]?.whole == 2)
            #expect(shown.header("ETag") == nil)
            let away = try await desk.patch(
                "/v1/projects/\(project)", #"{"status": "archived"}"#, as: desk.company.manager)
            #expect(away.status == 200)
            let late = try await desk.post(
                "\(try await desk.make().path)/place", #"{"project_id": "\#(project)"}"#)
            #expect(late.status == 409)
            let active = try await desk.all("/v1/projects?status=active")
            #expect(active.isEmpty)
            let verbs = try await desk.all("/v1/projects/\(project)/activity").map { $0["verb"]?.text }
            #expect(verbs == ["updated", "created"])
        }
    }

    @Test("a milestone counts its tasks, is reached, belongs to one project, and stays while tasks are for it")
    func milestones() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            let (project, other) = (try await desk.project(), try await desk.project("Another"))
            let path = "/v1/projects/\(project)/milestones"
            let made = try await desk.post(path, #"{"name": "Hall is empty", "due_on": "2026-06-30"}"#, as: manager)
            #expect(made.status == 201)
            let id = try #require(made.json["id"]?.text)
            let task = try await desk.make()
            let foreign = try await desk.post(
                "\(task.path)/place", #"{"project_id": "\#(other)", "milestone_id": "\#(id)"}"#)
            #expect(foreign.status == 422 && foreign.pointers == ["/milestone_id"])
            let placed = try await desk.post(
                "\(task.path)/place", #"{"project_id": "\#(project)", "milestone_id": "\#(id)"}"#)
            #expect(placed.json["milestone_id"]?.text == id)
            try await desk.move(task, to: .completed)
            let list = try await desk.get(path)
            #expect(list.json["items"]?.items.first?["ended"]?.whole == 1)
            #expect(list.json["items"]?.items.first?["total"]?.whole == 1)
            let kept = try await desk.send(.delete, "\(path)/\(id)", as: manager)
            #expect(kept.status == 409)
            let reached = try await desk.patch("\(path)/\(id)", #"{"is_reached": true}"#, as: manager)
            #expect(reached.json["reached_at"]?.text != nil)
            let out = try await desk.post("\(task.path)/place", #"{"project_id": null}"#)
            #expect(out.json["milestone_id"] == .null && out.json["project_id"] == .null)
            let gone = try await desk.send(.delete, "\(path)/\(id)", as: manager)
            #expect(gone.status == 204)
            let verbs = try await desk.all("/v1/projects/\(project)/activity").map { $0["verb"]?.text }
            #expect(verbs == ["milestone_removed", "milestone_reached", "milestone_added", "created"])
        }
    }

    @Test("a board shows each column in the order that people gave it, page by page")
    func board() async throws {
        try await Desk.run { desk in
            let project = try await desk.project()
            var tasks: [MadeTask] = []
            for number in 1...5 { tasks.append(try await desk.make("T\(number)")) }
            for task in tasks { _ = try await desk.place(task, in: project) }
            _ = try await desk.post("\(tasks[4].path)/place", #"{"after": null}"#)
            _ = try await desk.post("\(tasks[0].path)/place", #"{"after": "\#(tasks[2].id)"}"#)
            let order = try await desk.all("/v1/projects/\(project)/board", limit: 2).compactMap { $0["title"]?.text }
            #expect(order == ["T5", "T2", "T3", "T1", "T4"])
            let moved = try await desk.post(
                "\(tasks[1].path)/place", #"{"status": "in_progress", "after": "\#(tasks[3].id)"}"#)
            #expect(moved.json["status"]?.text == "in_progress")
            let column = try await desk.all("/v1/projects/\(project)/board?status=in_progress")
            #expect(column.compactMap { $0["title"]?.text } == ["T2"])
            let same = try await desk.post("\(tasks[1].path)/place", "{}")
            #expect(same.json["version"] == moved.json["version"])
        }
    }

    @Test("a place is behind another task of the same project, and nowhere else", arguments: ["self", "out", "none"])
    func wrongPlaces(neighbour: String) async throws {
        try await Desk.run { desk in
            let project = try await desk.project()
            let (task, outside) = (try await desk.make(), try await desk.make())
            _ = try await desk.place(task, in: project)
            let id =
                switch neighbour {
                case "self": task.id
                case "out": outside.id
                default: ID<TaskItem>.make(at: .now).description
                }
            let answer = try await desk.post("\(task.path)/place", #"{"after": "\#(id)"}"#)
            #expect(answer.status == 422 && answer.pointers == ["/after"])
            let without = try await desk.post("\(outside.path)/place", #"{"after": null}"#)
            #expect(without.status == 422 && without.pointers == ["/after"])
            let other = try desk.other()
            let foreign = try await other.post(
                "\(try await other.make().path)/place", #"{"project_id": "\#(project)"}"#)
            #expect(foreign.status == 422 && foreign.pointers == ["/project_id"], "\(foreign.text)")
        }
    }

    @Test("10,000 moves by 10 clients at once lose and double no task, give no two the same rank, and rewrite no mass")
    func manyMoves() async throws {
        try await Desk.run { desk in
            let project = try await desk.project()
            var ids: [String] = []
            for number in 0..<50 {
                let task = try await desk.make("T\(number)")
                _ = try await desk.place(task, in: project)
                ids.append(task.id)
            }
            let all = ids
            let statuses = try await atOnce(10) { client -> Set<Int> in
                var generator = SystemRandomNumberGenerator()
                var seen: Set<Int> = []
                for number in 0..<1_000 {
                    guard let task = all.randomElement(using: &generator) else { break }
                    // Half of the moves go to the same place, where the gap becomes narrow.
                    let target = number % 2 == 0 ? all[0] : all.randomElement(using: &generator) ?? ""
                    let after = number % 7 == client % 7 ? "null" : "\"\(target)\""
                    seen.insert(try await desk.post("/v1/tasks/\(task)/place", #"{"after": \#(after)}"#).status)
                }
                return seen
            }
            #expect(statuses.reduce(into: Set<Int>()) { $0.formUnion($1) }.isSubset(of: [200, 422]))
            let board = try await desk.all("/v1/projects/\(project)/board").compactMap { $0["id"]?.text }
            #expect(board.count == 50 && Set(board) == Set(all))
            let ranks = try Rows.of("SELECT board_rank FROM tasks.task WHERE project_id = '\(project)'")
            #expect(Set(ranks).count == 50)
            #expect(ranks.allSatisfy { $0.utf8.count <= 200 })
            // Every move is one version of one task.
            let versions = try Rows.number("SELECT sum(version - 2) FROM tasks.task WHERE project_id = '\(project)'")
            let placed = try Rows.count("core.activity", where: "verb = 'placed' AND version > 2")
            #expect(versions == placed && placed > 8_000)
        }
        // A connection has told the server of all rows that it wrote when it is closed.
        try await eventually("the service has left the database") {
            try Rows.number(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
                """) == 0
        }
        let written = try Rows.number(
            "SELECT n_tup_upd FROM pg_stat_all_tables WHERE relid = 'tasks.task'::regclass")
        let changes = try Rows.number("SELECT sum(version - 1) FROM tasks.task")
        #expect(written >= changes && written * 10 <= changes * 11, "\(written) rows for \(changes) changes")
    }

    @Test("a task that leaves the project while a gap is widened gets no rank of the board that it left")
    func leaving() async throws {
        try await Desk.run { desk in
            let project = try await desk.project()
            var tasks: [MadeTask] = []
            for number in 0..<4 {
                tasks.append(try await desk.make("T\(number)"))
                _ = try await desk.place(tasks[number], in: project)
            }
            let narrow = "UUUUUUUU" + String(repeating: "0", count: BoardRank.comfortableLength) + "1"
            for (task, rank) in zip(tasks, ["UUUUUUUU", narrow, "VUUUUUUU", "WUUUUUUU"]) {
                try Rows.run("UPDATE tasks.task SET board_rank = '\(rank)' WHERE id = '\(task.id)'")
            }
            let (workspace, gone) = (desk.company.id, try #require(ID<TaskItem>(tasks[1].id)))
            let answer = try await ScratchDatabase.current.withService(.tasks) { database in
                async let leaving: Void = database.transaction(in: .workspace(workspace)) { tx in
                    _ = try await tx.query(
                        """
                        UPDATE tasks.task SET project_id = NULL, board_rank = NULL
                        WHERE workspace_id = \(workspace) AND id = \(gone)
                        """)
                    try await eventually("the other waits for it") {
                        try Self.sessions("wait_event_type = 'Lock'") == 1
                    }
                }
                try await eventually("it is on its way") {
                    try Self.sessions(
                        """
                        xact_start IS NOT NULL AND wait_event = 'ClientRead'
                            AND query LIKE 'UPDATE tasks.task SET project_id%'
                        """) == 1
                }
                let answer = try await desk.post("\(tasks[3].path)/place", #"{"after": "\#(tasks[0].id)"}"#)
                try await leaving
                return answer
            }
            #expect(answer.status == 200, "\(answer.text)")
            let board = try await desk.all("/v1/projects/\(project)/board").compactMap { $0["title"]?.text }
            #expect(board == ["T0", "T3", "T2"])
            let ranks = try Rows.of("SELECT board_rank FROM tasks.task WHERE project_id = '\(project)'")
            #expect(ranks.allSatisfy { $0.utf8.count <= BoardRank.comfortableLength }, "\(ranks)")
            #expect(try Rows.count("tasks.task", where: "project_id IS NULL AND board_rank IS NULL") == 1)
        }
    }

    /// How many sessions of the test's database are as a condition says.
    private static func sessions(_ condition: String) throws -> Int {
        try Rows.count("pg_stat_activity", where: "datname = current_database() AND \(condition)")
    }

    @Test("a project's activity says what changed: of texts the versions, of milestones which, before and after")
    func told() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            let project = "/v1/projects/\(try await desk.project("canary"))"
            let milestone = try await desk.post("\(project)/milestones", #"{"name": "canary"}"#, as: manager)
            let id = try #require(milestone.json["id"]?.text)
            let path = "\(project)/milestones/\(id)"
            for (path, body) in [
                (project, #"{"name": "canary two"}"#), (project, #"{"description": "canary", "due_on": "2099-01-01"}"#),
                (path, #"{"due_on": "2098-01-01"}"#), (path, #"{"name": "canary two", "is_reached": true}"#),
                (path, "{}"), (path, #"{"name": "canary two", "due_on": "2098-01-01", "is_reached": true}"#),
                (project, "{}"),
            ] {
                let answer = try await desk.patch(path, body, as: manager)
                #expect(answer.status == 200, "\(answer.text)")
            }
            #expect(try await desk.send(.delete, path, as: manager).status == 204)
            let activity = try await desk.get("\(project)/activity")
            #expect(!activity.text.contains("canary"))
            let (goal, now) = ("\"\(id)\"", "\"\(desk.clock.now)\"")
            func change(_ from: String, _ to: String) -> String { #"{"from": \#(from), "to": \#(to)}"# }
            let goalItself = "\"milestone_id\": \(change(goal, goal))"
            let expected = [
                "{}", "{\"milestone_id\": \(change("null", goal))}", "{\"name\": \(change("2", "3"))}",
                "{\"description\": \(change("3", "4")), \"due_on\": \(change("null", "\"2099-01-01\""))}",
                "{\(goalItself), \"milestone_due_on\": \(change("null", "\"2098-01-01\""))}",
                """
                {\(goalItself), "milestone_name": \(change("5", "6")), "milestone_reached_at": \(change("null", now))}
                """,
                "{\"milestone_id\": \(change(goal, "null"))}",
            ]
            let told = try Rows.of(
                "SELECT changes FROM core.activity WHERE subject_kind = 'project' ORDER BY version")
            let wanted = try expected.flatMap { try Rows.of("SELECT '\($0)'::jsonb") }
            #expect(told == wanted)
        }
    }

    @Test("a gap that has become narrow is widened by new ranks for the tasks behind it, in the same order")
    func narrowGap() async throws {
        try await Desk.run { desk in
            let project = try await desk.project()
            var ids: [String] = []
            for number in 0..<20 {
                let task = try await desk.make("T\(number)")
                _ = try await desk.place(task, in: project)
                ids.append(task.id)
            }
            // Always behind the first: each halves the same gap.
            for number in 0..<900 {
                let id = ids[1 + (number * 7) % 19]
                _ = try await desk.post("/v1/tasks/\(id)/place", #"{"after": "\#(ids[0])"}"#)
                if let index = ids.firstIndex(of: id) { ids.remove(at: index) }
                ids.insert(id, at: 1)
            }
            let board = try await desk.all("/v1/projects/\(project)/board").compactMap { $0["id"]?.text }
            #expect(board == ids)
            let longest = try Rows.number(
                "SELECT max(length(board_rank)) FROM tasks.task WHERE project_id = '\(project)'")
            #expect(longest <= BoardRank.comfortableLength)
        }
    }
}
