import HTTPTypes
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Customers

@Suite("Lists of customers", .scratchDatabase(.customers))
struct ListTests {
    private let acme = ID<Workspace>.make(at: .now)

    @Test(
        "pages together show every record once, in order (R-4)",
        arguments: ["individuals", "organizations"], ["", "&sort=name", "&sort=-created_at"])
    func pages(kind: String, sort: String) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let names = ["Émile", "bob", "Alma", "Zoë", "Dörte", "émile", "Carl"]
            for name in names {
                _ = try await customers.add("/v1/\(kind)", #"{"name": "\#(name)"}"#, as: token)
                customers.clock.advance(by: .seconds(1))
            }
            let seen = try await Self.all("/v1/\(kind)?limit=2\(sort)", customers, token).compactMap {
                $0["name"]?.text
            }
            if sort == "&sort=name" {
                #expect(seen == ["Alma", "bob", "Carl", "Dörte", "Émile", "émile", "Zoë"])
            } else {
                #expect(seen == names.reversed())
            }
        }
    }

    @Test("records of one instant are told apart by their ids, in both orders (R-4)")
    func ties() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            for _ in 0..<9 { _ = try await customers.addIndividual("Same", as: token) }
            for sort in ["name", "-created_at"] {
                let seen = try await Self.all("/v1/individuals?limit=2&sort=\(sort)", customers, token)
                #expect(Set(seen.compactMap { $0["id"]?.text }).count == 9)
                #expect(seen.count == 9)
            }
        }
    }

    @Test("a list is narrowed to one mail address or number, however it is typed")
    func filters() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            for kind in ["individuals", "organizations"] {
                for number in 0..<3 {
                    _ = try await customers.add(
                        "/v1/\(kind)",
                        """
                        {"name": "N\(number)", "contacts": [{"kind": "email", "value": "N\(number)@X.example"},
                        {"kind": "handle", "value": "n1@x.example"},
                        {"kind": "phone", "value": "+49 30 10\(number)000"}]}
                        """, as: token)
                }
                #expect(try await customers.names("/v1/\(kind)?email=n1@x.EXAMPLE", as: token) == ["N1"])
                #expect(try await customers.names("/v1/\(kind)?phone=0049(0)30102000", as: token) == ["N2"])
                #expect(
                    try await customers.names("/v1/\(kind)?phone=%2B4930102000&email=n2@x.example", as: token) == ["N2"]
                )
                #expect(
                    try await customers.names("/v1/\(kind)?phone=%2B4930102000&email=n1@x.example", as: token).isEmpty)
                let wrong = try await customers.send(.get, "/v1/\(kind)?phone=call%20me", as: token)
                #expect(wrong.status == 400)
                #expect(wrong.pointers == ["phone"])
            }
            let nobody = try await customers.names("/v1/individuals?organization=\(ID<Organization>.sample)", as: token)
            #expect(nobody.isEmpty)
        }
    }

    @Test("a list says how many there are in all when it is asked, exactly up to 10,000")
    func totals() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            for name in ["A", "B", "C"] { _ = try await customers.addIndividual(name, as: token) }
            let few = try await customers.send(.get, "/v1/individuals?count=true&limit=1", as: token)
            #expect(few.items.count == 1)
            #expect(few.json["total"]?.whole == 3)
            let none = try await customers.send(.get, "/v1/individuals?count=true&email=a@b.example", as: token)
            #expect(none.json["total"]?.whole == 0)
            let unasked = try await customers.send(.get, "/v1/individuals", as: token)
            #expect(unasked.json["total"] == nil)
            try SearchFilling(workspace: acme).fill(10_000)
            let many = try await customers.send(.get, "/v1/individuals?count=true&limit=1", as: token)
            #expect(many.json["total"]?.text == "10000+")
        }
    }

    @Test("of 2,000 people who stay, paging shows each once while four writers add and remove others (R-4)")
    func complete() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            try SearchFilling(workspace: acme).fill(2_000)
            let isDone = Flag()
            let seen = try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while !isDone.isSet {
                            let id = try await customers.addIndividual("Passing", as: token)
                            _ = try await customers.send(.delete, "/v1/individuals/\(id)", as: token)
                            _ = try await customers.addIndividual("Arriving", as: token)
                        }
                    }
                }
                let seen = try await Self.all("/v1/individuals?limit=100", customers, token)
                isDone.set()
                try await group.waitForAll()
                return seen
            }
            #expect(Set(seen.compactMap { $0["id"]?.text }).count == seen.count)
            #expect(seen.filter { $0["name"]?.text?.hasPrefix("Filler") == true }.count == 2_000)
        }
    }

    @Test("a malformed cursor, and one of another list, filter or order, is 400 (R-4)")
    func wrongCursors() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            for _ in 0..<2 {
                _ = try await customers.addIndividual(as: token)
                _ = try await customers.addOrganization(as: token)
            }
            let page = try await customers.send(.get, "/v1/individuals?limit=1", as: token)
            let cursor = try #require(page.json["next_cursor"]?.text)
            let binding = "individuals newest \(CustomerStore<Individual>.Filter())"
            let ordinary = try #require(ID<Individual>(page.items.first?["id"]?.text ?? ""))
            for query in [
                "/v1/individuals?cursor=nonsense", "/v1/individuals?cursor=", "/v1/individuals?cursor=\(cursor)x",
                "/v1/individuals?sort=name&cursor=\(cursor)", "/v1/individuals?email=a@b.example&cursor=\(cursor)",
                "/v1/individuals?phone=%2B4930123&cursor=\(cursor)", "/v1/organizations?cursor=\(cursor)",
                "/v1/individuals?organization=\(ordinary)&cursor=\(cursor)",
                "/v1/individuals/\(ordinary)/memberships?cursor=\(cursor)",
                "/v1/individuals?cursor=\(Cursor(binding: binding, keys: ["x", ordinary.description]).text)",
                "/v1/individuals?cursor=\(Cursor(binding: binding, keys: ["infinity", ordinary.description]).text)",
                "/v1/individuals?cursor=\(Cursor(binding: binding, keys: ["2026-01-01 10:00:00+00", "x"]).text)",
                "/v1/individuals?cursor=\(String(repeating: "A", count: 2_000))", "/v1/individuals?cursor=%00",
            ] {
                let answer = try await customers.send(.get, query, as: token)
                #expect(answer.status == 400, "\(query)")
                #expect(answer.code == "invalid_cursor", "\(query)")
            }
            #expect(try await customers.send(.get, "/v1/individuals?limit=1&cursor=\(cursor)", as: token).status == 200)
        }
    }

    @Test("another workspace's cursor shows nothing of that workspace (R-4, S-1)")
    func foreignCursor() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            for _ in 0..<3 { _ = try await customers.addIndividual("canary", as: token) }
            let page = try await customers.send(.get, "/v1/individuals?limit=1", as: token)
            let cursor = try #require(page.json["next_cursor"]?.text)
            let bolt = try await customers.token(in: ID<Workspace>.make(at: .now))
            let answer = try await customers.send(.get, "/v1/individuals?limit=200&cursor=\(cursor)", as: bolt)
            #expect(answer.status == 200)
            #expect(answer.items.isEmpty)
        }
    }

    @Test(
        "a wrong parameter is 400, and every unknown one is named",
        arguments: [
            ("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("sort=id", "sort"), ("odd=1", "odd"),
            ("email=nobody", "email"), ("q=", "q"), ("q=%00", "q"), ("q=\(String(repeating: "x", count: 141))", "q"),
            ("phone=1", "phone"), ("name=x", "name"),
        ])
    func wrongParameters(query: String, named: String) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            for path in ["/v1/individuals", "/v1/organizations"] {
                let answer = try await customers.send(.get, "\(path)?\(query)", as: token)
                #expect(answer.status == 400, "\(path)?\(query)")
                #expect(answer.code == "invalid_parameter")
                #expect(answer.pointers == [named])
            }
        }
    }

    private static func all(
        _ path: String, _ customers: CustomersUnderTest, _ token: String
    ) async throws -> [JSONValue] {
        var seen: [JSONValue] = []
        var cursor = ""
        repeat {
            let answer = try await customers.send(.get, path + cursor, as: token)
            #expect(answer.status == 200, "\(answer.text)")
            seen += answer.items
            cursor = answer.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return seen
    }
}

/// A yes that is said once and heard by many tasks.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var isSet: Bool { state.withLock { $0 } }
    func set() { state.withLock { $0 = true } }
}
