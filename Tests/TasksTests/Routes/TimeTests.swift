import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Time on tasks", .scratchDatabase(.tasks))
struct TimeTests {
    private static func book(
        _ desk: Desk, _ seconds: Int, on task: MadeTask, _ more: String = "", as person: Staff? = nil
    ) async throws -> TestAnswer {
        try await desk.post("\(task.path)/time", #"{"seconds": \#(seconds)\#(more)}"#, as: person)
    }

    @Test("booked time is summed in the task beside its estimate, and taken back with its entry")
    func booking() async throws {
        try await Desk.run { desk in
            let task = try await desk.make(more: #", "estimate_seconds": 7200"#)
            let first = try await Self.book(
                desk, 3_600, on: task, #", "note": "canary", "started_at": "2026-01-02T08:00:00Z""#)
            #expect(first.status == 201 && first.json["user"]?["name"]?.text == desk.company.agent.name)
            #expect(first.json["started_at"]?.text == "2026-01-02T08:00:00Z")
            desk.clock.advance(by: .milliseconds(1))
            _ = try await Self.book(desk, 60, on: task, as: desk.company.colleague)
            let now = try await desk.now(task)
            #expect(now["tracked_seconds"]?.whole == 3_660 && now["estimate_seconds"]?.whole == 7_200)
            let entries = try await desk.all("\(task.path)/time", limit: 1)
            #expect(entries.compactMap { $0["seconds"]?.whole } == [60, 3_600])
            #expect(entries.last?["note"]?.text == "canary")
            #expect(try await !desk.get("\(task.path)/activity").text.contains("canary"))
            let path = "\(task.path)/time/\(first.json["id"]?.text ?? "")"
            #expect(try await desk.send(.delete, path).status == 204)
            #expect(try await desk.send(.delete, path).status == 404)
            #expect(try await desk.now(task)["tracked_seconds"]?.whole == 60)
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("another's time is taken back by a manager only")
    func others() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let booked = try await Self.book(desk, 60, on: task)
            let path = "\(task.path)/time/\(booked.json["id"]?.text ?? "")"
            let before = try Rows.everything()
            #expect(try await desk.send(.delete, path, as: desk.company.colleague).status == 403)
            #expect(try Rows.everything() == before)
            #expect(try await desk.send(.delete, path, as: desk.company.manager).status == 204)
        }
    }

    @Test("time is 1 second to a day and begins in the past")
    func bounds() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            for seconds in [0, -1, 86_401] { #expect(try await Self.book(desk, seconds, on: task).status == 422) }
            let later = desk.clock.now.adding(.seconds(60))
            let future = try await Self.book(desk, 60, on: task, #", "started_at": "\#(later)""#)
            #expect(future.status == 422 && future.pointers == ["/started_at"])
            #expect(try await Self.book(desk, 86_400, on: task).status == 201)
        }
    }

    @Test("ten who book at once are all counted")
    func bookingAtOnce() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let statuses = try await atOnce(10) { client in
                var statuses: [Int] = []
                for _ in 0..<5 { statuses.append(try await Self.book(desk, client + 1, on: task).status) }
                return statuses
            }.flatMap(\.self)
            #expect(statuses.allSatisfy { $0 == 201 })
            #expect(try await desk.now(task)["tracked_seconds"]?.whole == 275)
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("a clock books what has passed when it is stopped, a day at most, and runs on one task at a time")
    func clocks() async throws {
        try await Desk.run { desk in
            let (task, other) = (try await desk.make(), try await desk.make())
            #expect(try await desk.get("/v1/tasks/timer").status == 404)
            #expect(try await desk.post("\(task.path)/timer/start").status == 200)
            let refused = try await desk.post("\(other.path)/timer/start")
            #expect(
                refused.status == 409 && refused.code == "timer_running" && refused.json["task_id"]?.text == task.id)
            #expect(try await desk.post("\(other.path)/timer/start", as: desk.company.colleague).status == 200)
            #expect(try await desk.post("\(other.path)/timer/stop").status == 409)
            #expect(try await desk.get("/v1/tasks/timer").json["task"]?["id"]?.text == task.id)
            desk.clock.advance(by: .seconds(90))
            let stopped = try await desk.post("\(task.path)/timer/stop")
            #expect(stopped.status == 201 && stopped.json["seconds"]?.whole == 90)
            #expect(try await desk.now(task)["tracked_seconds"]?.whole == 90)
            #expect(try await desk.post("\(other.path)/timer/start").status == 200)
            desk.clock.advance(by: .seconds(200_000))
            let forgotten = try await desk.post("\(other.path)/timer/stop")
            #expect(forgotten.json["seconds"]?.whole == 86_400)
            try desk.expectFolds()
        }
    }

    @Test("of ten starts at once one runs")
    func startsAtOnce() async throws {
        try await Desk.run { desk in
            var made: [MadeTask] = []
            for _ in 0..<10 { made.append(try await desk.make()) }
            let tasks = made
            let answers = try await atOnce(10) { try await desk.post("\(tasks[$0].path)/timer/start") }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            #expect(answers.filter { $0.code == "timer_running" }.count == 9)
            #expect(try Rows.count("tasks.running_timer") == 1)
            try desk.expectStreamWithoutGaps()
        }
    }
}
