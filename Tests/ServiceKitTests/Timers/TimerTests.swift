import FoundationEssentials
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

extension TimerKind {
    static let reminder = TimerKind(rawValue: "reminder")
}

/// Notes which timers ran, each time in the timer's own transaction.
final class Bell: Sendable {
    private let rung = Mutex<[TimerJob]>([])
    var jobs: [TimerJob] { rung.withLock { $0 } }

    func ring(_ job: TimerJob, _ transaction: Transaction) async throws -> TimerOutcome {
        _ = try await transaction.query(
            """
            INSERT INTO identity.effect (workspace_id, id, times) VALUES (\(job.workspace), \(job.subject), 1)
            ON CONFLICT ON CONSTRAINT pk_effect DO UPDATE SET times = effect.times + 1
            """)
        rung.withLock { $0.append(job) }
        return .done
    }
}

@Suite("Timers", .scratchDatabase(Effect.template))
struct TimerTests {
    private func worker(
        _ database: Database, _ handlers: TimerHandler..., configure: (inout TimerLimits) -> Void = { _ in }
    ) -> TimerWorker {
        var limits = TimerLimits()
        limits.pollInterval = .milliseconds(20)
        configure(&limits)
        let store = TimerStore(database: database, service: .identity)
        return TimerWorker(store: store, handlers: handlers, limits: limits, logger: .silent)
    }

    private func set(
        _ database: Database, _ subject: ID<AnyRecord> = .make(at: .now), in workspace: ID<Workspace> = .make(at: .now),
        at due: Timestamp = .now
    ) async throws {
        let timers = TimerStore(database: database, service: .identity)
        _ = try await database.write(
            in: .workspace(workspace), timers.schedule(.reminder, of: subject, in: workspace, at: due))
    }

    private func count(_ database: Database, _ condition: SQL = "true") async throws -> Int {
        try await database.query(
            .point, in: .none, "SELECT count(*) AS n FROM core.timer WHERE service = 'identity' AND \(condition)"
        ).value("n")
    }

    @Test("a timer runs once when it is due, and not before")
    func due() async throws {
        try await ScratchDatabase.current.withService { database in
            let bell = Bell()
            let subject = ID<AnyRecord>.make(at: .now)
            try await set(database, subject)
            try await set(database, at: Timestamp.now.adding(.seconds(3_600)))
            try await running([worker(database, TimerHandler(.reminder, effect: bell.ring))]) {
                try await eventually("the due one is gone") { try await count(database) == 1 }
            }
            #expect(bell.jobs.map(\.subject) == [subject])
            #expect(bell.jobs.first?.attempt == 1)
        }
    }

    @Test("setting a timer again moves it, and forgets its tries")
    func moved() async throws {
        try await ScratchDatabase.current.withService { database in
            let subject = ID<AnyRecord>.make(at: .now)
            let workspace = ID<Workspace>.make(at: .now)
            let later = Timestamp.now.adding(.seconds(86_400))
            try await set(database, subject, in: workspace)
            _ = try await database.write(in: .none, "UPDATE core.timer SET attempt = 7, dead_at = now(), error = 'x'")
            try await set(database, subject, in: workspace, at: later)
            #expect(try await count(database) == 1)
            let unmoved: SQL = "attempt = 0 AND dead_at IS NULL AND error IS NULL AND due_at = \(later)"
            #expect(try await count(database, unmoved) == 1)
            let timers = TimerStore(database: database, service: .identity)
            _ = try await database.write(in: .none, timers.cancel(.reminder, of: subject, in: workspace))
            #expect(try await count(database) == 0)
        }
    }

    @Test("a timer that is moved while it runs is not finished: what it did is undone, and it runs at its new time")
    func movedWhileRunning() async throws {
        try await ScratchDatabase.current.withService { database in
            let bell = Bell()
            let subject = ID<AnyRecord>.make(at: .now)
            let workspace = ID<Workspace>.make(at: .now)
            let isMoved = Mutex(false)
            try await set(database, subject, in: workspace)
            let handler = TimerHandler(.reminder) { job, transaction in
                let outcome = try await bell.ring(job, transaction)
                let isFirst = isMoved.withLock { moved in
                    defer { moved = true }
                    return !moved
                }
                if isFirst { try await set(database, subject, in: workspace) }
                return outcome
            }
            try await running([worker(database, handler)]) {
                try await eventually("it ran again and is gone") { try await count(database) == 0 }
            }
            #expect(bell.jobs.count == 2)
            let effects = try await Effect.count()
            #expect(effects.entries == 1)
            #expect(effects.repeats == 0, "the first run's effect was undone")
        }
    }

    @Test("a timer that recurs is set again by its own effect")
    func again() async throws {
        try await ScratchDatabase.current.withService { database in
            let bell = Bell()
            try await set(database)
            let handler = TimerHandler(.reminder) { job, transaction in
                _ = try await bell.ring(job, transaction)
                return bell.jobs.count < 3 ? .again(at: .now) : .done
            }
            try await running([worker(database, handler)]) {
                try await eventually("it is done") { try await count(database) == 0 }
            }
            #expect(bell.jobs.map(\.attempt) == [1, 1, 1])
        }
    }

