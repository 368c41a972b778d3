import Logging
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

extension ServiceDesk<TasksDefinition> {
    /// Makes a task with an id above those of all before it.
    fileprivate func next(_ title: String, more: String = "") async throws -> MadeTask {
        clock.advance(by: .milliseconds(10))
        return try await make(title, more: more)
    }

    /// The same under a parent.
    fileprivate func part(_ title: String, of parent: MadeTask, more: String = "") async throws -> MadeTask {
        try await next(title, more: #", "parent_id": "\#(parent.id)"\#(more)"#)
    }

    /// Lets a task wait for another, and expects that this is possible.
    fileprivate func wait(_ task: MadeTask, for blocker: MadeTask) async throws {
        let answer = try await block(task, by: blocker)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// The job when it has ended, by turns of so many tasks.
    fileprivate func ended(_ path: String, turn: Int) async throws -> Job {
        var limits = JobLimits()
        limits.turn = turn
        let jobs = BulkJobs(
            TaskJobs(database: service.database), Models.Tasks.jobs, of: .tasks, database: service.database,
            clock: clock.service, logger: Logger(label: "jobs") { _ in SwiftLogNoOpLogHandler() }, limits: limits)
        try await running([jobs.worker]) {
            try await eventually("\(path) has ended") {
                ![.queued, .running, .undoing].contains(try await job(path).status)
            }
        }
        return try await job(path)
    }

    /// The same of its undo.
    fileprivate func undo(_ job: Job, turn: Int) async throws -> Job {
        let path = "/v1/tasks/jobs/\(job.id)"
        let answer = try await post("\(path)/undo")
        #expect(answer.status == 202, "\(answer.text)")
        return try await ended(path, turn: turn)
    }

    /// Every task without what counts changes.
    fileprivate func rows() throws -> [String] {
        try Rows.of(
            "SELECT to_jsonb(t) - 'version' - 'updated_at' - 'label_revision' FROM tasks.task AS t ORDER BY t.id")
    }

    /// Why a job refused tasks, and how many.
    fileprivate func reasons(_ job: Job) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: job.refusals.map { ($0.code, $0.count) })
    }
}

