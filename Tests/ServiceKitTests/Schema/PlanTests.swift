import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite(
    "SC-5: every statement names its workspace",
    .scratchDatabase(PlanAudit.template(with: [Item.schema], key: "item")))
struct PlanTests {
    /// What works over all workspaces by its nature: the claims of timers and their counts, and consumers' places.
    static let exceptions = [
        "FROM core.timer AS t\n    WHERE t.service", "FROM core.timer\n        WHERE service", "core.cursor",
        "sweep_idempotency_keys",
    ]

    @Test("the statements of activity, keys and timers each touch one partition of sixteen")
    func core() async throws {
        let recorder = StatementRecorder()
        try await ScratchDatabase.current.withService(observer: recorder) { database in
            let caller = KeyedCaller(database)
            let store = ItemStore(database: database)
            let item = ID<AnyRecord>.make(at: .now)
            let context = WriteContext.sample(workspace: caller.workspace)
            _ = try await store.create(item, context)
            _ = try await store.update(item, to: "closed", context)
            _ = try await store.activity(in: caller.workspace)
            let claim = try caller.claim("k")
            _ = try await caller.create(claim)
            _ = try await caller.create(claim)
            let history = RecordHistory(of: Item.kind, database: database)
            _ = try await history.activity(of: item, in: caller.workspace, before: nil, limit: 50)
            try await timers(database, caller.workspace)
        }
        let statements = recorder.statements
        #expect(statements.count >= 10)
        #expect(try await PlanAudit(exceptions: Self.exceptions).offences(among: statements) == [])
    }

    @Test("a statement that forgets its workspace is named")
    func forgotten() async throws {
        let recorder = StatementRecorder()
        try await ScratchDatabase.current.withService(observer: recorder) { database in
            let item = ID<AnyRecord>.make(at: .now)
            let scope = Scope.workspace(.make(at: .now))
            _ = try await database.query(
                .point, in: scope, "SELECT status FROM identity.item WHERE id = \(item)")
            _ = try await database.write(in: scope, "DELETE FROM identity.item WHERE id = \(item)")
        }
        let offences = try await PlanAudit().offences(among: recorder.statements)
        #expect(offences.count == 2)
        #expect(offences.allSatisfy { $0.hasPrefix("item as item 16x") })
    }

    private func timers(_ database: Database, _ workspace: ID<Workspace>) async throws {
        let timers = TimerStore(database: database, service: .identity)
        let subject = ID<AnyRecord>.make(at: .now)
        let worker = TimerWorker(
            store: timers, handlers: [TimerHandler(.reminder) { _, _ in .done }], logger: .silent)
        let scope = Scope.workspace(workspace)
        _ = try await database.write(in: scope, timers.schedule(.reminder, of: subject, in: workspace, at: .now))
        try await running([worker]) {
            try await eventually("it is done") { try await timers.load().due == 0 }
        }
        _ = try await database.write(in: scope, timers.cancel(.reminder, of: subject, in: workspace))
    }
}
