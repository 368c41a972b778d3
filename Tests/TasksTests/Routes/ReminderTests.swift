import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Reminders", .scratchDatabase(.tasks))
struct ReminderTests {
    @Test("a person is told at the time, once, in the stream and in their list, and puts it away (D10, J5)")
    func told() async throws {
        try await Desk.run { desk in
            let task = try await desk.make("Call back")
            let soon = Timestamp.now.adding(.milliseconds(300))
            let made = try await desk.post("\(task.path)/reminders", #"{"remind_at": "\#(soon)"}"#)
            // The service's clock stands; the timer's is the database's.
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.json["id"]?.text)
            try await running(desk.service.assembly.workers) {
                try await eventually("the reminder is due") {
                    try await desk.get("/v1/tasks/reminders?state=due").json["items"]?.items.count == 1
                }
            }
            let told = try Rows.of("SELECT verb FROM core.activity WHERE subject_kind = 'reminder' ORDER BY version")
            #expect(told == ["created", "reminded"])
            let others = try await desk.get("/v1/tasks/reminders", as: desk.company.colleague)
            #expect(others.json["items"]?.items.isEmpty == true)
            let foreign = try await desk.post("/v1/tasks/reminders/\(id)/dismiss", as: desk.company.colleague)
            #expect(foreign.status == 404)
            for _ in 1...2 {
                let away = try await desk.post("/v1/tasks/reminders/\(id)/dismiss")
                #expect(away.status == 204)
            }
            let due = try await desk.all("/v1/tasks/reminders?state=due")
            #expect(due.isEmpty)
        }
    }

    @Test("a reminder before the due time moves with it, and waits while there is none (F4)")
    func moves() async throws {
        try await Desk.run { desk in
            let task = try await desk.make(more: #", "due_at": "2099-01-02T10:00:00Z""#)
            let made = try await desk.post("\(task.path)/reminders", #"{"before_due_seconds": 3600}"#)
            #expect(made.json["remind_at"]?.text == "2099-01-02T09:00:00Z")
            let timers = "SELECT scheduled_at AT TIME ZONE 'UTC' FROM core.timer WHERE kind = 'reminder'"
            #expect(try Rows.of(timers) == ["2099-01-02 09:00:00"])
            _ = try await desk.patch(task.path, #"{"due_at": "2099-03-01T10:00:00Z"}"#)
            #expect(try Rows.of(timers) == ["2099-03-01 09:00:00"])
            _ = try await desk.patch(task.path, #"{"due_at": null}"#)
            #expect(try Rows.of(timers) == [])
            let list = try await desk.all("/v1/tasks/reminders?state=pending")
            #expect(list.first?["remind_at"] == .null && list.first?["before_due_seconds"]?.whole == 3_600)
        }
    }

    @Test("nobody is told of a task that has ended")
    func ended() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let soon = Timestamp.now.adding(.milliseconds(200))
            _ = try await desk.post("\(task.path)/reminders", #"{"remind_at": "\#(soon)"}"#)
            try await desk.move(task, to: .completed)
            try await running(desk.service.assembly.workers) {
                try await eventually("the timer is done") { try Rows.count("core.timer") == 0 }
            }
            let due = try await desk.all("/v1/tasks/reminders?state=due")
            #expect(due.isEmpty)
        }
    }

    @Test("a reminder whose time passed while the task had ended is given when the task comes back, once (D10, F3)")
    func back() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let soon = Timestamp.now.adding(.milliseconds(200))
            _ = try await desk.post("\(task.path)/reminders", #"{"remind_at": "\#(soon)"}"#)
            _ = try await desk.post("\(task.path)/reminders", #"{"before_due_seconds": 60}"#)
            let away = try await desk.post("\(task.path)/reminders", #"{"remind_at": "\#(soon)"}"#)
            _ = try await desk.post("/v1/tasks/reminders/\(away.json["id"]?.text ?? "")/dismiss")
            for _ in 1...2 {
                try await desk.move(task, to: .completed)
                try await running(desk.service.assembly.workers) {
                    try await eventually("the timer is done") { try Rows.count("core.timer") == 0 }
                }
                try await desk.move(task, to: .open, more: #", "reason": "Not yet""#)
                try await running(desk.service.assembly.workers) {
                    try await eventually("the reminder is due") {
                        try await desk.get("/v1/tasks/reminders?state=due").json["items"]?.items.count == 1
                    }
                }
            }
            #expect(try Rows.count("core.activity", where: "verb = 'reminded'") == 1)
            #expect(try Rows.count("core.timer") == 0)
        }
    }

    @Test("a reminder whose time passed while the task had ended is given when a job brings the task back (D10, K5)")
    func backByJob() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let soon = Timestamp.now.adding(.milliseconds(200))
            _ = try await desk.post("\(task.path)/reminders", #"{"remind_at": "\#(soon)"}"#)
            try await desk.move(task, to: .completed)
            try await running(desk.service.assembly.workers) {
                try await eventually("the timer is done") { try Rows.count("core.timer") == 0 }
            }
            let job = try await desk.post(
                "/v1/tasks/jobs",
                #"{"filter": {"status": "completed"}, "change": {"status": {"status": "open", "reason": "Not yet"}}}"#)
            #expect(job.status == 202, "\(job.text)")
            try await running(desk.service.assembly.workers) {
                try await eventually("the reminder is due") {
                    try await desk.get("/v1/tasks/reminders?state=due").json["items"]?.items.count == 1
                }
            }
        }
    }

    @Test("a reminder has one time, in the future, and a person at most 20 of a task")
    func wrong() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            for body in [
                "{}", #"{"remind_at": "2099-01-01T00:00:00Z", "before_due_seconds": 5}"#,
                #"{"remind_at": "2020-01-01T00:00:00Z"}"#,
            ] {
                let answer = try await desk.post("\(task.path)/reminders", body)
                #expect(answer.status == 422 && answer.pointers == ["/remind_at"], "\(body)")
            }
            for _ in 1...ReminderStore.limit {
                _ = try await desk.post("\(task.path)/reminders", #"{"before_due_seconds": 5}"#)
            }
            let more = try await desk.post("\(task.path)/reminders", #"{"before_due_seconds": 5}"#)
            #expect(more.status == 409)
            let viewer = try await desk.post(
                "\(task.path)/reminders", #"{"before_due_seconds": 5}"#, as: desk.company.viewer)
            #expect(viewer.status == 403)
        }
    }
}
