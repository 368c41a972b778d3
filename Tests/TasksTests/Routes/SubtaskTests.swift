import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Parts of tasks", .scratchDatabase(.tasks))
struct SubtaskTests {
    @Test("a part is made under a task and takes nothing over from it; the parent shows how many are open")
    func parts() async throws {
        try await Desk.run { desk in
            let parent = try await desk.make(
                "Whole", more: #", "priority": "urgent", "assignee_id": "\#(desk.company.colleague.id)""#)
            let tag = try await desk.get(parent.path).header("ETag")
            let part = try await desk.make("Part", more: #", "parent_id": "\#(parent.id)""#)
            #expect(part.answer.json["parent_id"]?.text == parent.id)
            #expect(part.answer.json["priority"]?.text == "medium")
            #expect(part.answer.json["assignee"] == .null)
            let shown = try await desk.get(parent.path)
            #expect(shown.json["subtasks"] == ["total": 1, "open": 1])
            #expect(shown.json["version"]?.whole == 1)
            #expect(shown.header("ETag") != tag)
            try await desk.move(part, to: .completed)
            #expect(try await desk.now(parent)["subtasks"] == ["total": 1, "open": 0])
            let listed = try await desk.all("/v1/tasks?parent=\(parent.id)&status=completed")
            #expect(listed.compactMap { $0["id"]?.text } == [part.id])
            try desk.expectFolds()
        }
    }

    @Test("a part is moved to another task, and made to stand by itself")
    func moving() async throws {
        try await Desk.run { desk in
            let (one, two) = (try await desk.make("One"), try await desk.make("Two"))
            let part = try await desk.make("Part", more: #", "parent_id": "\#(one.id)""#)
            let moved = try await desk.put(part, under: two)
            #expect(moved.json["parent_id"]?.text == two.id && moved.json["version"]?.whole == 2)
            #expect(try await desk.put(part, under: two).json["version"]?.whole == 2)
            #expect(try await desk.now(one)["subtasks"] == ["total": 0, "open": 0])
            #expect(try await desk.now(two)["subtasks"] == ["total": 1, "open": 1])
            let nothing = try await desk.post("\(part.path)/parent", "{}")
            #expect(nothing.status == 422 && nothing.pointers == ["/parent_id"], "\(nothing.text)")
            #expect(nothing.json["errors"]?.items.first?["code"]?.text == "required")
            #expect(try await desk.put(part, under: nil).json["parent_id"] == .null)
            #expect(try await desk.now(two)["subtasks"] == ["total": 0, "open": 0])
            let unknown = try await desk.post(
                "\(part.path)/parent", #"{"parent_id": "\#(ID<TaskItem>.make(at: .now))"}"#)
            #expect(unknown.status == 422 && unknown.pointers == ["/parent_id"])
            let foreign = try await desk.other().make("Foreign")
            #expect(try await desk.put(part, under: foreign).status == 422)
            let made = try await desk.post("/v1/tasks", #"{"title": "T", "parent_id": "\#(foreign.id)"}"#)
            #expect(made.status == 422 && made.pointers == ["/parent_id"])
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("parts go five levels deep, whether they are made there or moved with their own parts")
    func depth() async throws {
        try await Desk.run { desk in
            var chain = [try await desk.make("1")]
            for level in 2...5 {
                chain.append(try await desk.make("\(level)", more: #", "parent_id": "\#(chain[level - 2].id)""#))
            }
            let sixth = try await desk.post("/v1/tasks", #"{"title": "6", "parent_id": "\#(chain[4].id)"}"#)
            #expect(sixth.status == 409 && sixth.code == "conflict")
            let (root, part) = (try await desk.make("R"), try await desk.make("P"))
            #expect(try await desk.put(part, under: root).status == 200)
            #expect(try await desk.put(root, under: chain[3]).status == 409)
            #expect(try await desk.put(root, under: chain[2]).status == 200)
            try desk.expectFolds()
        }
    }

    @Test("no task becomes a part of itself or of its own parts, and the way is told")
    func circles() async throws {
        try await Desk.run { desk in
            let top = try await desk.make("Top")
            let middle = try await desk.make("Middle", more: #", "parent_id": "\#(top.id)""#)
            let bottom = try await desk.make("Bottom", more: #", "parent_id": "\#(middle.id)""#)
            #expect(try await desk.put(top, under: top).code == "dependency_cycle")
            let refused = try await desk.put(top, under: bottom)
            #expect(refused.status == 409 && refused.code == "dependency_cycle")
            let path = refused.json["path"]?.items.compactMap { $0["title"]?.text }
            #expect(path == ["Bottom", "Middle", "Top"])
        }
    }

    @Test("ten who put two tasks under each other at once never close a circle", .timeLimit(.minutes(2)))
    func circlesAtOnce() async throws {
        try await Desk.run { desk in
            for _ in 0..<5 {
                let tasks = [try await desk.make("A"), try await desk.make("B"), try await desk.make("C")]
                let answers = try await atOnce(10) { client in
                    try await desk.put(tasks[client % 3], under: tasks[(client + 1) % 3])
                }
                #expect(answers.allSatisfy { [200, 409].contains($0.status) }, "\(answers.map(\.text))")
                #expect(answers.contains { $0.status == 200 } && answers.contains { $0.code == "dependency_cycle" })
            }
            let circles = try Rows.number(
                """
                WITH RECURSIVE up AS (
                    SELECT id, parent_id, 1 AS level FROM tasks.task WHERE parent_id IS NOT NULL
                    UNION ALL
                    SELECT u.id, t.parent_id, u.level + 1 FROM up AS u JOIN tasks.task AS t ON t.id = u.parent_id
                    WHERE u.level < 10
                )
                SELECT count(*) FROM up WHERE level = 10
                """)
            #expect(circles == 0)
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("a task with open parts is not ended, unless by force with a reason, which leaves the parts as they are")
    func openParts() async throws {
        try await Desk.run { desk in
            let parent = try await desk.make("Whole")
            var parts: [MadeTask] = []
            for number in 0..<12 {
                parts.append(try await desk.make("P\(number)", more: #", "parent_id": "\#(parent.id)""#))
            }
            for status in [TaskStatus.completed, .cancelled] {
                let refused = try await desk.tryMove(parent, to: status)
                #expect(refused.status == 409 && refused.code == "open_subtasks")
                #expect(refused.json["subtasks"]?.items.count == 10)
            }
            let bare = try await desk.tryMove(parent, to: .completed, more: #", "force": true"#)
            #expect(bare.status == 422 && bare.pointers == ["/reason"])
            try await desk.move(parent, to: .completed, more: #", "force": true, "reason": "Enough""#)
            #expect(try await desk.now(parts[0])["status"]?.text == "open")
            let entry = try await desk.all("\(parent.path)/activity").first
            #expect(entry?["changes"]?["forced"]?["to"]?.flag == true)
            #expect(entry?["changes"]?["comment_id"]?["to"] != nil)
            #expect(try await desk.all("\(parent.path)/comments").compactMap { $0["text"]?.text } == ["Enough"])
            let late = try await desk.post("/v1/tasks", #"{"title": "T", "parent_id": "\#(parent.id)"}"#)
            #expect(late.status == 409)
        }
    }

    @Test("a task has at most 200 parts, also when ten make the last ones at once")
    func bound() async throws {
        try await Desk.run { desk in
            let parent = try await desk.make("Whole")
            for number in 0..<196 { _ = try await desk.make("P\(number)", more: #", "parent_id": "\#(parent.id)""#) }
            let statuses = try await atOnce(10) { _ in
                try await desk.post("/v1/tasks", #"{"title": "T", "parent_id": "\#(parent.id)"}"#).status
            }
            #expect(statuses.filter { $0 == 201 }.count == 4 && statuses.filter { $0 == 409 }.count == 6)
            try desk.expectFolds()
        }
    }

    @Test(
        "of the end of a task and the return of its last part at the same moment one comes first",
        .timeLimit(.minutes(2)))
    func endAndReturn() async throws {
        try await Desk.run { desk in
            for _ in 0..<10 {
                let parent = try await desk.make("Whole")
                let part = try await desk.make("Part", more: #", "parent_id": "\#(parent.id)""#)
                try await desk.move(part, to: .completed)
                let answers = try await atOnce(2) { client in
                    if client == 0 { return try await desk.tryMove(parent, to: .completed) }
                    return try await desk.tryMove(part, to: .open, more: #", "reason": "Not yet""#)
                }
                #expect(answers[0].status == 200 || answers[1].status == 200)
                #expect(answers.allSatisfy { $0.status == 200 || $0.code == "open_subtasks" }, "\(answers.map(\.text))")
            }
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }
}
