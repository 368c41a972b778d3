import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("Search as somebody types (B2, K3)", .scratchDatabase(.customers))
struct SearchTests {
    private let acme = ID<Workspace>.make(at: .now)

    private static let people: [(name: String, contact: String)] = [
        ("Margaret Johnson", #"{"kind": "email", "value": "mj@web.example"}"#),
        ("Jörg Müller", #"{"kind": "phone", "value": "+49 (0)171 555 01 23"}"#),
        ("Łukasz Wiśniewski", #"{"kind": "email", "value": "lukasz@poczta.example"}"#),
        ("山田 花子", #"{"kind": "handle", "value": "@hanako"}"#),
        ("Ada Lovelace", #"{"kind": "email", "value": "ada@engines.example"}"#),
        ("Adam Johnston", #"{"kind": "phone", "value": "030 7654321"}"#),
        ("100%_Real \\ Person", #"{"kind": "handle", "value": "real"}"#),
    ]

    private func fill(_ customers: CustomersUnderTest) async throws -> String {
        let token = try await customers.token(in: acme)
        for (name, contact) in Self.people {
            let text = name.replacing("\\", with: "\\\\")
            _ = try await customers.add(
                "/v1/individuals", #"{"name": "\#(text)", "contacts": [\#(contact)]}"#, as: token)
        }
        return token
    }

    /// What is typed, and who must come first.
    static let found: [(typed: String, first: String)] = [
        ("m", "Margaret Johnson"), ("marg", "Margaret Johnson"), ("johnson", "Margaret Johnson"),
        ("JOHNSON marg", "Margaret Johnson"), ("Jonhson", "Margaret Johnson"), ("Johnsn", "Margaret Johnson"),
        ("Muller", "Jörg Müller"), ("Müler", "Jörg Müller"), ("jorg", "Jörg Müller"), ("mueler", "Jörg Müller"),
        ("0171 555", "Jörg Müller"), ("+49 171 55501", "Jörg Müller"), ("0049171", "Jörg Müller"),
        ("550123", "Jörg Müller"), ("Wisniewski", "Łukasz Wiśniewski"), ("lukas", "Łukasz Wiśniewski"),
        ("poczta", "Łukasz Wiśniewski"), ("山", "山田 花子"), ("花子", "山田 花子"), ("hanako", "山田 花子"),
        ("ada@engines.example", "Ada Lovelace"), ("engines", "Ada Lovelace"), ("ada", "Ada Lovelace"),
        ("adam", "Adam Johnston"), ("Lovelase", "Ada Lovelace"), ("030 76", "Adam Johnston"),
        ("Jhonston", "Adam Johnston"),
        ("100%", "100%_Real \\ Person"), ("100%_", "100%_Real \\ Person"), ("\\ p", "100%_Real \\ Person"),
    ]

    @Test("finds by the beginning of a word, by a part, by mail and digits, and past slips and accents, best first")
    func finds() async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await fill(customers)
            for (typed, first) in Self.found {
                let names = try await customers.names("/v1/individuals?q=\(Self.encoded(typed))", as: token)
                #expect(names.first == first, "\(typed): \(names)")
            }
        }
    }

    @Test(
        "finds nothing where nothing fits, and takes no sign for a pattern",
        arguments: [
            "zzzz", "%", "_", "\\", "%%%", "' OR 1=1 --", "@@", "x", "\u{1F600}", "0000", "((", "a%b%c", "[a-z]*",
        ])
    func findsNothing(typed: String) async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await fill(customers)
            let answer = try await customers.send(.get, "/v1/individuals?q=\(Self.encoded(typed))", as: token)
            #expect(answer.status == 200)
            #expect(answer.items.allSatisfy { $0["name"]?.text?.contains("Real") == true }, "\(typed) \(answer.text)")
        }
    }

    @Test("a search has no cursor, at most limit answers, and shows what a list shows")
    func bounded() async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await fill(customers)
            let answer = try await customers.send(.get, "/v1/individuals?q=a&limit=1", as: token)
            #expect(answer.items.count == 1)
            #expect(answer.json["next_cursor"] == .null)
            let shown = try WireJSON.decode(Page<Individual>.self, from: answer.bytes).items
            #expect(shown.first?.contacts.count == 1)
        }
    }

    @Test(
        "what only lists have is refused beside q, and named",
        arguments: [
            "sort=name", "count=true", "cursor=x", "email=a@b.example", "phone=%2B4930123",
            "organization=\(ID<Organization>.sample)",
        ])
    func refuses(parameter: String) async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await customers.token(in: acme)
            let answer = try await customers.send(.get, "/v1/individuals?q=a&\(parameter)", as: token)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid_parameter")
            #expect(answer.pointers == [String(parameter.prefix { $0 != "=" })])
        }
    }

