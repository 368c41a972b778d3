import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("A ticket and the tasks without which it is not done (F4)", .scratchDatabase(.tickets))
struct RequiredTaskTests {
    @Test("a ticket is neither completed nor closed while a required task is open, and is told which (F4)")
    func refused() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let task = try desk.task("Ask the maker", of: ticket)
            for status in ["completed", "closed"] {
                let answer = try await desk.post("\(ticket.path)/status", #"{"status": "\#(status)"}"#)
                #expect(answer.status == 409 && answer.code == "required_tasks_open", "\(answer.text)")
                #expect(answer.json["tasks"]?.items.map { $0["id"]?.text } == [task])
                #expect(answer.json["tasks"]?.items.map { $0["title"]?.text } == ["Ask the maker"])
            }
            try await desk.move(ticket, to: .inProgress)
            let parked = try await desk.post("\(ticket.path)/status", #"{"status": "completed"}"#)
            #expect(parked.code == "required_tasks_open")
            try Rows.run("UPDATE tasks.task SET status = 'completed', ended_at = now() WHERE id = '\(task)'")
            try await desk.move(ticket, to: .completed)
            let activity = try await desk.all("\(ticket.path)/activity")
            #expect(activity.first?["changes"]?["forced"] == nil)
        }
    }

    @Test("tasks that are not required, that have ended, or that are another's stand against no end (S-3)")
    func others() async throws {
        try await Desk.run { desk in
            let (ticket, neighbour) = (try await desk.open(), try await desk.open())
            try desk.task("Not required", of: ticket, isRequired: false)
            for status in ["completed", "cancelled"] { try desk.task(status, of: ticket, status: status) }
            try desk.task("Of the neighbour", of: neighbour)
            // The same id in another workspace, as nobody would make it.
            try desk.other().task("Foreign", of: ticket)
            try await desk.move(ticket, to: .completed)
            let refused = try await desk.post("\(neighbour.path)/status", #"{"status": "closed"}"#)
            #expect(refused.code == "required_tasks_open")
        }
    }

    @Test("of many open tasks ten are named")
    func many() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            for number in 1...12 { try desk.task("T\(number)", of: ticket) }
            let answer = try await desk.post("\(ticket.path)/status", #"{"status": "completed"}"#)
            #expect(answer.json["tasks"]?.items.count == 10)
            #expect(answer.json["detail"]?.text?.hasPrefix("More than 10 required tasks are open") == true)
        }
    }

    @Test("an end is forced with a reason, which is kept as an internal note, and the activity says so (F4, R-12)")
    func forced() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try desk.task("Ask the maker", of: ticket)
            let bare = try await desk.post("\(ticket.path)/status", #"{"status": "completed", "force": true}"#)
            #expect(bare.status == 422 && bare.pointers == ["/reason"])
            let begun = try await desk.post(
                "\(ticket.path)/status", #"{"status": "in_progress", "force": true, "reason": "R"}"#)
            #expect(begun.status == 422 && begun.pointers == ["/force"])
            let denied = try await desk.post(
                "\(ticket.path)/status", #"{"status": "completed", "force": false, "reason": "R"}"#)
            #expect(denied.code == "required_tasks_open")
            try await desk.move(ticket, to: .completed, more: #", "force": true, "reason": "The maker is gone""#)
            let notes = try await desk.all("\(ticket.path)/notes")
            #expect(notes.map { $0["text"]?.text } == ["The maker is gone"])
            #expect(notes.first?["kind"]?.text == "internal")
            let activity = try await desk.all("\(ticket.path)/activity")
            let told = activity.first?["changes"]?["forced"]
            #expect(told?["from"] == false && told?["to"] == true)
            // It was looked at when the ticket was completed.
            try await desk.move(ticket, to: .closed)
        }
    }

    @Test("force where nothing stands against the end is no force")
    func needlessForce() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed, more: #", "force": true, "reason": "R""#)
            let activity = try await desk.all("\(ticket.path)/activity")
            #expect(activity.first?["verb"]?.text == "moved")
            #expect(activity.first?["changes"]?["forced"] == nil)
        }
    }

