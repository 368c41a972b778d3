import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Bulk jobs are undone", .scratchDatabase(ItemJobs.template))
struct JobUndoTests {
    /// A job over 30 items that has ended, of which `touched` were changed by somebody since.
    private func ended(_ desk: ItemDesk, touched: Int = 0) async throws -> String {
        try desk.fill(25)
        try desk.fill(5, status: "other", from: 100)
        let path = try await desk.begin()
        try await desk.turns()
        try desk.sql(
            """
            UPDATE identity.item SET version = version + 1
            WHERE id IN (SELECT id FROM identity.item ORDER BY id LIMIT \(touched))
            """)
        return path
    }

    @Test("exactly what nobody has changed since becomes what it was, once, as a change of its own")
    func exactly() async throws {
        try await ItemDesk.run { desk in
            let path = try await ended(desk, touched: 7)
            let answer = try await desk.send(.post, "\(path)/undo", nil, ["Idempotency-Key": "undo"])
            #expect(answer.status == 202)
            #expect(answer.json["status"]?.text == "undoing")
            try await desk.turns()
            let job = try await desk.job(path)
            #expect(job.status == .undone)
            #expect([job.undo.restored, job.undo.kept] == [23, 7])
            #expect(try desk.count("status = 'done' AND version = 3") == 7)
            #expect(try desk.count("status = 'open' AND version = 3") == 18)
            #expect(try desk.count("status = 'other' AND version = 3") == 5)
            let verbs = try desk.sql("SELECT verb, count(*) FROM core.activity GROUP BY 1 ORDER BY 1")
            #expect(verbs == ["restored|23", "updated|30"])
            let told = try desk.sql(
                "SELECT changes::text FROM core.activity WHERE verb = 'restored' ORDER BY subject_id DESC LIMIT 1")
            #expect(told == [#"{"status": {"to": "other", "from": "done"}}"#])
            let again = try await desk.send(.post, "\(path)/undo")
            #expect(again.code == "not_undoable")
            let replay = try await desk.send(.post, "\(path)/undo", nil, ["Idempotency-Key": "undo"])
            #expect(replay.bytes == answer.bytes)
            #expect(try await desk.turns() == 0)
        }
    }

    @Test("what a cancelled or failed job had changed is undone as well")
    func half() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(30)
            let path = try await desk.begin()
            try await desk.turns(2)
            _ = try await desk.send(.post, "\(path)/cancel")
            _ = try await desk.send(.post, "\(path)/undo")
            try await desk.turns()
            #expect(try await desk.job(path).undo.restored == 20)
            #expect(try desk.count("status = 'open'") == 30)
        }
    }

    @Test("a record that was deleted since is kept as it is: not there")
    func deleted() async throws {
        try await ItemDesk.run { desk in
            let path = try await ended(desk)
            try desk.sql("DELETE FROM identity.item WHERE id::text LIKE '%3'")
            _ = try await desk.send(.post, "\(path)/undo")
            try await desk.turns()
            let job = try await desk.job(path)
            #expect(job.status == .undone)
            #expect([job.undo.restored, job.undo.kept] == [26, 4])
        }
    }

    @Test("an undo whose person loses the right ends, and somebody who has it goes on where it stood")
    func lostRight() async throws {
        try await ItemDesk.run { desk in
            let path = try await ended(desk)
            _ = try await desk.send(.post, "\(path)/undo")
            try await desk.turns(1)
            try desk.sql("UPDATE identity.person SET role = 'agent'")
            try await desk.turns()
            let failed = try await desk.job(path)
            #expect(failed.status == .failed)
            #expect([failed.undo.restored, failed.undo.kept] == [10, 0])
            let chief = try desk.employ(role: .administrator)
            let answer = try await desk.send(.post, "\(path)/undo", as: chief, role: .administrator)
            #expect(answer.status == 202)
            try await desk.turns()
            let job = try await desk.job(path)
            #expect(job.status == .undone)
            #expect([job.undo.restored, job.undo.kept] == [30, 0])
            #expect(try desk.chains() == ["3|2|30"])
        }
    }

    @Test("a job that runs, that is another's, or that ended more than a week ago is not undone")
    func impossible() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(3)
            let running = try await desk.begin()
            let early = try await desk.send(.post, "\(running)/undo")
            #expect(early.code == "not_undoable")
            try await desk.turns()
            let colleague = try desk.employ(role: .manager)
            for verb in ["undo", "cancel"] {
                let answer = try await desk.send(.post, "\(running)/\(verb)", as: colleague)
                #expect(answer.status == 403)
            }
            let foreign = try ItemDesk.desk(desk.service)
            for path in ["\(running)/undo", "\(running)/cancel"] {
                let answer = try await foreign.send(.post, path)
                #expect(answer.status == 404)
            }
            let stale = try await desk.send(.post, "\(running)/undo", nil, ["If-Match": "\"1\""])
            #expect(stale.status == 412)
            desk.service.clock.advance(by: JobLimits.undoable)
            let late = try await desk.send(.post, "\(running)/undo")
            #expect(late.code == "not_undoable")
        }
    }

    @Test("items are removed when nothing can be undone any more, the job after a month; never during an undo")
    func swept() async throws {
        try await ItemDesk.run { desk in
            let path = try await ended(desk)
            let due = try desk.sql("SELECT scheduled_at - now() > interval '7 days' FROM core.timer")
            #expect(due == ["t"])
            _ = try await desk.send(.post, "\(path)/undo")
            try await desk.sweep()
            #expect(try desk.sql("SELECT count(*) FROM core.job_item") == ["30"])
            try await desk.turns()
            try await desk.sweep()
            #expect(try desk.sql("SELECT count(*) FROM core.job_item") == ["0"])
            #expect(try await desk.job(path).changed == 30)
            desk.service.clock.advance(by: JobLimits.kept)
            try await desk.sweep()
            let gone = try await desk.send(.get, path)
            #expect(gone.status == 404)
            #expect(try desk.sql("SELECT count(*) FROM core.timer") == ["0"])
        }
    }
}
