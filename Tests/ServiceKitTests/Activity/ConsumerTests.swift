import FoundationEssentials
import Models
import Postgres
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// What a consumer was handed, in order, and which entries it is to fail on.
final class Witness: Sendable {
    private let seen = Mutex<[ActivityEntry]>([])
    private let poison = Mutex<Set<ID<AnyRecord>>>([])

    struct Poisoned: Error {}

    var entries: [ActivityEntry] { seen.withLock { $0 } }

    func refuse(_ subject: ID<AnyRecord>) { _ = poison.withLock { $0.insert(subject) } }
    func allow(_ subject: ID<AnyRecord>) { _ = poison.withLock { $0.remove(subject) } }

    /// An effect in the database, so that what was committed can be told from what was tried.
    func handle(_ batch: ActivityBatch, _ transaction: Transaction) async throws {
        for entry in batch.entries {
            if poison.withLock({ $0.contains(entry.subject) }) { throw Poisoned() }
            _ = try await transaction.query(
                """
                INSERT INTO identity.effect (workspace_id, id, times) VALUES (\(batch.workspace), \(entry.id), 1)
                ON CONFLICT ON CONSTRAINT pk_effect DO UPDATE SET times = effect.times + 1
                """)
        }
        seen.withLock { $0 += batch.entries }
    }
}

enum Effect {
    static let template = DatabaseTemplate.core(
        with: [
            MigratedSchema(
                .identity,
                Item.schema.migrations + [
                    Migration(
                        name: "m0003_effect",
                        sql: """
                            CREATE TABLE identity.effect (
                                workspace_id uuid NOT NULL, id uuid NOT NULL, times bigint NOT NULL,
                                CONSTRAINT pk_effect PRIMARY KEY (workspace_id, id));
                            ALTER TABLE identity.effect ENABLE ROW LEVEL SECURITY;
                            ALTER TABLE identity.effect FORCE ROW LEVEL SECURITY;
                            CREATE POLICY workspace ON identity.effect
                                USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
                            GRANT SELECT, INSERT, UPDATE ON identity.effect TO identity;
                            """)
                ])
        ], key: "effect")

    /// Committed effects of all workspaces: how many entries, and how many of them more than once.
    static func count() async throws -> (entries: Int, repeats: Int) {
        try await ScratchDatabase.current.withDatabase { database in
            let result = try await database.query(
                .scan, in: .none,
                "SELECT count(*) AS entries, count(*) FILTER (WHERE times > 1) AS repeats FROM identity.effect")
            return (try result.value("entries"), try result.value("repeats"))
        }
    }
}

/// Runs workers beside a test as a service's process does, and ends them in order after, or breaks them off.
func running<Value: Sendable>(
    _ workers: [any Service], isBrokenOff: Bool = false, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
) async throws -> Value {
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(
            services: workers.map { .init(service: $0, successTerminationBehavior: .ignore) },
            logger: .silent))
    let task = Task { try await group.run() }
    defer { task.cancel() }
    let value = try await body()
    if isBrokenOff { task.cancel() } else { await group.triggerGracefulShutdown() }
    _ = await task.result
    return value
}

@Suite("Consumers follow the stream", .scratchDatabase(Effect.template))
struct ConsumerTests {
    private func consumer(
        _ database: Database, _ witness: Witness, configure: (inout ConsumerLimits) -> Void = { _ in }
    ) -> ActivityConsumer {
        var limits = ConsumerLimits()
        limits.pollInterval = .milliseconds(20)
        limits.retryDelay = .milliseconds(10)
        configure(&limits)
        return ActivityConsumer(
            "witness", of: .identity, database: database, limits: limits, logger: .silent, handle: witness.handle)
    }

