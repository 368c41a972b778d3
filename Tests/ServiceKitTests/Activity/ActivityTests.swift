import FoundationEssentials
import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

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

    @Test("a writer that took its transaction's id before it got the record stands after whoever wrote it meanwhile")
    func places() async throws {
        try await ScratchDatabase.current.withService(exclusiveConnections: 2) { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            let (item, other) = (ID<AnyRecord>.make(at: .now), ID<AnyRecord>.make(at: .now))
            // Made first, so that its activity has an id below those of the writer that overtakes it.
            let early = WriteContext.sample(workspace: context.workspace, now: context.now.adding(.seconds(-60)))
            for id in [item, other] { _ = try await store.create(id, early) }
            try await database.transaction(in: context.scope) { transaction in
                _ = try await transaction.query(
                    """
                    SELECT id FROM identity.item WHERE workspace_id = \(context.workspace) AND id = \(other)
                    FOR NO KEY UPDATE
                    """)
                for number in 0..<3 { _ = try await store.update(item, to: "overtaking_\(number)", context) }
                for version in 5...7 {
                    _ = try await transaction.query(
                        """
                        UPDATE identity.item SET version = \(version)
                        WHERE workspace_id = \(context.workspace) AND id = \(item)
                        """)
                    _ = try await transaction.query(
                        early.recorded(Item.kind, item, version: version, verb: .updated))
                }
            }
            _ = try await store.update(item, to: "after", early)
            let entries = try await store.activity(in: context.workspace).filter { $0.subject == item }
            #expect(entries.map(\.version) == Array(1...8))
            let places = entries.map(\.position)
            #expect(places[3].xid == places[4].xid, "it stands at the place of the version before it")
            #expect(places[7].xid.rawValue > places[6].xid.rawValue, "and whoever comes after has a place of its own")
            #expect(entries.allSatisfy { $0.id.description.dropFirst(14).first == "7" }, "ids are UUIDv7 still")
        }
    }

    @Test("of two writers that wait for each other one is told to come again, and has written nothing")
    func deadlock() async throws {
        try await ScratchDatabase.current.withService(exclusiveConnections: 2) { database in
            let store = ItemStore(database: database)
            let context = WriteContext.sample()
            let items = [ID<AnyRecord>.make(at: .now), .make(at: .now)]
            for item in items { _ = try await store.create(item, context) }
            let (first, second) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
            /// Changes the items one after the other; the second when the other writer has its first.
            func write(
                _ items: [ID<AnyRecord>], _ own: AsyncStream<Void>.Continuation, after other: AsyncStream<Void>
            ) async -> Problem? {
                do {
                    try await database.transaction(in: context.scope) { transaction in
                        for (index, item) in items.enumerated() {
                            _ = try await transaction.query(
                                """
                                UPDATE identity.item SET version = 2
                                WHERE workspace_id = \(context.workspace) AND id = \(item)
                                """)
                            own.finish()
                            if index == 0 { for await _ in other {} }
                        }
                        for item in items {
                            _ = try await transaction.query(
                                context.recorded(Item.kind, item, version: 2, verb: .updated))
                        }
                    }
                    return nil
                } catch {
                    #expect((error as? PostgresError)?.sqlState == "40P01", "\(String(reflecting: error))")
                    return Problem.describing(error)
                }
            }
            async let one = write(items, first.continuation, after: second.stream)
            async let another = write(items.reversed(), second.continuation, after: first.stream)
            let refused = await [one, another].compactMap(\.self)
            #expect(refused.map(\.code.status) == [503])
            #expect(refused.first?.headers["Retry-After"] == "1")
            let versions = try await store.activity(in: context.workspace).map(\.version).sorted()
            #expect(versions == [1, 1, 2, 2])
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
            let history = RecordHistory(of: Item.kind, database: database)
            let first = try await history.activity(of: item, in: context.workspace, before: nil, limit: 2)
            #expect(first.count == 3)
            #expect(try first.value("version", row: 0, as: Int.self) == 5)
            var bytes: [UInt8] = []
            try first.appendJSONArray(rows: 0..<2, to: &bytes)
            let entry = try #require(try JSONParser.parse(bytes).elements.first)
            #expect(entry["actor"]?["kind"] == "user")
            #expect(entry["changes"]?["status"]?["to"] == "state_3")
            let rest = try await history.activity(of: item, in: context.workspace, before: 4, limit: 200)
            #expect(try (0..<rest.count).map { try rest.value("version", row: $0, as: Int.self) } == [3, 2, 1])
            let other = try await history.activity(of: item, in: .make(at: .now), before: nil, limit: 200)
            #expect(other.count == 0)
        }
    }
}

extension JSONValue {
    fileprivate var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}
