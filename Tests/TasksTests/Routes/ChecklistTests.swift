import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Checklists", .scratchDatabase(.tasks))
struct ChecklistTests {
    @Test("ticking a step changes the task's progress and version, and says who did it when")
    func ticking() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let first = try await desk.step("One", on: task)
            _ = try await desk.step("Two", on: task)
            _ = try await desk.step("Three", on: task, more: #", "is_done": true"#)
            #expect(try await desk.now(task)["progress"]?["percent"]?.whole == 33)
            let ticked = try await desk.patch(first, #"{"is_done": true}"#)
            #expect(ticked.json["done_by"]?["name"]?.text == desk.company.agent.name)
            #expect(ticked.json["done_at"] != .null)
            #expect(ticked.header("ETag") == "\"5.0\"")
            let now = try await desk.now(task)
            #expect(now["progress"] == ["percent": 66, "done": 2, "total": 3])
            #expect(now["version"]?.whole == 5)
            let unticked = try await desk.patch(first, #"{"is_done": false}"#)
            #expect(unticked.json["done_by"] == .null && unticked.json["done_at"] == .null)
            #expect(try await desk.now(task)["progress"]?["percent"]?.whole == 33)
            let same = try await desk.patch(first, #"{"is_done": false}"#)
            #expect(same.header("ETag") == "\"6.0\"")
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("another's tick stays theirs when the words are changed later")
    func words() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let step = try await desk.step("One", on: task, more: #", "is_done": true"#)
            let changed = try await desk.patch(step, #"{"text": "Uno"}"#, as: desk.company.colleague)
            #expect(changed.json["text"]?.text == "Uno")
            #expect(changed.json["done_by"]?["name"]?.text == desk.company.agent.name)
            #expect(try await !desk.get("\(task.path)/activity").text.contains("Uno"))
        }
    }

    @Test("steps stand in the order in which they were put: last, first, behind another")
    func order() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let b = try await desk.step("b", on: task)
            let c = try await desk.step("c", on: task)
            let a = try await desk.step("a", on: task, more: #", "after": null"#)
            let id = { (path: String) in path.split(separator: "/").last.map(String.init) ?? "" }
            _ = try await desk.step("bb", on: task, more: #", "after": "\#(id(b))""#)
            #expect(try await desk.steps(of: task) == ["a", "b", "bb", "c"])
            _ = try await desk.post("\(c)/move", #"{"after": null}"#)
            #expect(try await desk.steps(of: task) == ["c", "a", "b", "bb"])
            let nowhere = try await desk.post("\(a)/move", "{}")
            #expect(nowhere.status == 422 && nowhere.pointers == ["/after"], "\(nowhere.text)")
            #expect(try await desk.steps(of: task) == ["c", "a", "b", "bb"])
            _ = try await desk.post("\(a)/move", #"{"after": "\#(id(b))"}"#)
            #expect(try await desk.steps(of: task) == ["c", "b", "a", "bb"])
            let version = try await desk.now(task)["version"]
            for same in [#"{"after": "\#(id(b))"}"#, #"{"after": "\#(id(a))"}"#] {
                let answer = try await desk.post("\(a)/move", same)
                #expect(answer.status == 200)
            }
            #expect(try await desk.now(task)["version"] == version)
            let other = try await desk.make()
            let foreign = try await desk.step("x", on: other)
            for body in [#"{"after": "\#(id(foreign))"}"#, #"{"after": "\#(task.id)"}"#] {
                let answer = try await desk.post("\(a)/move", body)
                #expect(answer.status == 422 && answer.pointers == ["/after"])
            }
        }
    }

    @Test("progress cannot be set while there is a checklist, and can when its last step went")
    func setting() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let set = try await desk.patch(task.path, #"{"progress_percent": 40}"#)
            #expect(set.json["progress"]?["percent"]?.whole == 40)
            let step = try await desk.step("One", on: task, more: #", "is_done": true"#)
            let refused = try await desk.patch(task.path, #"{"progress_percent": 50}"#)
            #expect(refused.status == 422 && refused.pointers == ["/progress_percent"])
            #expect(try await desk.send(.delete, step).status == 204)
            #expect(try await desk.now(task)["progress"] == ["percent": 100, "done": 0, "total": 0])
            #expect(try await desk.patch(task.path, #"{"progress_percent": 50}"#).status == 200)
            #expect(try await desk.send(.delete, step).status == 404)
        }
    }

    @Test("a step of another task is 404, a stale If-Match 412, and neither changes anything")
    func walls() async throws {
        try await Desk.run { desk in
            let (task, other) = (try await desk.make(), try await desk.make())
            let step = try await desk.step("One", on: task)
            let foreign = step.replacing(task.id, with: other.id)
            let before = try Rows.everything()
            for answer in [
                try await desk.patch(foreign, #"{"is_done": true}"#), try await desk.send(.delete, foreign),
                try await desk.post("\(foreign)/move", #"{"after": null}"#),
            ] {
                #expect(answer.status == 404)
            }
            let stale = ["If-Match": "\"1\""]
            for answer in [
                try await desk.patch(step, #"{"is_done": true}"#, stale),
                try await desk.send(.delete, step, nil, stale),
                try await desk.post("\(task.path)/checklist", #"{"text": "T"}"#, stale),
            ] {
                #expect(answer.status == 412)
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a checklist has at most 200 steps, also when ten add the last ones at once")
    func bound() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            for number in 0..<195 { _ = try await desk.step("S\(number)", on: task) }
            let statuses = try await atOnce(10) { number in
                try await desk.post("\(task.path)/checklist", #"{"text": "T\#(number)"}"#).status
            }
            #expect(statuses.filter { $0 == 201 }.count == 5)
            #expect(statuses.filter { $0 == 409 }.count == 5)
            #expect(try await desk.steps(of: task).count == 200)
            try desk.expectFolds()
        }
    }

    @Test("ten who tick and untick at once leave figures that are right")
    func atOnceTicking() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            var steps: [String] = []
            for number in 0..<10 { steps.append(try await desk.step("S\(number)", on: task)) }
            let paths = steps
            let statuses = try await atOnce(10) { client in
                var statuses: [Int] = []
                for round in 0..<10 {
                    let isDone = (client + round).isMultiple(of: 2)
                    let path = paths[(client * 3 + round) % paths.count]
                    statuses.append(try await desk.patch(path, #"{"is_done": \#(isDone)}"#).status)
                }
                return statuses
            }.flatMap(\.self)
            #expect(statuses.allSatisfy { $0 == 200 })
            for path in paths { _ = try await desk.patch(path, #"{"is_done": true}"#) }
            #expect(try await desk.now(task)["progress"] == ["percent": 100, "done": 10, "total": 10])
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }
}
