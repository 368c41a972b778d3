import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Tasks that wait for others", .scratchDatabase(.tasks))
struct DependencyTests {
    @Test("a task that waits shows it, in the list too and by its tag, until what it waits for has ended")
    func waiting() async throws {
        try await Desk.run { desk in
            let (task, first, second) = (try await desk.make("T"), try await desk.make("1"), try await desk.make("2"))
            let blocked = try await desk.block(task, by: first)
            #expect(blocked.json["is_blocked"]?.flag == true && blocked.json["version"]?.whole == 2)
            #expect(try await desk.block(task, by: second).status == 200)
            #expect(try await desk.block(task, by: second).json["version"]?.whole == 3)
            let tag = try await desk.get(task.path).header("ETag")
            try await desk.move(first, to: .completed)
            let stillWaiting = try await desk.get(task.path)
            #expect(stillWaiting.json["is_blocked"]?.flag == true && stillWaiting.header("ETag") != tag)
            try await desk.move(second, to: .cancelled)
            let free = try await desk.get(task.path)
            #expect(free.json["is_blocked"]?.flag == false && free.json["version"]?.whole == 3)
            try await desk.move(first, to: .open, more: #", "reason": "Not yet""#)
            let listed = try await desk.all("/v1/tasks").first { $0["id"]?.text == task.id }
            #expect(listed?["is_blocked"]?.flag == true)
            let removed = try await desk.send(.delete, "\(task.path)/blockers/\(first.id)")
            #expect(removed.status == 200 && removed.json["is_blocked"]?.flag == false)
            #expect(try await desk.send(.delete, "\(task.path)/blockers/\(first.id)").status == 404)
            let waitsFor = try await desk.all("\(task.path)/blockers").compactMap { $0["id"]?.text }
            let isWaitedFor = try await desk.all("\(second.path)/blocking").compactMap { $0["id"]?.text }
            #expect(waitsFor == [second.id] && isWaitedFor == [task.id])
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("a task that waits is neither begun nor completed, but cancelled; the refusal names ten at most")
    func blocked() async throws {
        try await Desk.run { desk in
            let task = try await desk.make("T")
            for number in 0..<11 { _ = try await desk.block(task, by: try await desk.make("B\(number)")) }
            let before = try Rows.everything()
            for status in [TaskStatus.inProgress, .completed] {
                let refused = try await desk.tryMove(task, to: status)
                #expect(refused.status == 409 && refused.code == "blocked")
                #expect(refused.json["blockers"]?.items.count == 10)
            }
            #expect(try Rows.everything() == before)
            try await desk.move(task, to: .cancelled)
        }
    }

    @Test("a place in another column of a board moves no task that waits or has open parts, and folds as any move does")
    func board() async throws {
        try await Desk.run { desk in
            let project = try await desk.project()
            let (task, blocker) = (try await desk.make("T"), try await desk.make("B"))
            for item in [task, blocker] { _ = try await desk.place(item, in: project) }
            _ = try await desk.block(task, by: blocker)
            let begun = try await desk.post("\(task.path)/place", #"{"status": "in_progress"}"#)
            #expect(begun.status == 409 && begun.code == "blocked")
            #expect(try await desk.post("\(blocker.path)/place", #"{"status": "completed"}"#).status == 200)
            #expect(try await desk.now(task)["is_blocked"]?.flag == false)
            _ = try await desk.make("Part", more: #", "parent_id": "\#(task.id)""#)
            let ended = try await desk.post("\(task.path)/place", #"{"status": "completed"}"#)
            #expect(ended.status == 409 && ended.code == "open_subtasks")
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("force with a reason begins what waits, and the stream says that force was used only where it was")
    func force() async throws {
        try await Desk.run { desk in
            let (task, blocker) = (try await desk.make("T"), try await desk.make("B"))
            _ = try await desk.block(task, by: blocker)
            let bare = try await desk.tryMove(task, to: .inProgress, more: #", "force": true"#)
            #expect(bare.status == 422 && bare.pointers == ["/reason"])
            try await desk.move(task, to: .inProgress, more: #", "force": true, "reason": "Urgent""#)
            try await desk.move(blocker, to: .inProgress, more: #", "force": true, "reason": "Same""#)
            let forced = try await desk.all("\(task.path)/activity").first
            let free = try await desk.all("\(blocker.path)/activity").first
            #expect(forced?["changes"]?["forced"]?["to"]?.flag == true)
            #expect(free?["changes"]?["forced"] == nil)
            #expect(try await desk.all("\(task.path)/comments").compactMap { $0["text"]?.text } == ["Urgent"])
            #expect(!forced.debugDescription.contains("Urgent"))
        }
    }

    @Test("no circle is closed, over parts neither, and the way is told")
    func circles() async throws {
        try await Desk.run { desk in
            let (a, b, c) = (try await desk.make("A"), try await desk.make("B"), try await desk.make("C"))
            #expect(try await desk.block(b, by: a).status == 200)
            #expect(try await desk.block(c, by: b).status == 200)
            let refused = try await desk.block(a, by: c)
            #expect(refused.status == 409 && refused.code == "dependency_cycle")
            #expect(refused.json["path"]?.items.compactMap { $0["title"]?.text } == ["A", "B", "C"])
            #expect(try await desk.block(a, by: a).code == "dependency_cycle")
            // A part ends before the whole: so it cannot wait for it.
            let part = try await desk.make("Part", more: #", "parent_id": "\#(a.id)""#)
            #expect(try await desk.block(part, by: a).code == "dependency_cycle")
            #expect(try await desk.block(part, by: c).code == "dependency_cycle")
            #expect(try await desk.put(c, under: part).code == "dependency_cycle")
            #expect(try await desk.put(a, under: c).status == 200)
        }
    }

    @Test("two who close a circle of four tasks from two sides at once do not both succeed", .timeLimit(.minutes(2)))
    func circlesFromTwoSides() async throws {
        try await Desk.run { desk in
            for round in 0..<10 {
                let (a, b) = (try await desk.make("A"), try await desk.make("B"))
                let (c, d) = (try await desk.make("C"), try await desk.make("D"))
                // Half of the ties are those of parts.
                var ready: [TestAnswer] = []
                if round.isMultiple(of: 2) {
                    ready = [try await desk.put(a, under: b), try await desk.put(c, under: d)]
                } else {
                    ready = [try await desk.block(b, by: a), try await desk.block(d, by: c)]
                }
                #expect(ready.allSatisfy { $0.status == 200 })
                // The two have no task in common: only the workspace's structure keeps them apart.
                let answers = try await atOnce(2) { client in
                    if client == 0 { return try await desk.block(c, by: b) }
                    return try await desk.block(a, by: d)
                }
                #expect(answers.filter { $0.status == 200 }.count == 1, "\(answers.map(\.text))")
                #expect(answers.filter { $0.code == "dependency_cycle" }.count == 1)
            }
            try desk.expectFolds()
        }
    }

    @Test("ten who let three tasks wait for each other at once never close a circle", .timeLimit(.minutes(2)))
    func circlesAtOnce() async throws {
        try await Desk.run { desk in
            for _ in 0..<5 {
                let tasks = [try await desk.make("A"), try await desk.make("B"), try await desk.make("C")]
                let answers = try await atOnce(10) { client in
                    try await desk.block(tasks[client % 3], by: tasks[(client + 1) % 3])
                }
                #expect(answers.allSatisfy { [200, 409].contains($0.status) }, "\(answers.map(\.text))")
                #expect(answers.contains { $0.status == 200 } && answers.contains { $0.code == "dependency_cycle" })
            }
            let circles = try Rows.number(
                """
                SELECT count(*) FROM tasks.dependency AS x JOIN tasks.dependency AS y ON y.task_id = x.blocker_id
                    JOIN tasks.dependency AS z ON z.task_id = y.blocker_id
                WHERE z.blocker_id = x.task_id
                """)
            #expect(circles == 0)
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test(
        "of the end of what waits and the return of what it waits for at the same moment one comes first",
        .timeLimit(.minutes(2)))
    func endAndReturn() async throws {
        try await Desk.run { desk in
            for _ in 0..<10 {
                let (task, blocker) = (try await desk.make("T"), try await desk.make("B"))
                _ = try await desk.block(task, by: blocker)
                try await desk.move(blocker, to: .completed)
                let answers = try await atOnce(2) { client in
                    let answer =
                        if client == 0 { try await desk.tryMove(task, to: .completed) } else {
                            try await desk.tryMove(blocker, to: .open, more: #", "reason": "Not yet""#)
                        }
                    return (client, answer)
                }.sorted { $0.0 < $1.0 }.map(\.1)
                #expect(answers[1].status == 200)
                let order = try Rows.of(
                    """
                    SELECT subject_id FROM core.activity WHERE subject_id IN ('\(task.id)', '\(blocker.id)')
                    ORDER BY xid DESC, id DESC LIMIT 1
                    """)
                if answers[0].status != 200 {
                    #expect(answers[0].code == "blocked")
                    #expect(order == [blocker.id])
                }
            }
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test(
        "ten who end and bring back tasks that all wait for each other leave folds that are right, and never lock up",
        .timeLimit(.minutes(3)))
    func movesAtOnce() async throws {
        try await Desk.run { desk in
            var made: [MadeTask] = []
            for number in 0..<6 { made.append(try await desk.make("T\(number)")) }
            let tasks = made
            for later in 1..<6 {
                for earlier in 0..<later where (earlier + later) % 3 != 0 {
                    // Ids grow with the number: half of the ties run against their order.
                    let isBackwards = later.isMultiple(of: 2)
                    _ = try await desk.block(
                        tasks[isBackwards ? earlier : later], by: tasks[isBackwards ? later : earlier])
                }
            }
            let answers = try await atOnce(10) { client in
                var answers: [TestAnswer] = []
                for round in 0..<8 {
                    let task = tasks[(client + round) % tasks.count]
                    let status: TaskStatus = round.isMultiple(of: 2) ? .cancelled : .open
                    answers.append(try await desk.tryMove(task, to: status, more: #", "reason": "R""#))
                    if round == 5 {
                        let other = tasks[(client * 5 + 1) % tasks.count]
                        answers.append(try await desk.block(task, by: other))
                    }
                }
                return answers
            }.flatMap(\.self)
            #expect(answers.allSatisfy { [200, 409].contains($0.status) }, "\(answers.map(\.status))")
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("a task waits for at most 50, and for none of another workspace")
    func bounds() async throws {
        try await Desk.run { desk in
            let task = try await desk.make("T")
            for number in 0..<50 {
                #expect(try await desk.block(task, by: try await desk.make("B\(number)")).status == 200)
            }
            let last = try await desk.block(task, by: try await desk.make("B"))
            #expect(last.status == 409 && last.code == "conflict")
            #expect(try await desk.all("\(task.path)/blockers", limit: 7).count == 50)
            let foreign = try await desk.other().make("F")
            #expect(try await desk.block(try await desk.make("U"), by: foreign).status == 404)
            #expect(try await desk.send(.delete, "\(task.path)/blockers/\(foreign.id)").status == 404)
        }
    }
}
