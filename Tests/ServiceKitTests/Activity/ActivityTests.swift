import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@Suite("A change and its activity are one", .scratchDatabase(Item.template))
struct ActivityTests {
    @Test("R-12, R-6: one row says who changed what, from what to what, in which request")
    func row() async throws {
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let user = ID<User>.make(at: .now)
            let context = WriteContext.sample(user: user, now: Timestamp(microseconds: 1_768_471_200_250_000))
            let item = ID<AnyRecord>.make(at: .now)
            _ = try await store.create(item, context)
            #expect(try await store.update(item, to: "closed", context) == 2)
            let entries = try await store.activity(in: context.workspace)
            #expect(entries.map(\.verb) == [.created, .updated])
            #expect(entries.map(\.version) == [1, 2])
            let entry = try #require(entries.last)
            #expect(entry.subject == item)
            #expect(entry.subjectKind == Item.kind)
            #expect(entry.actor == .user(user))
            #expect(entry.requestID == "request-1")
            #expect(entry.traceparent == context.traceparent)
            #expect(entry.occurredAt == context.now)
            let changes = try JSONParser.parse(entry.changes.utf8)
            #expect(changes["status"]?["from"] == "open")
            #expect(changes["status"]?["to"] == "closed")
            #expect(changes["due_at"]?["from"] == JSONValue.null)
            #expect(changes["due_at"]?["to"] == "2026-01-15T10:00:00.25Z")
            #expect(try JSONParser.parse(entries[0].changes.utf8)["status"]?["from"] == JSONValue.null)
        }
    }

    @Test("R-12: a change that fails leaves no activity, and an activity that fails leaves no change")
    func together() async throws {
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            let item = ID<AnyRecord>.make(at: .now)
            _ = try await store.create(item, context)
            await #expect(throws: PostgresError.self) { _ = try await store.create(item, context) }
            #expect(try await store.activity(in: context.workspace).count == 1)
            let nameless = WriteContext(
                workspace: context.workspace, actor: context.actor, requestID: "", now: context.now)
            let refused = await #expect(throws: PostgresError.self) {
                _ = try await store.update(item, to: "closed", nameless)
            }
            #expect(refused?.constraint == "ck_activity_request_id")
            #expect(try await store.update(item, to: "closed", expecting: 1, context) == 2)
        }
    }

    @Test(
        "R-12: under concurrent writers each record's versions follow each other without a gap, in the stream's order")
    func chain() async throws {
        try await ScratchDatabase.current.withService(exclusiveConnections: 6) { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            let items = (0..<4).map { _ in ID<AnyRecord>.make(at: .now) }
            for item in items { _ = try await store.create(item, context) }
            try await withThrowingDiscardingTaskGroup { group in
                for number in 0..<120 {
                    group.addTask { _ = try await store.update(items[number % 4], to: "state_\(number)", context) }
                }
            }
            let entries = try await store.activity(in: context.workspace)
            for item in items {
                #expect(entries.filter { $0.subject == item }.map(\.version) == Array(1...31))
            }
        }
    }

    @Test("activity of many records in one statement has an id for each")
    func many() async throws {
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            for _ in 0..<3 { _ = try await store.create(.make(at: .now), context) }
            let close = { (limit: Int) in
                try await database.write(
                    in: context.scope,
                    """
                    WITH changed AS (
                        UPDATE identity.item SET status = 'closed', version = version + 1
                        WHERE workspace_id = \(context.workspace)
                        RETURNING id, version),
                    \(context.activity(Item.kind, verb: .updated, from: "changed", limit: limit))
                    SELECT id FROM changed
                    """)
            }
            await #expect(throws: PostgresError.self) { _ = try await close(2) }
            #expect(try await close(3).count == 3)
            #expect(try await store.activity(in: context.workspace).count == 6)
        }
    }

    @Test("a record's history is read newest first, a page at a time")
    func history() async throws {
        try await ScratchDatabase.current.withService { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            let item = ID<AnyRecord>.make(at: .now)
            _ = try await store.create(item, context)
            for number in 0..<4 { _ = try await store.update(item, to: "state_\(number)", context) }
            let history = ActivityStore(database: database)
            let first = try await history.page(of: Item.kind, item, in: context.workspace, limit: 2)
            #expect(first.count == 3)
            #expect(try first.value("version", row: 0, as: Int.self) == 5)
            var bytes: [UInt8] = []
            try first.appendJSONArray(rows: 0..<2, to: &bytes)
            let entry = try #require(try JSONParser.parse(bytes).elements.first)
            #expect(entry["actor"]?["kind"] == "user")
            #expect(entry["changes"]?["status"]?["to"] == "state_3")
            let rest = try await history.page(of: Item.kind, item, in: context.workspace, before: 4, limit: 200)
            #expect(try (0..<rest.count).map { try rest.value("_version", row: $0, as: Int.self) } == [3, 2, 1])
            let other = try await history.page(of: Item.kind, item, in: .make(at: .now), limit: 200)
            #expect(other.count == 0)
        }
    }
}

extension JSONValue {
    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