@Suite("Jobs over tasks that are tied to each other", .scratchDatabase(.tasks), .timeLimit(.minutes(3)))
struct JobTiesTests {
    @Test(
        "each task is decided about as by a request of its own in the order of ids, wherever turns are cut (F4)",
        arguments: [1, 3, 200])
    func inOrder(turn: Int) async throws {
        try await Desk.run { desk in
            let (first, second) = (try await desk.next("A"), try await desk.next("B waits for A"))
            try await desk.wait(second, for: first)
            let (early, late) = (try await desk.next("X waits for Y"), try await desk.next("Y"))
            try await desk.wait(early, for: late)
            let whole = try await desk.next("Whole")
            _ = try await desk.part("Part", of: whole)
            let part = try await desk.next("Part that is older")
            #expect(try await desk.put(part, under: try await desk.next("Its whole")).status == 200)
            let completed = try await desk.ended(
                try await desk.order(#"{"filter": {}, "change": {"status": {"status": "completed"}}}"#), turn: turn)
            #expect([completed.changed, completed.refused] == [6, 2])
            #expect(desk.reasons(completed) == ["blocked": 1, "open_subtasks": 1])
            #expect(try await desk.now(early)["status"]?.text == "open")
            #expect(try await desk.now(whole)["status"]?.text == "open")
            try desk.expectFolds()
            // A comes back, and B waits for it again.
            let begun = #"{"status": "in_progress", "reason": "R"}"#
            let resumed = try await desk.ended(
                try await desk.order(#"{"filter": {"status": "completed"}, "change": {"status": \#(begun)}}"#),
                turn: turn)
            #expect([resumed.changed, resumed.refused] == [5, 1])
            #expect(desk.reasons(resumed) == ["blocked": 1])
            #expect(try await desk.now(second)["status"]?.text == "completed")
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test(
        "an undo brings parents, parts, blockers and what waits back to where each was, wherever turns are cut (K5)",
        arguments: [1, 2, 200])
    func undone(turn: Int) async throws {
        try await Desk.run { desk in
            let whole = try await desk.next("Whole")
            let part = try await desk.part("Part", of: whole)
            let waiting = try await desk.next("Waits")
            let blocker = try await desk.next("Blocker")
            try await desk.wait(waiting, for: blocker)
            for task in [part, whole, blocker, waiting] { try await desk.move(task, to: .completed) }
            let before = try desk.rows()
            desk.clock.advance(by: .seconds(60))
            let reopening = #"{"status": "open", "reason": "R"}"#
            let job = try await desk.ended(
                try await desk.order(#"{"filter": {"status": "completed"}, "change": {"status": \#(reopening)}}"#),
                turn: turn)
            #expect([job.changed, job.refused] == [4, 0])
            try desk.expectFolds()
            let undone = try await desk.undo(job, turn: turn)
            #expect([undone.undo.restored, undone.undo.kept] == [4, 0])
            #expect(try desk.rows() == before)
            try desk.expectFolds()
            try desk.expectStreamWithoutGaps()
        }
    }

    @Test("what was begun or ended by force is undone although something stands against it still (K5)")
    func forced() async throws {
        try await Desk.run { desk in
            let (waiting, blocker) = (try await desk.next("Waits"), try await desk.next("Blocker"))
            try await desk.wait(waiting, for: blocker)
            let whole = try await desk.next("Whole")
            _ = try await desk.part("Part", of: whole)
            let force = #", "force": true, "reason": "R""#
            try await desk.move(waiting, to: .inProgress, more: force)
            try await desk.move(whole, to: .inProgress)
            let before = try desk.rows()
            let job = try await desk.finish(
                #"{"filter": {"status": "in_progress"}, "change": {"status": {"status": "completed"\#(force)}}}"#)
            #expect([job.changed, job.refused] == [2, 0])
            for task in [waiting, whole] {
                let entry = try await desk.all("\(task.path)/activity").first
                #expect(entry?["changes"]?["forced"]?["to"]?.flag == true)
            }
            try desk.expectFolds()
            let undone = try await desk.undo(job)
            #expect([undone.undo.restored, undone.undo.kept] == [2, 0])
            #expect(try desk.rows() == before)
            try desk.expectFolds()
        }
    }

    @Test("what holds a task holds it in a job: what it waits for, its open parts, a ticket that has ended (F4)")
    func refused() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let required = try await desk.next(
                "Required", more: #", "is_required": true, "subject": {"kind": "ticket", "id": "\#(ticket)"}"#)
            try await desk.move(required, to: .completed)
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now() WHERE id = '\(ticket)'")
            let high = #", "priority": "high""#
            let (waiting, blocker) = (try await desk.next("Waits", more: high), try await desk.next("Blocker"))
            try await desk.wait(waiting, for: blocker)
            let whole = try await desk.next("Whole", more: high)
            let part = try await desk.part("Part", of: whole)
            // What ends is told to its parent, and to what waits for it.
            let (above, after) = (try await desk.next("Above"), try await desk.next("After"))
            let free = try await desk.part("Free", of: above, more: high)
            try await desk.wait(after, for: free)
            let ending = try await desk.finish(
                #"{"filter": {"priority": "high"}, "change": {"status": {"status": "completed"}}}"#)
            #expect([ending.changed, ending.refused] == [1, 2])
            #expect(desk.reasons(ending) == ["blocked": 1, "open_subtasks": 1])
            #expect(try await desk.now(after)["is_blocked"]?.flag == false)
            #expect(try await desk.now(above)["subtasks"]?["open"]?.whole == 0)
            try desk.expectFolds()
            let force = #", "force": true, "reason": "R""#
            let reopening = try await desk.finish(
                #"{"filter": {"status": "completed"}, "change": {"status": {"status": "open"\#(force)}}}"#)
            #expect([reopening.changed, reopening.refused] == [1, 1])
            #expect(desk.reasons(reopening) == ["ticket_has_ended": 1])
            #expect(try await desk.now(required)["status"]?.text == "completed")
            #expect(try await desk.now(after)["is_blocked"]?.flag == true)
            #expect(try await desk.now(part)["status"]?.text == "open")
            try desk.expectFolds()
        }
    }

    @Test("an undo does not bring a required task back to a ticket that has ended since (F4)")
    func endedSince() async throws {
        try await Desk.run { desk in
            let ticket = try desk.ticket()
            let required = try await desk.next(
                "Required", more: #", "is_required": true, "subject": {"kind": "ticket", "id": "\#(ticket)"}"#)
            let other = try await desk.next("Other")
            let job = try await desk.finish(#"{"filter": {}, "change": {"status": {"status": "completed"}}}"#)
            try Rows.run("UPDATE tickets.ticket SET status = 'completed', completed_at = now()")
            let undone = try await desk.undo(job)
            #expect([undone.undo.restored, undone.undo.kept] == [1, 1])
            #expect(try await desk.now(required)["status"]?.text == "completed")
            #expect(try await desk.now(other)["status"]?.text == "open")
        }
    }

    @Test("a task whose parent somebody holds is neither waited for nor passed over (ADR-0016)")
    func heldParent() async throws {
        try await Desk.run { desk in
            let high = #", "priority": "high""#
            let (first, parent) = (try await desk.next("First", more: high), try await desk.next("Whole"))
            let part = try await desk.part("Part", of: parent, more: high)
            let last = try await desk.next("Last", more: high)
            let path = try await desk.order(
                #"{"filter": {"priority": "high"}, "change": {"status": {"status": "completed"}}}"#)
            let (scope, options) = (
                Scope.workspace(desk.company.id), TransactionOptions(deadline: .seconds(60))
            )
            try await desk.service.database.transaction(in: scope, options) { tx in
                _ = try await tx.query(
                    """
                    SELECT t.id FROM tasks.task AS t
                    WHERE t.workspace_id = \(desk.company.id) AND t.title = 'Whole'
                    FOR NO KEY UPDATE OF t
                    """)
                try await running(desk.service.assembly.workers) {
                    try await eventually("the job stands before the part") {
                        let job = try await desk.job(path)
                        return job.done == 1 && job.status == .running
                    }
                }
            }
            let job = try await desk.ended(path)
            #expect([job.done, job.changed] == [3, 3])
            for task in [first, part, last] { #expect(try await desk.now(task)["status"]?.text == "completed") }
            try desk.expectFolds()
        }
    }

    @Test("a turn waits for tickets in the order of their ids, and holds none above the one it waits for (ADR-0020)")
    func ticketsInOrder() async throws {
        try await Desk.run { desk in
            let tickets = [try desk.ticket(), try desk.ticket()].sorted()
            for ticket in tickets.reversed() {
                let task = try await desk.next(
                    "Required", more: #", "is_required": true, "subject": {"kind": "ticket", "id": "\#(ticket)"}"#)
                try await desk.move(task, to: .completed)
            }
            let reopening = #"{"status": "open", "reason": "R"}"#
            let path = try await desk.order(
                #"{"filter": {"status": "completed"}, "change": {"status": \#(reopening)}}"#)
            let (scope, options) = (
                Scope.workspace(desk.company.id), TransactionOptions(deadline: .seconds(60))
            )
            try await running(desk.service.assembly.workers) {
                try await desk.service.database.transaction(in: scope, options) { tx in
                    let lock = try await tx.query(
                        "SELECT tickets.lock_ticket(\(desk.company.id), \(tickets[0])) AS status")
                    #expect(try lock.text("status") == "open")
                    try await eventually("the turn waits") {
                        try Rows.count(
                            "pg_stat_activity", where: "datname = current_database() AND wait_event_type = 'Lock'") > 0
                    }
                    let free = try Rows.of(
                        "SELECT id FROM tickets.ticket WHERE id = '\(tickets[1])' FOR NO KEY UPDATE SKIP LOCKED")
                    #expect(free == ["\(tickets[1])"])
                }
                try await eventually("the job has ended") { try await desk.job(path).status == .completed }
            }
            #expect(try await desk.job(path).changed == 2)
        }
    }
}