    @Test("organizations are found by name, domain, mail and number")
    func organizations() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            _ = try await customers.add(
                "/v1/organizations",
                """
                {"name": "Société Générale d'Été", "domains": ["sge.example"],
                "contacts": [{"kind": "email", "value": "hello@bureau.example"},
                {"kind": "phone", "value": "+33 1 23456"}]}
                """, as: token)
            _ = try await customers.addIndividual("Societa Rossi", as: token)
            for typed in ["s", "soci", "Societe", "generale", "sge.example", "bureau", "01 23456", "Genrale"] {
                let names = try await customers.names("/v1/organizations?q=\(Self.encoded(typed))", as: token)
                #expect(names == ["Société Générale d'Été"], "\(typed)")
            }
        }
    }

    @Test("what changes is found as it is now, and no more as it was")
    func followsChanges() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let id = try await customers.addIndividual("Kowalczyk", as: token)
            _ = try await customers.send(.patch, "/v1/individuals/\(id)", as: token, #"{"name": "Brzozowska"}"#)
            #expect(try await customers.names("/v1/individuals?q=brzo", as: token) == ["Brzozowska"])
            #expect(try await customers.names("/v1/individuals?q=kowalczyk", as: token).isEmpty)
            let added = try await customers.add(
                "/v1/individuals/\(id)/contacts", #"{"kind": "email", "value": "q@zeta.example"}"#, as: token)
            #expect(try await customers.names("/v1/individuals?q=zeta", as: token) == ["Brzozowska"])
            let contact = try #require(added.contacts.first?["id"]?.text)
            _ = try await customers.send(.delete, "/v1/individuals/\(id)/contacts/\(contact)", as: token)
            #expect(try await customers.names("/v1/individuals?q=zeta", as: token).isEmpty)
            _ = try await customers.send(.delete, "/v1/individuals/\(id)", as: token)
            #expect(try await customers.names("/v1/individuals?q=brzo", as: token).isEmpty)
        }
    }

    @Test("no search of one workspace shows anything of another, whatever is typed (S-1)")
    func walls() async throws {
        try await CustomersUnderTest.run { customers in
            _ = try await fill(customers)
            let bolt = try await customers.token(in: ID<Workspace>.make(at: .now))
            for (typed, _) in Self.found {
                #expect(try await customers.names("/v1/individuals?q=\(Self.encoded(typed))", as: bolt).isEmpty)
            }
        }
    }

    @Test("beyond the newest two thousand the index finds the rare, and a frequent word fills its page")
    func manyRecords() async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await fill(customers)
            try SearchFilling(workspace: acme).fill(6_000)
            for typed in ["Lovelace", "lovel", "Jonhson", "Wisniewski", "0171 555", "山田"] {
                let names = try await customers.names("/v1/individuals?q=\(Self.encoded(typed))", as: token)
                #expect(names.count == 1, "\(typed): \(names.count)")
            }
            for typed in ["common", "com", "filler common", "c"] {
                let names = try await customers.names("/v1/individuals?q=\(Self.encoded(typed))&limit=200", as: token)
                #expect(names.count == 200, "\(typed)")
            }
        }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(decoding: [byte], as: UTF8.self) : "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }
}
