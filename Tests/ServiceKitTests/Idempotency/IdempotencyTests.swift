import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

/// What a request with a key answers, as the route's wrapper decides it.
enum Answered: Equatable {
    case first(StoredAnswer)
    case replayed(StoredAnswer)
    case refused(String)
}

/// A caller that creates items under keys, as a route does.
struct KeyedCaller {
    let database: Database
    let workspace: ID<Workspace>
    let principal: Principal

    init(_ database: Database, workspace: ID<Workspace> = .make(at: .now), user: ID<User> = .make(at: .now)) {
        self.database = database
        self.workspace = workspace
        principal = Principal(
            workspace: workspace, kind: .staff, subject: user.description, permissions: [], credentialID: "c",
            expiresAt: Timestamp.now.adding(.seconds(60)))
    }

    func claim(
        _ key: String, path: String = "/v1/items", method: String = "POST", body: String = "{}",
        kept: KeptAnswer = .stored
    ) throws -> IdempotencyClaim {
        let request = IdempotentRequest(method: method, path: path, query: "", body: Array(body.utf8))
        return try #require(try IdempotencyClaim(key: key, principal: principal, request: request, kept: kept))
    }

    func create(_ claim: IdempotencyClaim, now: Timestamp = .now) async throws -> Answered {
        try await replaying(claim, now) { context in
            .first(try await ItemStore(database: database).create(.make(at: now), context))
        }
    }

    func replaying(
        _ claim: IdempotencyClaim, _ now: Timestamp = .now, _ write: (WriteContext) async throws -> Answered
    ) async throws -> Answered {
        let actor = try principal.actor
        let context = WriteContext(workspace: workspace, actor: actor, requestID: "r", now: now, idempotency: claim)
        do {
            return try await write(context)
        } catch {
            let replay = IdempotencyReplay(database: database)
            switch try await replay.outcome(of: error, claim: claim, in: workspace, at: now) {
            case .replay(let answer): return .replayed(answer)
            case .refuse(let problem): return .refused(problem.code.word)
            case .unrelated: throw error
            }
        }
    }

    func keys() async throws -> Int {
        try await database.query(
            .point, in: .workspace(workspace),
            "SELECT count(*) AS n FROM core.idempotency_key WHERE workspace_id = \(workspace)"
        ).value("n")
    }
}

@Suite("An idempotency key makes a write happen once", .scratchDatabase(Item.template))
struct IdempotencyTests {
    @Test("R-1: of fifty equal writes at once one happens, and every other is its replay or told to wait")
    func fifty() async throws {
        try await ScratchDatabase.current.withService(exclusiveConnections: 8) { database in
            let caller = KeyedCaller(database)
            let claim = try caller.claim("once")
            let answers = try await withThrowingTaskGroup(of: Answered.self) { group in
                for _ in 0..<50 { group.addTask { try await caller.create(claim) } }
                return try await group.reduce(into: [Answered]()) { $0.append($1) }
            }
            let firsts = answers.compactMap { if case .first(let answer) = $0 { answer } else { nil } }
            #expect(firsts.count == 1)
            let first = try #require(firsts.first)
            for answer in answers where answer != .first(first) {
                #expect(answer == .replayed(first) || answer == .refused("idempotency_in_progress"))
            }
            let store = ItemStore(database: database)
            #expect(try await store.count(in: caller.workspace) == 1)
            #expect(try await store.activity(in: caller.workspace).count == 1)
            #expect(try await caller.keys() == 1)
            #expect(try await caller.create(claim) == .replayed(first))
        }
    }

