import FoundationEssentials
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

/// How often each subject ran to the end of its work, and how late.
private final class Tally: Sendable {
    private let runs = Mutex<[ID<AnyRecord>: Int]>([:])

    var repeats: Int { runs.withLock { $0.values.reduce(0) { $0 + $1 - 1 } } }
    var subjects: Int { runs.withLock { $0.count } }

    func note(_ job: TimerJob) { runs.withLock { $0[job.subject, default: 0] += 1 } }
}

/// How far the crew is.
private final class Progress: Sendable {
    private let left: Mutex<Int>
    private let done = Mutex(false)

    init(kills: Int) { left = Mutex(kills) }

    var killsLeft: Int { left.withLock { $0 } }
    var isDone: Bool { done.withLock { $0 } }
    func noteKill() { left.withLock { $0 -= 1 } }
    func finish() { done.withLock { $0 = true } }
}

@Suite("SC-8: a crew of timer workers", .scratchDatabase(Effect.template), .timeLimit(.minutes(5)))
struct TimerCrewTests {
    static let jobs = 10_000
    static let kills = 20
    static let concurrency = 16

    @Test("four workers run ten thousand timers, while one is killed twenty times: none is lost, few are repeated")
    func crew() async throws {
        let scratch = try ScratchDatabase.current
        let tally = Tally()
        try await scratch.withService { database in
            _ = try await database.write(
                in: .none,
                """
                INSERT INTO core.timer (workspace_id, service, kind, subject_id, scheduled_at, due_at)
                SELECT ('00000000-0000-7000-8000-0000000000' || lpad((i % 40)::text, 2, '0'))::uuid, 'identity',
                    'reminder', gen_random_uuid(), now(), now() + i * interval '1.5 milliseconds'
                FROM generate_series(1, \(Int32(Self.jobs))) AS i
                """, timeouts: WriteTimeouts(statement: .seconds(30), deadline: .seconds(30)))
        }
        let progress = Progress(kills: Self.kills)
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<4 {
                // One is killed again and again: its connections are cut under it, wherever it is just then.
                group.addTask { try await self.work(scratch, tally, progress, isDoomed: number == 0) }
            }
            group.addTask { try await self.watch(scratch, progress) }
        }
        #expect(tally.subjects == Self.jobs, "each ran at least once")
        #expect(tally.repeats <= Self.kills * Self.concurrency, "a kill repeats no more than what was claimed")
        let effects = try await Effect.count()
        #expect(effects.entries == Self.jobs)
        #expect(effects.repeats == 0, "an effect is committed once, with the timer's end")
    }

    /// Works until all is done, beginning anew after each kill.
    private func work(
        _ scratch: ScratchDatabase, _ tally: Tally, _ progress: Progress, isDoomed: Bool
    ) async throws {
        while !progress.isDone {
            try await scratch.withService { database in
                try await running([worker(database, tally)], isBrokenOff: isDoomed) {
                    let dies = isDoomed && progress.killsLeft > 0
                    let start = ContinuousClock.now
                    try await eventually(within: .seconds(240), "all are done or it is killed") {
                        progress.isDone || dies && ContinuousClock.now - start > .milliseconds(250)
                    }
                    guard dies else { return }
                    progress.noteKill()
                    await database.close(drainFor: .zero)
                }
            }
        }
    }

    private func watch(_ scratch: ScratchDatabase, _ progress: Progress) async throws {
        defer { progress.finish() }
        try await scratch.withService { database in
            try await eventually(within: .seconds(240), "nothing is left and all kills were made") {
                let rows = try await database.query(
                    .point, in: .none, "SELECT count(*) AS n FROM core.timer WHERE service = 'identity'")
                return try rows.value("n", as: Int.self) == 0 && progress.killsLeft == 0
            }
        }
    }

    private func worker(_ database: Database, _ tally: Tally) -> TimerWorker {
        var limits = TimerLimits()
        limits.concurrency = Self.concurrency
        limits.lease = .seconds(2)
        limits.deadline = .seconds(1)
        limits.pollInterval = .milliseconds(50)
        let bell = Bell()
        let handler = TimerHandler(
            .reminder, work: { tally.note($0) },
            effect: { job, _, transaction in try await bell.ring(job, transaction) })
        let store = TimerStore(database: database, service: .identity)
        return TimerWorker(store: store, handlers: [handler], limits: limits, logger: .silent)
    }
}