    @Test("a timer that fails is tried again with growing waits, then given up where everybody can see it")
    func deadLetter() async throws {
        struct Refused: Error {}
        try await ScratchDatabase.current.withService { database in
            let tries = Mutex(0)
            try await set(database)
            let retry = TimerRetry(attempts: 3, base: .milliseconds(5))
            let handler = TimerHandler(
                .reminder, retry: retry, work: { _ in tries.withLock { $0 += 1 } },
                effect: { _, _, _ in throw Refused() })
            let timers = TimerStore(database: database, service: .identity)
            try await running([worker(database, handler)]) {
                try await eventually("it is given up") { try await timers.load().dead == 1 }
            }
            #expect(tries.withLock { $0 } == 3)
            #expect(try await count(database, "error = 'Refused' AND lease_id IS NULL AND attempt = 3") == 1)
            #expect(try await timers.load().due == 0)
        }
    }

    @Test("waits double up to their limit", arguments: [(1, 1), (2, 2), (3, 4), (5, 10), (9, 10)])
    func waits(_ attempt: Int, _ seconds: Int) {
        let retry = TimerRetry(attempts: 10, base: .seconds(1), limit: .seconds(10))
        #expect(retry.delay(after: attempt, jitter: 1) == .seconds(seconds))
        #expect(retry.delay(after: 10, jitter: 1) == nil)
    }

    @Test("a timer that runs too long is cancelled and counts as failed")
    func tooLong() async throws {
        try await ScratchDatabase.current.withService { database in
            try await set(database)
            let handler = TimerHandler(
                .reminder, retry: TimerRetry(attempts: 1),
                work: { _ in try await Task.sleep(for: .seconds(3_600)) }, effect: { _, _, _ in .done })
            let timers = TimerStore(database: database, service: .identity)
            try await running([worker(database, handler) { $0.deadline = .milliseconds(50) }]) {
                try await eventually("it is given up") { try await timers.load().dead == 1 }
            }
        }
    }

    @Test("SC-8: a timer whose worker was killed in the middle runs again no later than its lease and five seconds")
    func killed() async throws {
        let scratch = try ScratchDatabase.current
        try await scratch.withService { database in
            let bell = Bell()
            let tries = Mutex(0)
            try await set(database)
            try await scratch.withService { doomed in
                let stuck = TimerHandler(
                    .reminder,
                    work: { _ in
                        tries.withLock { $0 += 1 }
                        try await Task.sleep(for: .seconds(3_600))
                    }, effect: { _, _, _ in .done })
                try await running([worker(doomed, stuck) { $0.lease = .seconds(2) }], isBrokenOff: true) {
                    try await eventually("it is under way") { tries.withLock { $0 } == 1 }
                    await doomed.close(drainFor: .zero)
                }
            }
            let killed = ContinuousClock.now
            try await running([worker(database, TimerHandler(.reminder, effect: bell.ring))]) {
                try await eventually("another has run it") { try await count(database) == 0 }
            }
            #expect(ContinuousClock.now - killed < .seconds(2 + 5))
            #expect(bell.jobs.map(\.attempt) == [2])
        }
    }

    @Test("a kind without a handler is left to others")
    func unknownKind() async throws {
        try await ScratchDatabase.current.withService { database in
            let bell = Bell()
            let workspace = ID<Workspace>.make(at: .now)
            let timers = TimerStore(database: database, service: .identity)
            let other = timers.schedule(TimerKind(rawValue: "newer"), of: .make(at: .now), in: workspace, at: .now)
            _ = try await database.write(in: .workspace(workspace), other)
            try await set(database)
            try await running([worker(database, TimerHandler(.reminder, effect: bell.ring))]) {
                try await eventually("ours is done") { try await count(database) == 1 }
            }
            #expect(try await count(database, "kind = 'newer' AND attempt = 0") == 1)
        }
    }

    @Test("a fragment of a write sets a timer for each changed record, or none")
    func fragment() async throws {
        try await ScratchDatabase.current.withService { database in
            let context = WriteContext.sample()
            let timers = TimerStore(database: database, service: .identity)
            _ = try await ItemStore(database: database).create(.make(at: .now), context)
            for (status, expected) in [("closed", 0), ("open", 1)] {
                _ = try await database.write(
                    in: context.scope,
                    """
                    WITH changed AS (
                        UPDATE identity.item SET version = version + 1
                        WHERE workspace_id = \(context.workspace) AND status = \(status)
                        RETURNING id, version),
                    timer AS (\(timers.schedule(.reminder, ofEach: "changed", in: context.workspace, at: .now)))
                    SELECT id FROM changed
                    """)
                #expect(try await count(database) == expected)
            }
        }
    }
}
