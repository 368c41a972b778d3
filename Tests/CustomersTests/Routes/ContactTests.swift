import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("Contacts of customers (B3, B4)", .scratchDatabase(.customers))
struct ContactTests {
    private let acme = ID<Workspace>.make(at: .now)
    private static let owners = ["individuals", "organizations"]

    @Test(
        "contacts are added, changed and removed, each a version of their owner and one activity (D1)",
        arguments: owners)
    func life(owner: String) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let id = try #require(try await customers.add("/v1/\(owner)", #"{"name": "A"}"#, as: token).id)
            let path = "/v1/\(owner)/\(id)/contacts"
            let first = try await customers.add(path, #"{"kind": "email", "value": "a@x.example"}"#, as: token)
            customers.clock.advance(by: .seconds(1))
            #expect(first.header("ETag") == "\"2\"")
            #expect(first.header("Location") == "/v1/\(owner)/\(id)")
            let a = try #require(first.contacts.first?["id"]?.text)
            let second = try await customers.add(
                path, #"{"kind": "email", "value": "b@x.example", "is_primary": true, "label": "work"}"#, as: token)
            #expect(second.contacts.map { $0["is_primary"]?.flag } == [false, true])
            let b = try #require(second.contacts.last?["id"]?.text)
            let verified = try await customers.send(
                .patch, "\(path)/\(a)", as: token, #"{"is_verified": true, "label": "home"}"#)
            #expect(verified.status == 200)
            #expect(verified.header("ETag") == "\"4\"")
            #expect(verified.contacts.first?["is_verified"]?.flag == true)
            #expect(try await customers.send(.delete, "\(path)/\(b)", as: token).status == 204)
            let left = try await customers.send(.get, "/v1/\(owner)/\(id)", as: token)
            #expect(left.header("ETag") == "\"5\"")
            #expect(left.contacts.map { $0["value"]?.text } == ["a@x.example"])
            #expect(left.contacts.first?["is_primary"]?.flag == true)
            let log = try await customers.activity(of: id, in: acme)
            #expect(
                log.map { $0.split(separator: " ")[1] } == [
                    "created", "contact_added", "contact_added", "contact_updated", "contact_removed",
                ])
            #expect(log[1].contains(a) && log[4].contains(b))
            #expect(log[3].contains(#""is_verified": {"to": true, "from": false}"#))
        }
    }