    @Test("consumers lose and skip nothing under late commits")
    func lateCommits() async throws {
        let witness = Witness()
        try await ScratchDatabase.current.withService(exclusiveConnections: 12) { database in
            let store = ItemStore(database: database)
            let contexts = (0..<5).map { _ in WriteContext.sample() }
            try await running([consumer(database, witness)]) {
                try await withThrowingDiscardingTaskGroup { group in
                    for writer in 0..<6 {
                        group.addTask {
                            for number in 0..<40 {
                                let context = contexts[(writer + number) % 5]
                                guard number % 8 == writer else {
                                    _ = try await store.create(.make(at: .now), context)
                                    continue
                                }
                                // Takes its place in the stream now and commits when others have long gone past.
                                try await database.transaction(in: context.scope) { transaction in
                                    let late = context.recorded(
                                        Item.kind, .make(at: .now), version: 1, verb: .created)
                                    _ = try await transaction.query(late)
                                    for _ in 0..<5 { _ = try await store.create(.make(at: .now), context) }
                                }
                            }
                        }
                    }
                }
                // 6 writers x 40 entries, of which 30 are late ones that bring 5 more each.
                try await eventually("all entries are handled") { witness.entries.count >= 240 + 30 * 5 }
            }
            let written = try await withThrowingTaskGroup(of: [ActivityEntry].self) { group in
                for context in contexts { group.addTask { try await store.activity(in: context.workspace) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(Set(witness.entries.map(\.id)) == Set(written.map(\.id)))
            #expect(witness.entries.count == written.count, "none is handled twice when nothing fails")
            let effects = try await Effect.count()
            #expect(effects.entries == written.count)
            for context in contexts {
                let handled = witness.entries.filter { $0.workspace == context.workspace }.map(\.id)
                #expect(handled == written.filter { $0.workspace == context.workspace }.map(\.id))
            }
        }
    }

    @Test("control: were the stream read above its horizon, an entry that is committed late would be lost")
    func withoutHorizon() async throws {
        let witness = Witness()
        let scratch = try ScratchDatabase.current
        try await scratch.withDatabase { administrator in
            let definition = try await administrator.query(
                .point, in: .none, "SELECT pg_get_functiondef('core.activity_after'::regproc) AS d"
            ).value("d", as: String.self)
            let horizon = "a.xid < pg_snapshot_xmin(pg_current_snapshot())"
            try #require(definition.contains(horizon))
            _ = try await administrator.write(in: .none, SQL(unsafe: definition.replacing(horizon, with: "true")))
        }
        try await scratch.withService { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            try await running([consumer(database, witness)]) {
                try await database.transaction(in: context.scope) { transaction in
                    let late = context.recorded(Item.kind, .make(at: .now), version: 1, verb: .created)
                    _ = try await transaction.query(late)
                    _ = try await store.create(.make(at: .now), context)
                    try await eventually("the later one is handled") { witness.entries.count == 1 }
                }
                _ = try await store.create(.make(at: .now), context)
                try await eventually("the last one is handled") { witness.entries.count == 2 }
            }
            #expect(try await store.activity(in: context.workspace).count == 3)
            #expect(witness.entries.count == 2)
        }
    }

    @Test("of two processes one follows the stream, and the other takes over when its lease ends")
    func takeover() async throws {
        let first = Witness()
        let second = Witness()
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            // Killed without giving its lease back: its connections are closed under it.
            try await ScratchDatabase.current.withService { doomed in
                let short = consumer(doomed, first) { $0.lease = .milliseconds(600) }
                try await running([short], isBrokenOff: true) {
                    _ = try await store.create(.make(at: .now), context)
                    try await eventually("the first has handled it") { try await Effect.count().entries == 1 }
                    await doomed.close(drainFor: .zero)
                }
            }
            try await running([consumer(database, second)]) {
                _ = try await store.create(.make(at: .now), context)
                try await eventually("the second takes over") { second.entries.count == 1 }
                #expect(first.entries.count == 1)
                #expect(try await Effect.count().entries == 2)
                #expect(try await Effect.count().repeats == 0)
            }
        }
    }

    @Test("a consumer that stops in order gives its place to the next at once")
    func handover() async throws {
        let first = Witness()
        let second = Witness()
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            for witness in [first, second] {
                try await running([consumer(database, witness) { $0.lease = .seconds(3_600) }]) {
                    _ = try await store.create(.make(at: .now), .sample())
                    try await eventually("its entry is handled") { witness.entries.count == 1 }
                }
            }
        }
    }

    @Test("an entry that fails five times is parked, and holds up neither its workspace nor others")
    func parked() async throws {
        let witness = Witness()
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let sick = WriteContext.sample()
            let well = WriteContext.sample()
            let items = (0..<6).map { _ in ID<AnyRecord>.make(at: .now) }
            witness.refuse(items[2])
            for item in items { _ = try await store.create(item, sick) }
            for _ in 0..<6 { _ = try await store.create(.make(at: .now), well) }
            try await running([consumer(database, witness)]) {
                try await eventually("all others are handled") { try await Effect.count().entries == 11 }
            }
            let parked = try await database.query(
                .point, in: sick.scope,
                """
                SELECT a.subject_id, p.failures, p.error, p.service, p.consumer
                FROM core.parked AS p
                JOIN core.activity AS a ON a.workspace_id = p.workspace_id AND a.id = p.activity_id
                WHERE p.workspace_id = \(sick.workspace)
                """)
            #expect(parked.count == 1)
            #expect(try parked.value("subject_id", as: ID<AnyRecord>.self) == items[2])
            #expect(try parked.value("failures", as: Int.self) == 5)
            #expect(try parked.text("error") == "Poisoned")
            let handled = witness.entries.filter { $0.workspace == sick.workspace }.map(\.subject)
            #expect(Array(handled.suffix(3)) == Array(items.suffix(3)), "the order goes on after it")
            let behind = try await database.query(.point, in: .none, "SELECT count(*) AS n FROM core.cursor")
            #expect(try behind.value("n", as: Int.self) == 1, "nobody is left behind")
        }
    }

