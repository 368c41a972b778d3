import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Many tasks in one request (K5)", .scratchDatabase(.tasks))
struct BulkTests {
    private static func batch(_ operations: [String]) -> String {
        #"{"operations": [\#(operations.joined(separator: ", "))]}"#
    }

    private static func low(_ task: MadeTask) -> String {
        #"{"method": "PATCH", "path": "\#(task.path)", "body": {"priority": "low"}}"#
    }

    private static func statuses(_ answer: TestAnswer) -> [Int64?] {
        (answer.json["results"]?.items ?? []).map { $0["status"]?.whole }
    }

    @Test("chosen tasks change, each with its activity; another workspace's is not found and stays as it is (S-1, S-3)")
    func chosen() async throws {
        try await Desk.run { desk in
            let tasks = [try await desk.make("first"), try await desk.make("second")]
            let untouched = try await desk.make("third")
            let foreign = try await desk.other().make("canary")
            let answer = try await desk.post("/v1/tasks/batch", Self.batch((tasks + [foreign]).map(Self.low)))
            #expect(answer.status == 200)
            #expect(Self.statuses(answer) == [200, 200, 404])
            #expect(!answer.text.contains("canary"))
            let low = try Rows.of("SELECT id FROM tasks.task WHERE priority = 'low' AND version = 2")
            #expect(Set(low) == Set(tasks.map(\.id)))
            let others = try Rows.count(
                "tasks.task", where: "id IN ('\(foreign.id)', '\(untouched.id)') AND version = 1")
            #expect(others == 2)
            for task in tasks {
                let history = try await desk.all("\(task.path)/activity")
                #expect(history.compactMap { $0["verb"]?.text } == ["updated", "created"])
            }
            let requests = try Rows.number(
                "SELECT count(DISTINCT request_id) FROM core.activity WHERE verb = 'updated'")
            #expect(requests == 1)
        }
    }

    @Test("what a rule or a role forbids in one place stops no other; whoever may only read does nothing (A10, S-4)")
    func refused() async throws {
        try await Desk.run { desk in
            let (waiting, blocker) = (try await desk.make("Waits"), try await desk.make("Blocker"))
            _ = try await desk.block(waiting, by: blocker)
            let body = Self.batch(
                [waiting, blocker].map {
                    #"{"method": "POST", "path": "\#($0.path)/status", "body": {"status": "completed"}}"#
                } + [
                    Self.low(blocker),
                    #"{"method": "POST", "path": "/v1/tasks/kinds", "body": {"word": "own", "name": "O"}}"#,
                ])
            let before = try Rows.everything()
            for person in [desk.company.viewer, desk.company.billing] {
                let answer = try await desk.post("/v1/tasks/batch", body, as: person)
                #expect(answer.status == 403 && answer.json["detail"]?.text?.contains("tasks:write") == true)
            }
            #expect(try Rows.everything() == before)
            let agents = try await desk.post("/v1/tasks/batch", body)
            #expect(Self.statuses(agents) == [409, 200, 200, 403])
            #expect(agents.json["results"]?.items.first?["body"]?["code"]?.text == "blocked")
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }
}