    @Test("R-1: another body under the same key is refused")
    func reused() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            _ = try await caller.create(try caller.claim("k", body: "{\"a\":1}"))
            let other = try await caller.create(try caller.claim("k", body: "{\"a\":2}"))
            #expect(other == .refused("idempotency_key_reused"))
            #expect(try await ItemStore(database: database).count(in: caller.workspace) == 1)
        }
    }

    @Test("R-1: a write that fails leaves neither key nor record nor activity")
    func failed() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let claim = try caller.claim("k")
            let context = WriteContext.sample(workspace: caller.workspace, claim: claim)
            await #expect(throws: PostgresError.self) {
                try await database.transaction(in: context.scope) { transaction in
                    let recorded = context.recorded(Item.kind, .make(at: .now), version: 1, verb: .created)
                    _ = try await transaction.query(recorded)
                    try await context.keep(StoredAnswer(status: 201, body: []), in: transaction)
                    _ = try await transaction.query("SELECT 1 / 0 AS broken")
                }
            }
            #expect(try await caller.keys() == 0)
            #expect(try await ItemStore(database: database).activity(in: caller.workspace).isEmpty)
            guard case .first = try await caller.create(claim) else {
                Issue.record("the key of a failed write was kept")
                return
            }
        }
    }

    @Test("R-2: the same key of another user, workspace, path or method runs anew")
    func scope() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let colleague = KeyedCaller(database, workspace: caller.workspace)
            let stranger = KeyedCaller(database)
            let claims: [(KeyedCaller, IdempotencyClaim)] = [
                (caller, try caller.claim("k")), (colleague, try colleague.claim("k")),
                (stranger, try stranger.claim("k")), (caller, try caller.claim("k", path: "/v1/others")),
                (caller, try caller.claim("k", method: "PATCH")),
            ]
            for (caller, claim) in claims {
                guard case .first = try await caller.create(claim) else {
                    Issue.record("a key of another scope was replayed")
                    continue
                }
            }
            #expect(try await caller.keys() == 4)
        }
    }

    @Test("R-2: a key runs anew after twenty-five hours")
    func expired() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let claim = try caller.claim("k")
            let yesterday = Timestamp.now.adding(.seconds(-25 * 3_600))
            guard case .first(let old) = try await caller.create(claim, now: yesterday) else { return }
            let hourLater = yesterday.adding(.seconds(23 * 3_600))
            #expect(try await caller.create(claim, now: hourLater) == .replayed(old))
            guard case .first(let new) = try await caller.create(claim, now: .now) else {
                Issue.record("an expired key was replayed")
                return
            }
            #expect(new != old)
            #expect(try await caller.create(claim) == .replayed(new))
        }
    }

    @Test("the sweep removes expired keys of all workspaces and nothing else")
    func sweep() async throws {
        try await ScratchDatabase.current.withService { database in
            var callers: [KeyedCaller] = []
            for _ in 0..<3 {
                let caller = KeyedCaller(database)
                for hours in [1, 23, 25, 48] {
                    let now = Timestamp.now.adding(.seconds(-hours * 3_600))
                    _ = try await caller.create(try caller.claim("k\(hours)"), now: now)
                }
                callers.append(caller)
            }
            let sweeper = IdempotencySweeper(database: database, logger: .silent)
            #expect(try await sweeper.sweep() == 6)
            #expect(try await sweeper.sweep() == 0)
            for caller in callers { #expect(try await caller.keys() == 2) }
        }
    }

    @Test("a key whose first request is still running is refused at once, a lock elsewhere is not the key's matter")
    func inProgress() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let claim = try caller.claim("k")
            let context = WriteContext.sample(workspace: caller.workspace, claim: claim)
            let item = ID<AnyRecord>.make(at: .now)
            _ = try await ItemStore(database: database).create(item, .sample(workspace: caller.workspace))
            try await database.transaction(in: context.scope) { transaction in
                try await context.keep(StoredAnswer(status: 201, body: []), in: transaction)
                let start = ContinuousClock.now
                #expect(try await caller.create(claim) == .refused("idempotency_in_progress"))
                // The key's own limit is 50 ms, that of other locks 2 s.
                #expect(ContinuousClock.now - start < .seconds(1))
                _ = try await transaction.query(
                    "SELECT id FROM identity.item WHERE workspace_id = \(caller.workspace) AND id = \(item) FOR UPDATE")
                let locked = await #expect(throws: PostgresError.self) {
                    _ = try await caller.replaying(try caller.claim("other")) { _ in
                        let update: SQL = """
                            UPDATE identity.item SET status = 'closed'
                            WHERE workspace_id = \(caller.workspace) AND id = \(item)
                            """
                        let timeouts = WriteTimeouts(lock: .milliseconds(50))
                        _ = try await database.write(in: context.scope, update, timeouts: timeouts)
                        return .refused("never")
                    }
                }
                #expect(locked?.code == .lockTimeout)
            }
        }
    }

    @Test("a repeated change is replayed although its If-Match no longer matches")
    func staleRepeat() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let item = ID<AnyRecord>.make(at: .now)
            let store = ItemStore(database: database)
            _ = try await store.create(item, .sample(workspace: caller.workspace))
            let claim = try caller.claim("k", path: "/v1/items/\(item)", method: "PATCH")
            let change = { (context: WriteContext) async throws -> Answered in
                guard try await store.update(item, to: "closed", expecting: 1, context) != nil else {
                    throw Problem.versionMismatch(current: 2)
                }
                return .first(StoredAnswer(status: 200, body: []))
            }
            #expect(try await caller.replaying(claim, .now, change) == .first(StoredAnswer(status: 200, body: [])))
            let kept = StoredAnswer(status: 200, body: Array("{\"status\":\"closed\"}".utf8))
            #expect(try await caller.replaying(claim, .now, change) == .replayed(kept))
            let fresh = try caller.claim("another", path: "/v1/items/\(item)", method: "PATCH")
            await #expect(throws: Problem.self) { _ = try await caller.replaying(fresh, .now, change) }
            #expect(try await store.activity(in: caller.workspace).map(\.version) == [1, 2])
        }
    }

    @Test("an answer with a secret is not kept: a repeat is told that it was given")
    func secret() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let claim = try caller.claim("k", kept: .secret)
            guard case .first = try await caller.create(claim) else { return }
            #expect(try await caller.create(claim) == .refused("already_issued"))
            let kept = try await database.query(
                .point, in: .workspace(caller.workspace),
                """
                SELECT count(*) AS n FROM core.idempotency_key
                WHERE workspace_id = \(caller.workspace) AND (status IS NOT NULL OR body IS NOT NULL)
                """)
            #expect(try kept.value("n", as: Int.self) == 0)
        }
    }

    @Test("a replay is noted by a write of its own before it is given")
    func noted() async throws {
        try await ScratchDatabase.current.withService { database in
            let caller = KeyedCaller(database)
            let claim = try caller.claim("k")
            _ = try await caller.create(claim)
            _ = try await caller.create(claim)
            let noted = try await database.query(
                .point, in: .workspace(caller.workspace),
                """
                SELECT count(*) AS n FROM core.idempotency_key
                WHERE workspace_id = \(caller.workspace) AND replayed_at IS NOT NULL
                """)
            #expect(try noted.value("n", as: Int.self) == 1)
        }
    }

    @Test(
        "a key that is empty, too long or not printable is refused",
        arguments: ["", String(repeating: "k", count: 256), "a\tb", "ü"])
    func malformed(_ key: String) {
        let caller = KeyedCaller(Database(configuration: DatabaseConfiguration(url: "")))
        #expect(throws: Problem.self) { _ = try caller.claim(key) }
    }

    @Test("an operation that takes no key makes no claim")
    func none() throws {
        let caller = KeyedCaller(Database(configuration: DatabaseConfiguration(url: "")))
        let request = IdempotentRequest(method: "POST", path: "/", query: "", body: [])
        #expect(try IdempotencyClaim(key: "k", principal: caller.principal, request: request, kept: .none) == nil)
    }
}
