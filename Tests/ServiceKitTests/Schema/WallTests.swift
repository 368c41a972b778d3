import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite("The walls between workspaces and services", .scratchDatabase(Item.template))
struct WallTests {
    @Test("SC-4: a statement without an open workspace fails loudly, also on a connection that had one open")
    func forgottenScope() async throws {
        try await ScratchDatabase.current.withService(pointConnections: 1) { database in
            let count: SQL = "SELECT count(*) AS n FROM core.activity"
            let unset = await #expect(throws: PostgresError.self) {
                _ = try await database.query(.point, in: .none, count)
            }
            #expect(unset?.sqlState == "42704")
            _ = try await database.query(.point, in: .workspace(.make(at: .now)), count)
            let left = await #expect(throws: PostgresError.self) {
                _ = try await database.query(.point, in: .none, count)
            }
            #expect(left?.sqlState == "22P02")
        }
    }

    @Test("S-1: another workspace's rows are neither read nor written")
    func otherWorkspace() async throws {
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let mine = WriteContext.sample()
            let other = WriteContext.sample()
            let id = ID<AnyRecord>.make(at: .now)
            _ = try await store.create(id, mine)
            #expect(try await store.count(in: mine.workspace) == 1)
            #expect(try await store.count(in: other.workspace) == 0)
            #expect(try await store.update(id, to: "closed", other) == nil)
            let count: SQL = "SELECT count(*) AS n FROM identity.item"
            let seen = try await database.query(.point, in: other.scope, count)
            #expect(try seen.value("n", as: Int.self) == 0, "without a predicate the policy alone holds")
            let forged = await #expect(throws: PostgresError.self) {
                _ = try await database.write(
                    in: other.scope,
                    """
                    INSERT INTO identity.item (workspace_id, id, status, version)
                    VALUES (\(mine.workspace), \(ID<AnyRecord>.make(at: .now)), 'open', 1)
                    """)
            }
            #expect(forged?.sqlState == "42501")
        }
    }

    @Test("a service sees no timer of another")
    func timers() async throws {
        let workspace = ID<Workspace>.make(at: .now)
        let scratch = try ScratchDatabase.current
        try await scratch.withService(.identity) { database in
            let timers = TimerStore(database: database, service: .identity)
            let set = timers.schedule(TimerKind(rawValue: "reminder"), of: .make(at: .now), in: workspace, at: .now)
            _ = try await database.write(in: .workspace(workspace), set)
            #expect(try await timers.load().due == 1)
            let others = TimerStore(database: database, service: .gateway)
            let forged = await #expect(throws: PostgresError.self) {
                _ = try await database.write(
                    in: .workspace(workspace),
                    others.schedule(TimerKind(rawValue: "reminder"), of: .make(at: .now), in: workspace, at: .now))
            }
            #expect(forged?.sqlState == "42501")
        }
        try await scratch.withService(.gateway) { database in
            let seen = try await TimerStore(database: database, service: .identity).load()
            #expect(seen == TimerLoad(due: 0, dead: 0, late: .zero))
        }
    }

    @Test("a service sees no cursor of another")
    func cursors() async throws {
        let scratch = try ScratchDatabase.current
        let insert: SQL = """
            INSERT INTO core.cursor (service, consumer, workspace_id, xid, activity_id)
            VALUES ('identity', 'labels', \(ID<Workspace>.sample), '0', \(ID<AnyRecord>.sample))
            """
        try await scratch.withService(.gateway) { database in
            let forged = await #expect(throws: PostgresError.self) { _ = try await database.write(in: .none, insert) }
            #expect(forged?.sqlState == "42501")
        }
        try await scratch.withService(.identity) { _ = try await $0.write(in: .none, insert) }
        try await scratch.withService(.gateway) { database in
            let seen = try await database.query(.point, in: .none, "SELECT count(*) AS n FROM core.cursor")
            #expect(try seen.value("n", as: Int.self) == 0)
        }
    }

    @Test("the ledger can be read and not written")
    func ledger() async throws {
        try await ScratchDatabase.current.withService { database in
            let read = try await database.query(
                .point, in: .none, "SELECT count(*) AS n FROM core.migration WHERE schema = 'core'")
            #expect(try read.value("n", as: Int.self) == CoreSchema.migrations.count)
            for sql: SQL in ["DELETE FROM core.migration", "UPDATE core.migration SET checksum = ''"] {
                let refused = await #expect(throws: PostgresError.self) { _ = try await database.write(in: .none, sql) }
                #expect(refused?.sqlState == "42501")
            }
        }
    }

    @Test("only the stream's roles see all workspaces")
    func stream() async throws {
        let scratch = try ScratchDatabase.current
        try await scratch.withService { database in
            let store = ItemStore(database: database)
            for _ in 0..<3 { _ = try await store.create(.make(at: .now), .sample()) }
            for role in ["core_keeper", "casebook_stream", "core_owner", "gateway"] {
                let refused = await #expect(throws: PostgresError.self) {
                    _ = try await database.write(in: .setting("role", role), "SELECT 1 AS one")
                }
                #expect(refused != nil, "a service became \(role)")
            }
        }
        let configure: (inout DatabaseConfiguration) -> Void = { $0.url = scratch.url(user: "casebook_stream") }
        try await scratch.withDatabase(configure: configure) { database in
            let seen = try await database.query(.point, in: .none, "SELECT count(*) AS n FROM core.activity")
            #expect(try seen.value("n", as: Int.self) == 3)
            for table in ["core.timer", "core.cursor", "core.idempotency_key", "core.parked", "identity.item"] {
                let refused = await #expect(throws: PostgresError.self) {
                    let count: SQL = "SELECT count(*) AS n FROM \(unsafe: table)"
                    _ = try await database.query(.point, in: .workspace(.make(at: .now)), count)
                }
                #expect(refused?.sqlState == "42501", "casebook_stream reads \(table)")
            }
        }
    }

    @Test("S-21: activity is inserted and read, never changed, and its place in the stream is the server's to say")
    func appendOnly() async throws {
        try await ScratchDatabase.current.withService { database in
            let context = WriteContext.sample()
            let item = ID<AnyRecord>.make(at: .now)
            _ = try await ItemStore(database: database).create(item, context)
            // Below and above its own transaction, of a new record and of one that has a version before it.
            let places = [("1", 1), ("1", 2), ("9000000000000000000", 1), ("9000000000000000000", 2)]
            let madeUp = places.map { (xid, version) -> SQL in
                """
                INSERT INTO core.activity (workspace_id, id, subject_kind, subject_id, version, verb, actor_kind,
                    actor_service, request_id, occurred_at, xid)
                VALUES (\(context.workspace), \(ID<AnyRecord>.make(at: .now)), 'item',
                    \(version == 1 ? .make(at: .now) : item), \(version), 'updated', 'service', 'identity', 'r', now(),
                    \(xid)::text::xid8)
                """
            }
            let statements: [SQL] =
                [
                    "UPDATE core.activity SET verb = 'deleted'", "DELETE FROM core.activity",
                    "TRUNCATE core.activity",
                ] + madeUp
            for sql in statements {
                let refused = await #expect(throws: PostgresError.self) {
                    _ = try await database.write(in: context.scope, sql)
                }
                #expect(refused?.sqlState == "42501")
            }
        }
    }
}
