import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("Bad input to customers", .scratchDatabase(.customers))
struct BadInputTests {
    /// A write with a body: good values of its fields, those that must be there, those that may be null, and texts with
    /// their longest length.
    struct Write: Sendable, CustomTestStringConvertible {
        let id: String
        let method: HTTPRequest.Method
        let path: String
        var fields: [String: String]
        var required: [String] = []
        var nullable: Set<String> = []
        var texts: [String: Int] = [:]

        var testDescription: String { id }

        func body(replacing field: String? = nil, with value: String? = nil) -> String {
            var fields = fields
            if let field { fields[field] = value }
            return "{" + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
                + "}"
        }
    }

    private static let contact = #"{"kind": "handle", "value": "x", "label": "l"}"#
    static let writes: [Write] = [
        Write(
            id: "individuals.create", method: .post, path: "/v1/individuals",
            fields: ["name": #""A""#, "language": #""de""#, "note": #""n""#, "contacts": "[\(contact)]"],
            required: ["name"], nullable: ["language", "note", "contacts"], texts: ["name": 140, "note": 4_000]),
        Write(
            id: "individuals.update", method: .patch, path: "/v1/individuals/{person}",
            fields: ["name": #""B""#, "language": #""de""#, "note": #""n""#], nullable: ["language", "note"],
            texts: ["name": 140, "note": 4_000, "language": 35]),
        Write(
            id: "individuals.add_contact", method: .post, path: "/v1/individuals/{person}/contacts",
            fields: newContact, required: ["kind", "value"], nullable: ["label", "is_verified", "is_primary"],
            texts: ["value": 254, "label": 40]),
        Write(
            id: "individuals.update_contact", method: .patch, path: "/v1/individuals/{person}/contacts/{contact}",
            fields: changedContact, nullable: ["label"], texts: ["value": 254, "label": 40]),
        Write(
            id: "organizations.create", method: .post, path: "/v1/organizations",
            fields: ["name": #""A""#, "domains": #"["a.example"]"#, "note": #""n""#, "contacts": "[\(contact)]"],
            required: ["name"], nullable: ["domains", "note", "contacts"], texts: ["name": 140, "note": 4_000]),
        Write(
            id: "organizations.update", method: .patch, path: "/v1/organizations/{company}",
            fields: ["name": #""B""#, "domains": #"["a.example"]"#, "note": #""n""#], nullable: ["note"],
            texts: ["name": 140, "note": 4_000]),
        Write(
            id: "organizations.add_contact", method: .post, path: "/v1/organizations/{company}/contacts",
            fields: newContact, required: ["kind", "value"], nullable: ["label", "is_verified", "is_primary"],
            texts: ["value": 254, "label": 40]),
        Write(
            id: "organizations.update_contact", method: .patch,
            path: "/v1/organizations/{company}/contacts/{company_contact}", fields: changedContact,
            nullable: ["label"], texts: ["value": 254, "label": 40]),
        Write(
            id: "organizations.put_member", method: .put, path: "/v1/organizations/{company}/members/{person}",
            fields: ["role": #""r""#], nullable: ["role"], texts: ["role": 140]),
        Write(
            id: "individuals.batch", method: .post, path: "/v1/individuals/batch", fields: ["operations": "[]"],
            required: ["operations"]),
        Write(
            id: "organizations.batch", method: .post, path: "/v1/organizations/batch", fields: ["operations": "[]"],
            required: ["operations"]),
    ]
    private static let newContact = [
        "kind": #""email""#, "value": #""a@x.example""#, "label": #""l""#, "is_verified": "true",
        "is_primary": "true",
    ]
    private static let changedContact = [
        "value": #""new""#, "label": #""m""#, "is_verified": "true", "is_primary": "true",
    ]

    @Test("every write with a body is among those that are tried here")
    func allWrites() {
        let withBody = ServiceName.customers.contracts.filter { $0.bodySchema != nil }.map(\.id)
        #expect(Set(Self.writes.map(\.id)) == Set(withBody))
    }

    @Test("what is not JSON is 400, and nothing is written", arguments: writes)
    func malformed(write: Write) async throws {
        try await unchanged(write) { send in
            let good = write.body()
            var invalid = Array(good.utf8)
            invalid.insert(0xFF, at: invalid.count / 2)
            let duplicate = good.dropLast() + ", " + good.dropFirst()
            let texts: [[UInt8]] = [
                [], Array("{".utf8), Array(good.dropLast().utf8), Array((good + "x").utf8), invalid,
                [0] + Array(good.utf8), Array(duplicate.utf8), Array(#"{"a": "\ud800"}"#.utf8),
                Array((String(repeating: "[", count: 100_000)).utf8),
            ]
            for bytes in texts {
                let answer = try await send(bytes, [:])
                #expect(answer.status == 400, "\(bytes.prefix(60)) \(answer.status)")
                #expect(answer.code == "malformed_request")
            }
        }
    }

    @Test("all missing fields are named at once", arguments: writes)
    func missing(write: Write) async throws {
        try await unchanged(write) { send in
            guard !write.required.isEmpty else { return }
            let answer = try await send(Array("{}".utf8), [:])
            #expect(answer.status == 422)
            #expect(Set(answer.pointers) == Set(write.required.map { "/\($0)" }))
        }
    }

    @Test("every field of a wrong type is named, all at once", arguments: writes)
    func wrongTypes(write: Write) async throws {
        try await unchanged(write) { send in
            for value in ["null", "{\"a\": 1}", "1.5", "[[1]]"] {
                var body = write
                body.fields = write.fields.mapValues { _ in value }
                let answer = try await send(Array(body.body().utf8), [:])
                let named = Set(answer.pointers.compactMap { $0.split(separator: "/").first.map(String.init) })
                let expected = Set(write.fields.keys).subtracting(value == "null" ? write.nullable : [])
                #expect(named == expected, "\(value) \(answer.text)")
                #expect(expected.isEmpty || answer.status == 422)
                if expected.isEmpty { throw Tried() }
            }
        }
    }

    @Test("a field that is not known is named, the server's own too (S-5)", arguments: writes)
    func unknown(write: Write) async throws {
        try await unchanged(write) { send in
            for field in [
                "odd", "id", "workspace_id", "version", "created_by", "created_at", "deleted_at", "name_key",
                "value_key", "balance", "Name", "",
            ] {
                let answer = try await send(Array(write.body(replacing: field, with: "1").utf8), [:])
                #expect(answer.status == 422, "\(field)")
                #expect(answer.pointers == ["/\(field)"], "\(field)")
                #expect(answer.json["errors"]?.items.first?["code"]?.text == "unknown_field")
            }
        }
    }

    @Test("a text that is too long or empty is named, and so is one of ten thousand characters", arguments: writes)
    func lengths(write: Write) async throws {
        try await unchanged(write) { send in
            for (field, longest) in write.texts {
                for text in [
                    "", "  ", String(repeating: "a", count: longest + 1), String(repeating: "é", count: longest + 1),
                    String(repeating: "名", count: 10_000),
                ] {
                    let answer = try await send(Array(write.body(replacing: field, with: "\"\(text)\"").utf8), [:])
                    #expect(answer.status == 422, "\(field) \(text.count)")
                    #expect(answer.pointers == ["/\(field)"], "\(field) \(text.count)")
                }
            }
        }
    }

    @Test("NUL in a text is refused", arguments: writes)
    func nul(write: Write) async throws {
        try await unchanged(write) { send in
            for field in write.texts.keys {
                let answer = try await send(Array(write.body(replacing: field, with: #""a\u0000b""#).utf8), [:])
                #expect(answer.status == 422, "\(field)")
                #expect(answer.pointers == ["/\(field)"], "\(field)")
            }
        }
    }

    @Test("what stands inside of a list is named by its place", arguments: ["individuals", "organizations"])
    func nested(kind: String) async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await customers.token(in: ID<Workspace>.make(at: .now))
            let answer = try await customers.send(
                .post, "/v1/\(kind)", as: token,
                """
                {"name": "", "contacts": [{"kind": "fax", "value": "1"}, {"value": 7, "id": "x"}, 3]}
                """)
            #expect(answer.status == 422)
            #expect(
                Set(answer.pointers) == [
                    "/name", "/contacts/0/kind", "/contacts/1/value", "/contacts/1/id", "/contacts/1/kind",
                    "/contacts/2",
                ])
        }
    }

    @Test("domains must be domains, at most twenty; languages must be tags")
    func domainsAndLanguages() async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await customers.token(in: ID<Workspace>.make(at: .now))
            let many = (0..<21).map { "\"a\($0).example\"" }.joined(separator: ", ")
            for (domains, pointer) in [
                (#"["a"]"#, "/domains/0"), (#"["a.example", "-a.example"]"#, "/domains/1"),
                (#"["a b.example"]"#, "/domains/0"),
                (#"["@a.example"]"#, "/domains/0"), ("[\(many)]", "/domains"),
            ] {
                let answer = try await customers.send(
                    .post, "/v1/organizations", as: token, #"{"name": "A", "domains": \#(domains)}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == [pointer], "\(domains)")
            }
            for language in ["d", "german", "de_DE", "12", "de-", "-de", "de-ä", "toolonglanguage"] {
                let answer = try await customers.send(
                    .post, "/v1/individuals", as: token, #"{"name": "A", "language": "\#(language)"}"#)
                #expect(answer.status == 422, "\(language)")
                #expect(answer.pointers == ["/language"])
            }
        }
    }

    @Test("a malformed If-Match and a malformed Idempotency-Key change nothing", arguments: writes)
    func headers(write: Write) async throws {
        try await unchanged(write) { send in
            let body = Array(write.body().utf8)
            for header in ["12", "\"x\"", "\"1\", \"2\"", "W/\"1\"", "\"0\"", "\"99999999999999999999\""] {
                let answer = try await send(body, ["If-Match": header])
                #expect(answer.status == 400, "\(header)")
            }
            for key in ["", String(repeating: "k", count: 256)] {
                let answer = try await send(body, ["Idempotency-Key": key])
                #expect(answer.status == 400, "\(key.count)")
            }
            for type in ["text/plain", ""] {
                let answer = try await send(body, ["Content-Type": type])
                #expect(answer.status == 415)
            }
            let large = [UInt8](repeating: UInt8(ascii: " "), count: Contract.bodyLimitBytes + 1)
            #expect(try await send(large, [:]).status == 413)
        }
    }

    @Test("an id that is none names nothing: 404, for each operation that takes one")
    func wrongIDs() async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await customers.token(in: ID<Workspace>.make(at: .now))
            let before = try Rows.everything()
            for contract in customers.contracts where contract.path.contains("{") {
                for id in [
                    "x", "00000000-0000-0000-0000-000000000000", "%00", "%FF", "..%2F", "'%20OR%201=1--",
                    String(repeating: "9", count: 300),
                ] {
                    let body: String? =
                        contract.bodySchema == nil
                        ? nil : contract.id.hasSuffix("add_contact") ? #"{"kind": "handle", "value": "x"}"# : "{}"
                    let answer = try await customers.send(
                        contract.httpMethod, contract.path(["id": id]), as: token, body)
                    #expect(answer.status == 404, "\(contract.id) \(id.prefix(40)) \(answer.status)")
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    private typealias Send = ([UInt8], [String: String]) async throws -> TestAnswer

    /// Ends a try that did write what it may.
    private struct Tried: Error {}

    /// Runs a body with a way to send the write, and expects that no row of any table was changed by it.
    private func unchanged(_ write: Write, _ body: @escaping @Sendable (Send) async throws -> Void) async throws {
        try await CustomersUnderTest.run { customers in
            let token = try await customers.token(.administrator, in: ID<Workspace>.make(at: .now))
            let made = #"{"name": "A", "contacts": [{"kind": "handle", "value": "known"}]}"#
            let person = try await customers.add("/v1/individuals", made, as: token)
            let company = try await customers.add("/v1/organizations", made, as: token)
            let path = write.path.replacing("{person}", with: person.id ?? "")
                .replacing("{company}", with: company.id ?? "")
                .replacing("{contact}", with: person.contacts.first?["id"]?.text ?? "")
                .replacing("{company_contact}", with: company.contacts.first?["id"]?.text ?? "")
            let before = try Rows.everything()
            do {
                try await body { bytes, headers in
                    try await customers.send(write.method, path, as: token, bytes: bytes, headers)
                }
            } catch is Tried {
                return
            }
            #expect(try Rows.everything() == before)
        }
    }
}
