import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import ServiceKit

/// Whether the job of a test has ended.
private final class Ending: Sendable {
    private let reached = Mutex(false)
    var isReached: Bool { reached.withLock { $0 } }
    func reach() { reached.withLock { $0 = true } }
}

@Suite("Bulk jobs outlive their workers", .scratchDatabase(ItemJobs.template), .timeLimit(.minutes(5)))
struct JobCrewTests {
    /// A worker that looks often, so that a killed one's lease is soon another's.
    private func worker(_ database: Database, turn: Int) -> TimerWorker {
        var limits = TimerLimits()
        limits.lease = .seconds(1)
        limits.deadline = .milliseconds(900)
        limits.pollInterval = .milliseconds(20)
        let bulk = ItemJobsDefinition.bulk(on: database, clock: .system, turn: turn)
        return TimerWorker(
            store: TimerStore(database: database, service: .identity), handlers: bulk.handlers, limits: limits,
            logger: .silent)
    }

    @Test("two replicas of which one is killed eight times change each record exactly once, forwards and backwards")
    func killed() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(4_000)
            let path = try await desk.begin()
            try await work(desk, kills: 4) { try await desk.job(path).status == .completed }
            let job = try await desk.job(path)
            #expect([job.total, job.done, job.changed] == [4_000, 4_000, 4_000])
            #expect(try desk.chains() == ["2|1|4000"])
            #expect(try desk.sql("SELECT count(*) FROM core.job_item WHERE version = 2") == ["4000"])
            try desk.sql("UPDATE identity.item SET version = 3 WHERE id::text LIKE '%00'")
            _ = try await desk.send(.post, "\(path)/undo")
            try await work(desk, kills: 4) { try await desk.job(path).status == .undone }
            let undone = try await desk.job(path)
            #expect([undone.undo.restored, undone.undo.kept] == [3_960, 40])
            #expect(try desk.count("status = 'open' AND version = 3") == 3_960)
            #expect(try desk.count("status = 'done' AND version = 3") == 40)
        }
    }

    /// Works with two replicas, one of which is cut off from the database again and again, until `isDone`.
    private func work(
        _ desk: ItemDesk, kills: Int, _ isDone: @escaping @Sendable () async throws -> Bool
    ) async throws {
        let scratch = try ScratchDatabase.current
        let ending = Ending()
        try await withThrowingDiscardingTaskGroup { group in
            for isDoomed in [true, false] {
                group.addTask {
                    var left = isDoomed ? kills : 0
                    while !ending.isReached {
                        try await scratch.withService { database in
                            try await running([worker(database, turn: 40)], isBrokenOff: isDoomed) {
                                let start = ContinuousClock.now
                                try await eventually(within: .seconds(200), "the job has ended or it is killed") {
                                    ending.isReached
                                        || left > 0 && ContinuousClock.now - start > .milliseconds(150)
                                }
                                guard left > 0 else { return }
                                left -= 1
                                await database.close(drainFor: .zero)
                            }
                        }
                    }
                    #expect(left == 0, "the job has ended before so many kills")
                }
            }
            group.addTask {
                defer { ending.reach() }
                try await eventually(within: .seconds(200), "the job has ended") { try await isDone() }
            }
        }
    }

    @Test("a record that somebody holds is neither waited for nor passed over; its history keeps the stream's order")
    func held() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(30)
            let path = try await desk.begin()
            let held = ID<AnyRecord>("00000000-0000-7000-8000-000000000015") ?? .sample
            let scope = Scope.workspace(desk.workspace)
            let options = TransactionOptions(deadline: .seconds(60))
            try await desk.service.database.transaction(in: scope, options) { tx in
                _ = try await tx.query(
                    """
                    UPDATE identity.item SET status = 'theirs', version = version + 1
                    WHERE workspace_id = \(desk.workspace) AND id = \(held)
                    """)
                let context = WriteContext.sample(workspace: desk.workspace)
                _ = try await tx.query(context.recorded(Item.kind, held, version: 2, verb: .updated))
                #expect(try await desk.turns(2) == 2)
                let before = try await desk.job(path)
                #expect(before.done == 14, "10, then the 4 before the one that is held")
                #expect(try await desk.turns(1) == 1)
                #expect(try await desk.job(path).version == before.version, "nothing can be done just now")
            }
            try desk.sql("UPDATE core.timer SET due_at = now()")
            try await desk.turns()
            let job = try await desk.job(path)
            #expect([job.done, job.changed] == [30, 30])
            let versions = try desk.sql(
                "SELECT version FROM core.activity WHERE subject_id = '\(held)' ORDER BY xid, id")
            #expect(versions == ["2", "3"])
        }
    }
}
