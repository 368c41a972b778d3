import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Tasks", .scratchDatabase(.tasks))
struct TaskTests {
    @Test("a task stands by itself: made by staff, open, of medium priority, without any record (F1, F3)")
    func byItself() async throws {
        try await Desk.run { desk in
            let task = try await desk.make("Order paper")
            #expect(task.answer.json["status"]?.text == "open")
            #expect(task.answer.json["priority"]?.text == "medium")
            #expect(task.answer.json["kind"]?.text == "administrative")
            #expect(task.answer.json["subject"] == .null)
            let shown = try await desk.get(task.path)
            #expect(shown.text == task.answer.text)
            #expect(shown.header("ETag") == task.answer.header("ETag"))
        }
    }

    @Test("a task is about a ticket, a person or a company, by their names; others are refused (F4, S-3)")
    func subjects() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let company = desk.company
            for (kind, id, label) in [
                ("ticket", "\(ticket)", "260115001 The pump leaks"),
                ("individual", "\(company.individual)", Company.individualName),
                ("organization", "\(company.organization)", Company.organizationName),
            ] {
                let task = try await desk.make(more: #", "subject": {"kind": "\#(kind)", "id": "\#(id)"}"#)
                #expect(task.answer.json["subject"]?["label"]?.text == label)
                let foreign = try await desk.other().post(
                    "/v1/tasks", #"{"title": "T", "subject": {"kind": "\#(kind)", "id": "\#(id)"}}"#)
                #expect(foreign.status == 422)
                #expect(foreign.pointers == ["/subject/id"])
            }
        }
    }

    @Test("a task due on a day is due at that day's end in the workspace's zone, also where clocks change")
    func dueDay() async throws {
        try await Desk.run(zone: "Europe/Berlin") { desk in
            for (day, end) in [
                ("2026-03-28", "2026-03-28T23:00:00Z"), ("2026-03-29", "2026-03-29T22:00:00Z"),
                ("2026-10-25", "2026-10-25T23:00:00Z"),
            ] {
                let task = try await desk.make(more: #", "due_on": "\#(day)""#)
                #expect(task.answer.json["due_at"]?.text == end)
                #expect(task.answer.json["due_on"]?.text == day)
            }
            let twice = try await desk.post(
                "/v1/tasks", #"{"title": "T", "due_on": "2026-01-01", "due_at": "2026-01-01T00:00:00Z"}"#)
            #expect(twice.pointers == ["/due_at"])
        }
    }

    @Test("a due day that comes with the instant's end, and the other way round, is when the task is due (F1)")
    func dueChanges() async throws {
        try await Desk.run(zone: "Europe/Berlin") { desk in
            let task = try await desk.make(more: #", "due_at": "2026-02-01T10:00:00Z""#)
            for (body, day, instant) in [
                (#"{"due_on": "2026-03-01", "due_at": null}"#, "2026-03-01", "2026-03-01T23:00:00Z"),
                (#"{"due_on": null, "due_at": "2026-03-05T10:00:00Z"}"#, nil, "2026-03-05T10:00:00Z"),
                (#"{"due_on": "2026-03-02"}"#, "2026-03-02", "2026-03-02T23:00:00Z"),
                (#"{"due_at": null}"#, nil, nil),
                (#"{"due_at": "2026-03-06T10:00:00Z"}"#, nil, "2026-03-06T10:00:00Z"),
                (#"{"due_on": null, "due_at": null}"#, nil, nil),
            ] as [(String, String?, String?)] {
                let answer = try await desk.patch(task.path, body)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["due_on"]?.text == day && answer.json["due_at"]?.text == instant, "\(body)")
            }
        }
    }

    @Test("a task comes from open over in progress to its end, and back with a reason only (F3)")
    func way() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            try await desk.move(task, to: .inProgress)
            let done = try await desk.move(task, to: .completed)
            #expect(done.json["ended_at"] != .null)
            let illegal = try await desk.post("\(task.path)/status", #"{"status": "cancelled"}"#)
            #expect(illegal.status == 409 && illegal.code == "illegal_transition")
            let bare = try await desk.post("\(task.path)/status", #"{"status": "open"}"#)
            #expect(bare.status == 422 && bare.pointers == ["/reason"])
            let back = try await desk.move(task, to: .open, more: #", "reason": "Not yet""#)
            #expect(back.json["ended_at"] == .null)
            let activity = try await desk.all("\(task.path)/activity")
            #expect(activity.map { $0["verb"]?.text } == ["reopened", "moved", "moved", "created"])
        }
    }

    @Test("the list hides what has ended, and what is due first comes first; a page goes on where the last ended")
    func list() async throws {
        try await Desk.run { desk in
            var expected: [String] = []
            for number in 1...9 {
                let due = number % 3 == 0 ? "" : #", "due_at": "2026-02-0\#(number)T10:00:00Z""#
                let task = try await desk.make("T\(number)", more: due)
                if number % 3 != 0 { expected.append(task.id) }
            }
            let ended = try await desk.make("E", more: #", "due_at": "2026-01-01T10:00:00Z""#)
            try await desk.move(ended, to: .cancelled)
            let ids = try await desk.all("/v1/tasks", limit: 2).compactMap { $0["id"]?.text }
            #expect(Array(ids.prefix(6)) == expected)
            #expect(ids.count == 9 && !ids.contains(ended.id))
            for sort in TaskSort.allCases {
                let all = try await desk.all("/v1/tasks?status=open,cancelled&sort=\(sort.rawValue)", limit: 3)
                #expect(Set(all.compactMap { $0["id"]?.text }).count == 10 && all.count == 10, "\(sort)")
            }
        }
    }
}