    @Test("whoever may not read tasks is told that some are open, and not which (S-4)")
    func hidden() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try desk.task("A secret", of: ticket)
            let token = try await desk.service.token(
                in: desk.company.id, subject: desk.company.agent.id.description,
                permissions: [.ticketsRead, .ticketsWrite])
            let answer = try await desk.service.send(
                .post, "\(ticket.path)/status", as: token, #"{"status": "completed"}"#)
            #expect(answer.status == 409 && answer.code == "required_tasks_open")
            #expect(answer.json["tasks"]?.items.isEmpty == true && !answer.text.contains("secret"))
        }
    }

    @Test("in a batch each ticket is asked for its own tasks (K5)")
    func batch() async throws {
        try await Desk.run { desk in
            let (held, free) = (try await desk.open(), try await desk.open())
            try desk.task("Ask the maker", of: held)
            let operations = [held, free].map {
                #"{"method": "POST", "path": "\#($0.path)/status", "body": {"status": "completed"}}"#
            }
            let answer = try await desk.post(
                "/v1/tickets/batch", #"{"operations": [\#(operations.joined(separator: ","))]}"#)
            #expect(answer.json["results"]?.items.map { $0["status"]?.whole } == [409, 200])
        }
    }

    @Test("a job asks of each ticket for its own tasks, ends by force what they stand against, and says so (A10, R-12)")
    func jobs() async throws {
        try await Desk.run { desk in
            let (held, free) = (try await desk.open(), try await desk.open())
            try desk.task("Ask the maker", of: held)
            let refusing = try await desk.finish(#"{"filter": {}, "change": {"status": {"status": "completed"}}}"#)
            #expect([refusing.changed, refusing.refused] == [1, 1])
            #expect(refusing.refusals == [JobRefusal(code: "required_tasks_open", count: 1)])
            #expect(try await desk.get(held.path).json["status"]?.text == "open")
            #expect(try await desk.get(free.path).json["status"]?.text == "completed")
            let other = try await desk.open()
            let force = #"{"status": "closed", "force": true, "reason": "The maker is gone"}"#
            let forcing = try await desk.finish(
                #"{"filter": {"status": "open"}, "change": {"status": \#(force)}}"#)
            #expect([forcing.changed, forcing.refused] == [2, 0])
            let told = try await desk.all("\(held.path)/activity").first?["changes"]?["forced"]
            #expect(told?["from"] == false && told?["to"] == true)
            let needless = try await desk.all("\(other.path)/activity").first?["changes"]
            #expect(needless?["status"]?["to"] == "closed" && needless?["forced"] == nil)
        }
    }

    @Test("an undo ends no ticket for which a required task was opened since (A10, F4)")
    func undoneJob() async throws {
        try await Desk.run { desk in
            let (held, free) = (try await desk.open(), try await desk.open())
            for ticket in [held, free] { try await desk.move(ticket, to: .completed) }
            let reopening = #"{"status": "open", "reason": "R"}"#
            let job = try await desk.finish(
                #"{"filter": {"status": "completed"}, "change": {"status": \#(reopening)}}"#)
            #expect(job.changed == 2)
            try desk.task("Ask the maker", of: held)
            let undone = try await desk.undo(job)
            #expect([undone.undo.restored, undone.undo.kept] == [1, 1])
            #expect(try await desk.get(held.path).json["status"]?.text == "open")
            #expect(try await desk.get(free.path).json["status"]?.text == "completed")
        }
    }

    @Test("where there are no tasks yet, as before an upgrade, tickets come to their end (R-11)")
    func withoutTasks() async throws {
        try await Desk.run { desk in
            let (first, second) = (try await desk.open(), try await desk.open())
            try Rows.run("DROP VIEW tasks.required_task")
            try await desk.move(first, to: .completed)
            try Rows.run("DROP SCHEMA tasks CASCADE")
            try await desk.move(second, to: .closed)
        }
    }
}

extension ServiceDesk<TicketsDefinition> {
    /// Adds a task about a ticket straight to the table; its id.
    @discardableResult
    func task(
        _ title: String, of ticket: OpenTicket, status: String = "open", isRequired: Bool = true
    ) throws -> String {
        let id = ID<TaskItem>.make(at: .now)
        let end = status == "open" ? "NULL" : "now()"
        try Rows.run(
            """
            INSERT INTO tasks.task (
                workspace_id, id, title, kind, status, priority, subject_kind, subject_id, subject_label, is_required,
                created_at, updated_at, status_changed_at, ended_at)
            VALUES ('\(company.id)', '\(id)', '\(title)', 'report', '\(status)', 'medium', 'ticket', '\(ticket.id)',
                'L', \(isRequired), now(), now(), now(), \(end))
            """)
        return id.description
    }
}