    @Test("an entry that fails a few times is handled in the end, and once")
    func recovers() async throws {
        let witness = Witness()
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            let item = ID<AnyRecord>.make(at: .now)
            witness.refuse(item)
            _ = try await store.create(item, context)
            try await running([consumer(database, witness) { $0.retryDelay = .milliseconds(200) }]) {
                try await eventually("it failed once") {
                    let failed = try await database.query(
                        .point, in: .none, "SELECT count(*) AS n FROM core.cursor WHERE failures BETWEEN 1 AND 3")
                    return try failed.value("n", as: Int.self) == 1
                }
                witness.allow(item)
                try await eventually("it is handled") { witness.entries.count == 1 }
            }
            let effects = try await Effect.count()
            #expect(effects.entries == 1)
            #expect(effects.repeats == 0)
        }
    }

    @Test("a workspace with many entries at once falls behind by itself, and catches up in order")
    func flood() async throws {
        let witness = Witness()
        try await ScratchDatabase.current.withService { database in
            let busy = WriteContext.sample()
            let quiet = WriteContext.sample()
            _ = try await database.write(
                in: busy.scope,
                """
                INSERT INTO core.activity (workspace_id, id, subject_kind, subject_id, version, verb, actor_kind,
                    actor_service, request_id, occurred_at)
                SELECT \(busy.workspace), gen_random_uuid(), 'item', gen_random_uuid(), 1, 'created', 'service',
                    'identity', 'r', now()
                FROM generate_series(1, 700)
                """)
            _ = try await ItemStore(database: database).create(.make(at: .now), quiet)
            try await running([consumer(database, witness)]) {
                try await eventually("all are handled") { witness.entries.count == 701 }
            }
            let before = witness.entries.prefix { $0.workspace != quiet.workspace }.count
            #expect(before < 700, "the quiet workspace waited for \(before) entries of the busy one")
            let written = try await ItemStore(database: database).activity(in: busy.workspace).map(\.id)
            #expect(witness.entries.filter { $0.workspace == busy.workspace }.map(\.id) == written)
            #expect(try await Effect.count().repeats == 0)
        }
    }

    @Test("what nobody wants is passed over by the window, and a turn is handed no more than it takes")
    func unwanted() async throws {
        let witness = Witness()
        let moves = MoveCounter()
        try await ScratchDatabase.current.withService(observer: moves) { database in
            let (store, context) = (ItemStore(database: database), WriteContext.sample())
            _ = try await database.write(
                in: context.scope,
                """
                INSERT INTO core.activity (workspace_id, id, subject_kind, subject_id, version, verb, actor_kind,
                    actor_service, request_id, occurred_at)
                SELECT \(context.workspace), gen_random_uuid(), 'item', gen_random_uuid(), 1, 'created', 'service',
                    'identity', 'r', now()
                FROM generate_series(1, 400)
                """)
            let written = try await store.activity(in: context.workspace)
            let wanted = Set(written[300..<340].map(\.id))
            var limits = ConsumerLimits()
            limits.pollInterval = .milliseconds(20)
            (limits.take, limits.window) = (10, 100)
            let consumer = ActivityConsumer(
                "witness", of: .identity, database: database, limits: limits, logger: .silent,
                wants: { wanted.contains($0.id) },
                handle: { batch, transaction in
                    moves.note(batch.entries.count)
                    try await witness.handle(batch, transaction)
                })
            try await running([consumer]) {
                try await eventually("all is handled") { witness.entries.count >= wanted.count }
            }
            #expect(witness.entries.map(\.id) == written[300..<340].map(\.id))
            #expect(moves.largestBatch == 10)
            // Three windows, four turns, and the rest; ten at a time they would be forty.
            #expect(moves.count <= 12, "\(moves.count) moves")
        }
    }

    @Test("a consumer that starts now is not handed what was written before")
    func startsNow() async throws {
        let witness = Witness()
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            _ = try await store.create(.make(at: .now), .sample())
            // Transactions of tests beside this one hold the horizon too.
            try await ScratchDatabase.current.withDatabase { administrator in
                try await eventually("the first entry lies below the horizon") {
                    let rows = try await administrator.query(
                        .point, in: .none,
                        "SELECT bool_and(xid < pg_snapshot_xmin(pg_current_snapshot())) AS b FROM core.activity")
                    return try rows.value("b", as: Bool.self)
                }
            }
            var limits = ConsumerLimits()
            limits.pollInterval = .milliseconds(20)
            let consumer = ActivityConsumer(
                "late", of: .identity, database: database, startingAt: .now, limits: limits, logger: .silent,
                wants: { $0.verb == .created }, handle: witness.handle)
            try await running([consumer]) {
                try await eventually("it has its place") {
                    let place = try await database.query(
                        .point, in: .none, "SELECT count(*) AS n FROM core.cursor WHERE consumer = 'late'")
                    return try place.value("n", as: Int.self) == 1
                }
                let item = ID<AnyRecord>.make(at: .now)
                _ = try await store.create(item, .sample())
                try await eventually("the new one is handled") { witness.entries.map(\.subject) == [item] }
            }
        }
    }
}

/// Counts how often a workspace that is behind was moved on, and how much a handler was given at most.
private final class MoveCounter: DatabaseObserver {
    private let moves = Mutex(0)
    private let largest = Mutex(0)

    var count: Int { moves.withLock { $0 } }
    var largestBatch: Int { largest.withLock { $0 } }

    func note(_ batch: Int) { largest.withLock { $0 = max($0, batch) } }

    func statementFinished(_ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?) {
        if statement.text.contains("take = least(") { moves.withLock { $0 += 1 } }
    }

    func connectionChanged(_ change: ConnectionChange) {}
}