    @Test(
        "a verified contact is one customer's of the workspace: 409 that names each, for both kinds",
        arguments: owners)
    func verifiedOnce(owner: String) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            _ = try await customers.add(
                "/v1/individuals",
                """
                {"name": "A", "contacts": [{"kind": "email", "value": "a@x.example", "is_verified": true},
                {"kind": "phone", "value": "+49 30 123456", "is_verified": true}]}
                """, as: token)
            let before = try Rows.everything()
            let taken = try await customers.send(
                .post, "/v1/\(owner)", as: token,
                """
                {"name": "B", "contacts": [{"kind": "handle", "value": "a@x.example", "is_verified": true},
                {"kind": "email", "value": "A@X.example", "is_verified": true},
                {"kind": "email", "value": "b@x.example"},
                {"kind": "phone", "value": "0049 30 / 123456", "is_verified": true}]}
                """)
            #expect(taken.status == 409)
            #expect(taken.code == "conflict")
            #expect(taken.pointers == ["/contacts/1/value", "/contacts/3/value"])
            #expect(try Rows.everything() == before)
            let made = try await customers.add(
                "/v1/\(owner)", #"{"name": "B", "contacts": [{"kind": "email", "value": "a@x.example"}]}"#, as: token)
            let path = "/v1/\(owner)/\(try #require(made.id))/contacts"
            let contact = try #require(made.contacts.first?["id"]?.text)
            let verified = try await customers.send(.patch, "\(path)/\(contact)", as: token, #"{"is_verified": true}"#)
            #expect(verified.status == 409)
            #expect(verified.pointers == ["/is_verified"])
            let added = try await customers.send(
                .post, path, as: token, #"{"kind": "phone", "value": "+4930123456", "is_verified": true}"#)
            #expect(added.status == 409)
            #expect(added.pointers == ["/value"])
        }
    }

    @Test("of twenty who claim a verified address at the same moment one gets it")
    func verifiedRace() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let path = number.isMultiple(of: 2) ? "/v1/individuals" : "/v1/organizations"
                        let contact = #"{"kind": "email", "value": "a@x.example", "is_verified": true}"#
                        return try await customers.send(
                            .post, path, as: token, #"{"name": "N\#(number)", "contacts": [\#(contact)]}"#
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.filter { $0 == 201 }.count == 1)
            #expect(statuses.filter { $0 == 409 }.count == 19)
            #expect(try await customers.count("customers.contact", in: acme) == 1)
        }
    }

    @Test("another workspace may have the same verified address (S-1)")
    func otherWorkspace() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let body = #"{"name": "A", "contacts": [{"kind": "email", "value": "a@x.example", "is_verified": true}]}"#
            _ = try await customers.add("/v1/individuals", body, as: try await customers.token(in: acme))
            _ = try await customers.add(
                "/v1/individuals", body, as: try await customers.token(in: ID<Workspace>.make(at: .now)))
        }
    }

    @Test("who is deleted lets their verified address go, and another can have it")
    func release() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let body = #"{"name": "A", "contacts": [{"kind": "email", "value": "a@x.example", "is_verified": true}]}"#
            let id = try #require(try await customers.add("/v1/individuals", body, as: token).id)
            _ = try await customers.send(.delete, "/v1/individuals/\(id)", as: token)
            _ = try await customers.add("/v1/organizations", body, as: token)
            let scratch = try ScratchDatabase.current
            let left = try scratch.cluster.sql(
                "SELECT count(*) FROM customers.search_text WHERE id = '\(id)'", database: scratch.name)
            #expect(left == "0")
        }
    }

    @Test("the rules of contacts are 422 with the pointer, and nothing is written", arguments: owners)
    func rules(owner: String) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let made = try await customers.add(
                "/v1/\(owner)", #"{"name": "A", "contacts": [{"kind": "email", "value": "a@x.example"}]}"#, as: token)
            let path = "/v1/\(owner)/\(try #require(made.id))/contacts"
            let contact = try #require(made.contacts.first?["id"]?.text)
            let before = try Rows.everything()
            let wrong: [(HTTPRequest.Method, String, String, [String])] = [
                (.post, path, #"{"kind": "email", "value": "nobody"}"#, ["/value"]),
                (.post, path, #"{"kind": "email", "value": "A@x.example"}"#, ["/value"]),
                (.post, path, #"{"kind": "phone", "value": "call me"}"#, ["/value"]),
                (.patch, "\(path)/\(contact)", #"{"is_primary": false}"#, ["/is_primary"]),
                (.patch, "\(path)/\(contact)", #"{"value": "nobody"}"#, ["/value"]),
                (
                    .post, "/v1/\(owner)",
                    """
                    {"name": "B", "contacts": [{"kind": "phone", "value": "x"}, {"kind": "email", "value": "y"},
                    {"kind": "handle", "value": "z", "is_primary": true},
                    {"kind": "handle", "value": "Z", "is_primary": true}]}
                    """,
                    ["/contacts/0/value", "/contacts/1/value", "/contacts/3/value", "/contacts/3/is_primary"]
                ),
            ]
            for (method, path, body, pointers) in wrong {
                let answer = try await customers.send(method, path, as: token, body)
                #expect(answer.status == 422, "\(body) \(answer.text)")
                #expect(answer.pointers == pointers)
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a customer has at most fifty contacts, at once and one after the other", arguments: owners)
    func limit(owner: String) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            func body(_ count: Int) -> String {
                let contacts = (0..<count).map { #"{"kind": "email", "value": "a\#($0)@x.example"}"# }
                return #"{"name": "A", "contacts": [\#(contacts.joined(separator: ", "))]}"#
            }
            for count in [51, 1_000] {
                let answer = try await customers.send(.post, "/v1/\(owner)", as: token, body(count))
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/contacts"])
            }
            let id = try #require(try await customers.add("/v1/\(owner)", body(50), as: token).id)
            let full = try await customers.send(
                .post, "/v1/\(owner)/\(id)/contacts", as: token, #"{"kind": "email", "value": "z@x.example"}"#)
            #expect(full.status == 422)
            #expect(try await customers.count("customers.contact", in: acme) == 50)
        }
    }

    @Test("of sixty contacts added at the same moment fifty are kept, each a version, with one primary")
    func concurrent() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let id = try await customers.addIndividual(as: token)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        try await customers.send(
                            .post, "/v1/individuals/\(id)/contacts", as: token,
                            #"{"kind": "email", "value": "a\#(number)@x.example", "is_primary": true}"#
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(Set(statuses) == [201, 422])
            #expect(statuses.filter { $0 == 201 }.count == 50)
            #expect(statuses.filter { $0 == 422 }.count == 10)
            let shown = try await customers.send(.get, "/v1/individuals/\(id)", as: token)
            #expect(shown.contacts.filter { $0["is_primary"]?.flag == true }.count == 1)
            #expect(shown.header("ETag") == "\"51\"")
            #expect(try await customers.activity(of: id, in: acme).count == 51)
        }
    }

    @Test("no activity holds a name, an address or a note")
    func privacy() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let made = try await customers.add(
                "/v1/individuals",
                """
                {"name": "Canary Name", "note": "canary note", "contacts": [
                {"kind": "email", "value": "canary@x.example", "label": "canary label"}]}
                """, as: token)
            let id = try #require(made.id)
            let contact = try #require(made.contacts.first?["id"]?.text)
            for (path, body) in [
                ("/v1/individuals/\(id)", #"{"name": "Canary Two", "note": "canary two"}"#),
                ("/v1/individuals/\(id)/contacts/\(contact)", #"{"value": "canary2@x.example", "label": "canary"}"#),
            ] {
                #expect(try await customers.send(.patch, path, as: token, body).status == 200)
            }
            _ = try await customers.send(.delete, "/v1/individuals/\(id)/contacts/\(contact)", as: token)
            let scratch = try ScratchDatabase.current
            let log = try scratch.cluster.sql("SELECT a::text FROM core.activity AS a", database: scratch.name)
            #expect(log.split(separator: "\n").count == 4)
            #expect(!log.lowercased().contains("canary"))
        }
    }
}
