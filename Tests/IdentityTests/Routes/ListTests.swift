import HTTPTypes
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Identity

@Suite("Lists", .scratchDatabase(.identity))
struct ListTests {
    @Test("pages together show every row once, in order (R-4)")
    func pages() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            for number in 0..<7 {
                _ = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Team \#(number)"}"#)
                _ = try await identity.addUser(.viewer, to: acme)
            }
            for (path, count) in [("/v1/teams", 7), ("/v1/users", 8)] {
                var seen: [String] = []
                var cursor = ""
                repeat {
                    let answer = try await identity.send(.get, "\(path)?limit=3\(cursor)", as: token)
                    #expect(answer.status == 200)
                    seen += answer.json["items"]?.items.compactMap { $0["id"]?.text } ?? []
                    cursor = answer.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen.count == count)
                #expect(Set(seen).count == count)
            }
        }
    }

    @Test("of 10,000 rows that stay, paging shows each once while four writers add and remove others (R-4)")
    func complete() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            try await identity.fill(acme, users: 10_000)
            let there = try await identity.count("identity.user", in: acme)
            let (seen, added) = try await withThrowingTaskGroup(of: Int.self) { group in
                let isDone = Flag()
                for writer in 0..<4 {
                    group.addTask {
                        var added = 0
                        while !isDone.isSet {
                            try await identity.fill(acme, users: 3, removing: 2, prefix: "w\(writer)-\(added)")
                            added += 1
                        }
                        return added
                    }
                }
                let seen = try await readAll(identity, acme.administrator.token)
                isDone.set()
                return (seen, try await group.reduce(0, +))
            }
            #expect(added > 0)
            #expect(Set(seen).count == seen.count)
            let kept = Set(try await identity.ids(of: acme, named: "filled"))
            #expect(kept.count == 10_000)
            #expect(kept.subtracting(seen).isEmpty)
            #expect(seen.count >= there)
        }
    }

    private func readAll(_ identity: IdentityUnderTest, _ token: String) async throws -> [String] {
        var seen: [String] = []
        var cursor = ""
        repeat {
            let answer = try await identity.send(.get, "/v1/users?limit=200\(cursor)", as: token)
            #expect(answer.status == 200)
            seen += answer.json["items"]?.items.compactMap { $0["id"]?.text } ?? []
            cursor = answer.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return seen
    }

    @Test("a malformed cursor, and one of another list or filter, is 400 (R-4)")
    func wrongCursors() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            for _ in 0..<2 { _ = try await identity.addUser(.viewer, to: acme) }
            let page = try await identity.send(.get, "/v1/users?limit=1", as: token)
            let cursor = try #require(page.json["next_cursor"]?.text)
            let forged = Cursor(binding: UserStore.binding(UserListQuery()), keys: ["x' OR 1"]).text
            for query in [
                "/v1/users?cursor=nonsense", "/v1/users?cursor=", "/v1/users?cursor=\(cursor)x",
                "/v1/users?cursor=\(cursor.dropLast(2))", "/v1/users?role=viewer&cursor=\(cursor)",
                "/v1/users?is_active=true&cursor=\(cursor)", "/v1/teams?cursor=\(cursor)",
                "/v1/api-keys?cursor=\(cursor)", "/v1/sessions?cursor=\(cursor)", "/v1/users?cursor=\(forged)",
                "/v1/users?cursor=\(String(repeating: "A", count: 2_000))", "/v1/users?cursor=%00",
            ] {
                let answer = try await identity.send(.get, query, as: token)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.code == "invalid_cursor", "\(query)")
            }
            #expect(try await identity.send(.get, "/v1/users?limit=1&cursor=\(cursor)", as: token).status == 200)
        }
    }

    @Test("another workspace's cursor shows nothing of that workspace (R-4, S-1)")
    func foreignCursor() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            for _ in 0..<3 { _ = try await identity.addUser(.viewer, to: acme, name: "canary") }
            let page = try await identity.send(.get, "/v1/users?limit=1", as: acme.administrator.token)
            let cursor = try #require(page.json["next_cursor"]?.text)
            let answer = try await identity.send(
                .get, "/v1/users?limit=200&cursor=\(cursor)", as: bolt.administrator.token)
            #expect(answer.status == 200)
            #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("canary"))
        }
    }

    @Test("a limit is 1 to 200, and every unknown parameter is named", arguments: ["0", "201", "-1", "x", "1.5", ""])
    func limits(limit: String) async throws {
        try await IdentityUnderTest.run { identity in
            let token = try await identity.makeWorkspace().administrator.token
            for path in ["/v1/users", "/v1/teams", "/v1/api-keys", "/v1/sessions"] {
                let answer = try await identity.send(.get, "\(path)?limit=\(limit)&odd=1", as: token)
                #expect(answer.status == 400)
                let known = try await identity.send(.get, "\(path)?limit=\(limit)", as: token)
                #expect(known.status == 400)
                #expect(known.code == "invalid_parameter")
                #expect(known.pointers == ["limit"])
            }
        }
    }
}

/// A yes that is said once and heard by many tasks.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
