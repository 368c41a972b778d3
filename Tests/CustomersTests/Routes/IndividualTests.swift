import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("People among the customers (B3)", .scratchDatabase(.customers))
struct IndividualTests {
    private let acme = ID<Workspace>.make(at: .now)

    @Test("a person is added with many mails and phones, shown, changed and deleted, each with its activity (B3, D1)")
    func life() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let made = try await customers.add(
                "/v1/individuals",
                """
                {"name": " Ada Lovelace ", "language": "EN-gb", "note": "Prefers calls.", "contacts": [
                {"kind": "email", "value": "Ada@Example.com", "is_verified": true},
                {"kind": "email", "value": "ada@work.example", "label": "work", "is_primary": true},
                {"kind": "phone", "value": "+44 (0)20 7946 0000"}, {"kind": "handle", "value": "@ada"}]}
                """, as: token)
            let id = try #require(made.id)
            #expect(made.header("Location") == "/v1/individuals/\(id)")
            #expect(made.header("ETag") == "\"1\"")
            let shown = try await customers.send(.get, "/v1/individuals/\(id)", as: token)
            #expect(shown.json["name"]?.text == "Ada Lovelace")
            #expect(shown.json["language"]?.text == "en-GB")
            let contacts = shown.contacts.map { "\($0["value"]?.text ?? "") \($0["is_primary"]?.flag ?? false)" }
            #expect(
                contacts == [
                    "Ada@Example.com false", "ada@work.example true", "@ada true", "+44 (0)20 7946 0000 true",
                ])
            let asMade = try WireJSON.decode(Individual.self, from: made.bytes)
            let asShown = try WireJSON.decode(Individual.self, from: shown.bytes)
            #expect(asMade.contacts == asShown.contacts)
            #expect(asMade.createdAt == asShown.createdAt)
            let changed = try await customers.send(
                .patch, "/v1/individuals/\(id)", as: token, #"{"name": "Ada King", "note": null}"#)
            #expect(changed.status == 200)
            #expect(changed.header("ETag") == "\"2\"")
            #expect(changed.json["note"]?.text == nil)
            #expect(changed.json["language"]?.text == "en-GB")
            let deleted = try await customers.send(.delete, "/v1/individuals/\(id)", as: token)
            #expect(deleted.status == 204)
            #expect(try await customers.send(.get, "/v1/individuals/\(id)", as: token).status == 404)
            #expect(try await customers.send(.delete, "/v1/individuals/\(id)", as: token).status == 404)
            #expect(
                try await customers.activity(of: id, in: acme) == [
                    "1 created {}", #"2 updated {"fields": {"to": ["name", "note"], "from": null}}"#, "3 deleted {}",
                ])
        }
    }

    @Test("a change that changes nothing keeps version and history")
    func unchanged() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let id = try await customers.addIndividual(as: token)
            for body in ["{}", #"{"name": "Ada Lovelace"}"#, #"{"note": null}"#] {
                let answer = try await customers.send(.patch, "/v1/individuals/\(id)", as: token, body)
                #expect(answer.status == 200)
                #expect(answer.header("ETag") == "\"1\"")
            }
            #expect(try await customers.activity(of: id, in: acme).count == 1)
        }
    }

    @Test("of fifty changes with one ETag one wins and forty-nine are 412 with the newer version (R-3)")
    func staleTags() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let id = try await customers.addIndividual(as: token)
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try await customers.send(
                            .patch, "/v1/individuals/\(id)", as: token, #"{"name": "Ada \#(number)"}"#,
                            ["If-Match": "\"1\""])
                    }
                }
                return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let stale = answers.filter { $0.status == 412 }
            #expect(stale.count == 49)
            #expect(stale.allSatisfy { $0.header("ETag") == "\"2\"" && $0.json["version"]?.whole == 2 })
            #expect(try await customers.activity(of: id, in: acme).count == 2)
        }
    }

    @Test("changes of different fields without a tag both survive, and an unchanged record is 304 (R-3)")
    func unconditional() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let id = try await customers.addIndividual(as: token)
            async let first = customers.send(.patch, "/v1/individuals/\(id)", as: token, #"{"note": "n"}"#)
            async let second = customers.send(.patch, "/v1/individuals/\(id)", as: token, #"{"language": "de"}"#)
            let statuses = try await [first.status, second.status]
            #expect(statuses == [200, 200])
            let shown = try await customers.send(.get, "/v1/individuals/\(id)", as: token)
            #expect(shown.json["note"]?.text == "n")
            #expect(shown.json["language"]?.text == "de")
            let same = try await customers.send(
                .get, "/v1/individuals/\(id)", as: token, nil, ["If-None-Match": shown.header("ETag") ?? ""])
            #expect(same.status == 304)
            #expect(same.bytes.isEmpty)
        }
    }

    @Test("a stale tag is 412 for every write of a record and its contacts, and changes nothing (R-3)")
    func staleWrites() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let made = try await customers.add(
                "/v1/individuals", #"{"name": "A", "contacts": [{"kind": "handle", "value": "a"}]}"#, as: token)
            let id = try #require(made.id)
            let contact = try #require(made.contacts.first?["id"]?.text)
            let before = try Rows.everything()
            let writes: [(HTTPRequest.Method, String, String?)] = [
                (.delete, "/v1/individuals/\(id)", nil),
                (.post, "/v1/individuals/\(id)/contacts", #"{"kind": "handle", "value": "b"}"#),
                (.patch, "/v1/individuals/\(id)/contacts/\(contact)", #"{"label": "x"}"#),
                (.delete, "/v1/individuals/\(id)/contacts/\(contact)", nil),
            ]
            for (method, path, body) in writes {
                let answer = try await customers.send(method, path, as: token, body, ["If-Match": "\"7\""])
                #expect(answer.status == 412, "\(method) \(path)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("fifty equal creates under one key are one person (R-1)")
    func oneKey() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let body = #"{"name": "Ada", "contacts": [{"kind": "email", "value": "a@x.example", "is_verified": true}]}"#
            let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await customers.send(
                            .post, "/v1/individuals", as: token, body, ["Idempotency-Key": "one"])
                    }
                }
                return try await group.reduce(into: [TestAnswer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { [201, 409].contains($0.status) })
            #expect(Set(answers.filter { $0.status == 201 }.map(\.bytes)).count == 1)
            #expect(try await customers.count("customers.individual", in: acme) == 1)
            let other = try await customers.send(
                .post, "/v1/individuals", as: token, #"{"name": "Bob"}"#, ["Idempotency-Key": "one"])
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
        }
    }

    @Test("a key of another person, workspace or address, or of yesterday, is another key (R-2)")
    func keyScope() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let (ada, bob) = (ID<User>.make(at: .now), ID<User>.make(at: .now))
            let key = ["Idempotency-Key": "one"]
            for token in [
                try await customers.token(in: acme, as: ada), try await customers.token(in: acme, as: bob),
                try await customers.token(in: ID<Workspace>.make(at: .now), as: ada),
            ] {
                for path in ["/v1/individuals", "/v1/organizations"] {
                    let made = try await customers.send(.post, path, as: token, #"{"name": "A"}"#, key)
                    #expect(made.status == 201)
                    #expect(made.header("Idempotent-Replayed") == nil)
                }
            }
            customers.clock.advance(by: .seconds(25 * 3_600))
            let later = try await customers.token(in: acme, as: ada)
            let anew = try await customers.send(.post, "/v1/individuals", as: later, #"{"name": "A"}"#, key)
            #expect(anew.status == 201)
            #expect(anew.header("Idempotent-Replayed") == nil)
            #expect(try await customers.count("customers.individual", in: acme) == 3)
        }
    }

    @Test("each write is repeated under its key with the same bytes, and happens once (R-1)")
    func everyKey() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let made = try await customers.add(
                "/v1/individuals", #"{"name": "A", "contacts": [{"kind": "handle", "value": "a"}]}"#, as: token)
            let id = try #require(made.id)
            let contact = try #require(made.contacts.first?["id"]?.text)
            let writes: [(HTTPRequest.Method, String, String?)] = [
                (.patch, "/v1/individuals/\(id)", #"{"name": "B"}"#),
                (.post, "/v1/individuals/\(id)/contacts", #"{"kind": "handle", "value": "b"}"#),
                (.patch, "/v1/individuals/\(id)/contacts/\(contact)", #"{"label": "x"}"#),
                (.delete, "/v1/individuals/\(id)/contacts/\(contact)", nil),
                (.delete, "/v1/individuals/\(id)", nil),
            ]
            for (number, (method, path, body)) in writes.enumerated() {
                let key = ["Idempotency-Key": "key \(number)"]
                let first = try await customers.send(method, path, as: token, body, key)
                #expect(first.status < 300, "\(method) \(path) \(first.text)")
                let second = try await customers.send(method, path, as: token, body, key)
                #expect(second.status == first.status, "\(method) \(path) \(second.text)")
                #expect(second.bytes == first.bytes)
                #expect(second.header("Idempotent-Replayed") == "true")
            }
            #expect(try await customers.activity(of: id, in: acme).count == 6)
        }
    }
}
