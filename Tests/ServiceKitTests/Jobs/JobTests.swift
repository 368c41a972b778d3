import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Bulk jobs (K5, A10, C6)", .scratchDatabase(ItemJobs.template))
struct JobTests {
    @Test("a job changes what its filter means, in turns, each record once and with its activity")
    func whole() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(35)
            try desk.fill(5, status: "other", from: 100)
            let path = try await desk.begin(where: #"{"status": "open"}"#)
            let queued = try await desk.job(path)
            #expect(queued.status == .queued)
            #expect(queued.total == 35)
            #expect(queued.startedAt == nil)
            #expect(try await desk.turns(2) == 2)
            let half = try await desk.job(path)
            #expect(half.status == .running)
            #expect([half.done, half.changed, half.version] == [20, 20, 3])
            #expect(try await desk.turns() == 3, "10 and 5 more, and one that finds nothing")
            let ended = try await desk.job(path)
            #expect(ended.status == .completed)
            #expect([ended.done, ended.changed, ended.unchanged, ended.refused] == [35, 35, 0, 0])
            #expect(ended.finishedAt != nil)
            #expect(try desk.chains() == ["1|0|5", "2|1|35"])
            let entries = try desk.sql("SELECT DISTINCT verb, actor_kind, actor_id, changes::text FROM core.activity")
            #expect(entries == [#"updated|user|\#(desk.manager)|{"status": {"to": "done", "from": "open"}}"#])
        }
    }

    @Test("whoever is told of a turn's activity finds it: the hint comes after the commit")
    func hintsAfterCommit() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(3)
            _ = try await desk.begin()
            let database = desk.service.database
            let handlers = ItemJobsDefinition.bulk(on: database, clock: desk.service.clock.service).handlers
            let timers = TimerStore(database: database, service: .identity)
            var mark = TimerMark()
            let due = try await timers.claim([.bulkJob], limit: 1, lease: .seconds(30), from: &mark)
            let timer = try #require(due.first)
            var heard = database.listen(to: [ActivityHint.channel, "fence"]).makeAsyncIterator()
            func next(after payload: String) async -> Database.Notification? {
                database.hint("fence", payload)
                return await heard.next()
            }
            // What the request told of has come by then.
            for payload in ["1", "2"] {
                var note = await next(after: payload)
                while note != .message(channel: "fence", payload: payload) { note = await heard.next() }
            }
            let turn = try await database.transaction(in: .workspace(desk.workspace)) { tx in
                _ = try await tx.query(
                    """
                    SELECT t.kind FROM core.timer AS t WHERE t.workspace_id = \(desk.workspace) FOR UPDATE
                    """)
                let turn = Task { try await handlers[0].perform(timer, timers) }
                // All is done but the timer's end.
                try await eventually("the turn waits") {
                    try desk.sql(
                        """
                        SELECT pid FROM pg_stat_activity
                        WHERE wait_event_type = 'Lock' AND datname = current_database()
                        """
                    ).count == 1
                }
                #expect(await next(after: "3") == .message(channel: "fence", payload: "3"))
                return turn
            }
            try await turn.value
            #expect(await heard.next() == .message(channel: ActivityHint.channel, payload: ""))
        }
    }

    @Test("what is so already is unchanged; what a rule forbids is counted by its reason and listed page by page")
    func refused() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(4)
            try desk.fill(3, status: "done", from: 10)
            try desk.fill(5, status: "fixed", from: 20)
            try desk.fill(1, status: "fixed_too", from: 30)
            let path = try await desk.begin()
            try await desk.turns()
            let job = try await desk.job(path)
            #expect([job.done, job.changed, job.unchanged, job.refused] == [13, 4, 3, 6])
            #expect(
                job.refusals == [JobRefusal(code: "fixed", count: 5), JobRefusal(code: "fixed_too", count: 1)])
            let first = try await desk.send(.get, "\(path)/items?limit=4")
            #expect(first.json["items"]?.items.compactMap { $0["code"]?.text } == Array(repeating: "fixed", count: 4))
            let cursor = try #require(first.json["next_cursor"]?.text)
            let second = try await desk.send(.get, "\(path)/items?limit=4&cursor=\(cursor)")
            #expect(second.json["items"]?.items.compactMap { $0["code"]?.text } == ["fixed", "fixed_too"])
            #expect(second.json["next_cursor"] == .null)
        }
    }

    @Test("reasons beyond the 15th are counted together, so that a job stays small")
    func manyReasons() async throws {
        try await ItemDesk.run { desk in
            for (number, letter) in "abcdefghijklmnopqrst".enumerated() {
                try desk.fill(1, status: "fixed_\(letter)", from: number)
            }
            let path = try await desk.begin()
            try await desk.turns()
            let job = try await desk.job(path)
            #expect(job.refused == 20)
            #expect(job.refusals.count == JobLimits.reasons)
            #expect(job.refusals.last == JobRefusal(code: "other", count: 5))
        }
    }

    @Test("records made after the job, or changed so that the filter means them no more, are left alone")
    func moving() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(30)
            let path = try await desk.begin(where: #"{"status": "open"}"#)
            try await desk.turns(1)
            let young = ID<AnyRecord>.make(at: Timestamp.now.adding(.seconds(60)))
            try desk.sql("INSERT INTO identity.item VALUES ('\(desk.workspace)', '\(young)', 'open', 1)")
            try desk.sql("UPDATE identity.item SET status = 'other', version = 2 WHERE id::text LIKE '%15'")
            try await desk.turns()
            let job = try await desk.job(path)
            #expect(job.status == .completed)
            #expect([job.total, job.done, job.changed] == [30, 29, 29])
            #expect(try desk.count("status = 'open'") == 1)
            #expect(try desk.count("status = 'other'") == 1)
        }
    }

    @Test("a role that is lost on the way ends the job: nothing more changes, and it says why")
    func permissionLost() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(30)
            let path = try await desk.begin()
            try await desk.turns(1)
            try desk.sql("UPDATE identity.person SET role = 'viewer'")
            #expect(try await desk.turns() == 1)
            let job = try await desk.job(path)
            #expect(job.status == .failed)
            #expect(job.failure == "permission_lost")
            #expect(job.changed == 10)
            #expect(try desk.chains() == ["1|0|20", "2|1|10"])
            try desk.sql("UPDATE identity.person SET role = 'manager', is_active = false")
            let other = try await desk.begin()
            try await desk.turns()
            let second = try await desk.job(other)
            #expect(second.failure == "permission_lost", "somebody who was deactivated may nothing")
        }
    }

    @Test("a credential that allows less than its person's role allows no more in a job")
    func narrowCredential() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(3)
            try desk.employ(desk.manager.other, role: .administrator)
            let path = try await desk.begin(as: desk.manager.other)
            let kept = try desk.sql("SELECT 'teams:write' = ANY (permissions) FROM core.job")
            #expect(kept == ["t"])
            try desk.sql("UPDATE core.job SET permissions = '{workspace:read}'")
            try await desk.turns()
            let job = try await desk.job(path)
            #expect(job.failure == "permission_lost")
        }
    }

    @Test("a turn that fails again and again ends the job in its tenth try, and frees its place")
    func hopeless() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(3)
            let path = try await desk.begin("broken")
            for _ in 1..<JobRun<ItemJobs>.tries {
                await #expect(throws: ItemJobs.Broken.self) { try await desk.turns(1) }
                try desk.sql("UPDATE core.timer SET due_at = now()")
            }
            let before = try await desk.job(path)
            #expect(before.status == .queued)
            #expect(try await desk.turns(1) == 1)
            let job = try await desk.job(path)
            #expect(job.status == .failed)
            #expect(job.failure == "internal_error")
            let places = try desk.sql("SELECT count(*) FROM core.job WHERE slot IS NOT NULL")
            #expect(places == ["0"])
        }
    }

    @Test("a cancelled job changes nothing more, not even by the turn that runs at that moment")
    func cancelled() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(30)
            let path = try await desk.begin()
            try await desk.turns(1)
            let timers = TimerStore(database: desk.service.database, service: .identity)
            var mark = TimerMark()
            let claimed = try await timers.claim([.bulkJob], limit: 1, lease: .seconds(30), from: &mark)
            let timer = try #require(claimed.first)
            let answer = try await desk.send(.post, "\(path)/cancel")
            #expect(answer.status == 200)
            #expect(answer.json["status"]?.text == "cancelled")
            let handlers = ItemJobsDefinition.bulk(on: desk.service.database, clock: .system).handlers
            await #expect(throws: TimerLeaseLost.self) { try await handlers[0].perform(timer, timers) }
            #expect(try await desk.turns() == 0)
            #expect(try desk.chains() == ["1|0|20", "2|1|10"])
            let again = try await desk.send(.post, "\(path)/cancel")
            #expect(again.code == "job_ended")
        }
    }

    @Test("a workspace has five jobs under way; a sixth is 409, one that ended leaves its place, others have their own")
    func places() async throws {
        try await ItemDesk.run { desk in
            let first = try await desk.begin()
            for _ in 2...JobLimits.slots { _ = try await desk.begin() }
            let body = #"{"filter": {}, "change": {"status": "done"}}"#
            let sixth = try await desk.send(.post, "/v1/items/jobs", body)
            #expect(sixth.status == 409)
            #expect(sixth.code == "too_many_jobs")
            let other = try ItemDesk.desk(desk.service)
            _ = try await other.begin()
            _ = try await desk.send(.post, "\(first)/cancel")
            _ = try await desk.begin()
            let undone = try await desk.send(.post, "\(first)/undo")
            #expect(undone.code == "too_many_jobs", "an undo needs a place too")
        }
    }

    @Test("of many jobs that begin at one moment as many begin as there are places; the others are 409 (S-11)")
    func crowd() async throws {
        try await ItemDesk.run { desk in
            let body = #"{"filter": {}, "change": {"status": "done"}}"#
            let codes = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<24 {
                    group.addTask {
                        let answer = try await desk.send(.post, "/v1/items/jobs", body)
                        return answer.status == 202 ? "begun" : answer.code ?? "\(answer.status)"
                    }
                }
                return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(codes == ["begun": JobLimits.slots, "too_many_jobs": 24 - JobLimits.slots])
        }
    }

    @Test("a filter that means more records than a job may change is 422")
    func tooMany() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(JobLimits.records + 1)
            let body = #"{"filter": {}, "change": {"status": "done"}}"#
            let answer = try await desk.send(.post, "/v1/items/jobs", body)
            #expect(answer.status == 422)
            #expect(answer.code == "too_many_records")
            #expect(answer.pointers == ["/filter"])
            let jobs = try desk.sql("SELECT count(*) FROM core.job")
            #expect(jobs == ["0"])
        }
    }
}

extension ID {
    /// An id that differs in its last place.
    fileprivate var other: ID { ID(String(description.dropLast()) + (description.last == "0" ? "1" : "0")) ?? self }
}
