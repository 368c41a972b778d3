import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Bad input", .scratchDatabase(.identity))
struct BadInputTests {
    /// A write with a body: good values of its fields, those that must be there, and texts with their longest length.
    struct Write: Sendable, CustomTestStringConvertible {
        let method: HTTPRequest.Method
        let path: String
        let fields: [String: String]
        var required: [String] = []
        var texts: [String: Int] = [:]
        var isOpen = false
        var isOperators = false

        var testDescription: String { "\(method) \(path)" }

        func body(replacing field: String? = nil, with value: String? = nil) -> String {
            var fields = fields
            if let field { fields[field] = value }
            return "{" + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
                + "}"
        }
    }

    static let writes: [Write] = [
        Write(
            method: .post, path: "/v1/sessions",
            fields: ["workspace": #""acme""#, "email": #""a@b.example""#, "password": #""x""#],
            required: ["workspace", "email", "password"], texts: ["workspace": 63, "email": 254, "password": 512],
            isOpen: true),
        Write(
            method: .post, path: "/v1/sessions/second-factor", fields: ["challenge": #""x""#, "code": #""123456""#],
            required: ["challenge", "code"], texts: ["challenge": 512, "code": 40], isOpen: true),
        Write(
            method: .post, path: "/v1/users/password-resets",
            fields: ["workspace": #""acme""#, "email": #""a@b.example""#], required: ["workspace", "email"],
            texts: ["workspace": 63, "email": 254], isOpen: true),
        Write(
            method: .post, path: "/v1/users/invitations",
            fields: ["email": #""a@b.example""#, "name": #""A""#, "role": #""agent""#],
            required: ["email", "name", "role"], texts: ["email": 254, "name": 140]),
        Write(
            method: .post, path: "/v1/users/me/second-factor", fields: ["current_password": #""x""#],
            required: ["current_password"], texts: ["current_password": 512]),
        Write(
            method: .post, path: "/v1/users/me/second-factor/confirm", fields: ["code": #""123456""#],
            required: ["code"], texts: ["code": 40]),
        Write(
            method: .post, path: "/v1/users/me/second-factor/recovery-codes", fields: ["code": #""123456""#],
            required: ["code"], texts: ["code": 40]),
        Write(
            method: .post, path: "/v1/users/me/second-factor/disable",
            fields: ["current_password": #""x""#, "code": #""123456""#], required: ["current_password", "code"],
            texts: ["current_password": 512, "code": 40]),
        Write(
            method: .post, path: "/v1/tokens", fields: ["credential": #""x""#], required: ["credential"],
            texts: ["credential": 512], isOpen: true),
        Write(
            method: .post, path: "/v1/users",
            fields: [
                "email": #""a@b.example""#, "name": #""A""#, "role": #""agent""#, "password": #""good and long one""#,
            ], required: ["email", "name", "role", "password"], texts: ["email": 254, "name": 140, "password": 128]),
        Write(
            method: .patch, path: "/v1/users/{id}",
            fields: ["name": #""A""#, "email": #""a@b.example""#, "role": #""agent""#, "is_active": "true"],
            texts: ["name": 140, "email": 254]),
        Write(
            method: .post, path: "/v1/users/me/password",
            fields: ["current_password": #""x""#, "new_password": #""good and long one""#],
            required: ["current_password", "new_password"], texts: ["current_password": 512, "new_password": 128]),
        Write(
            method: .post, path: "/v1/users/{id}/password", fields: ["new_password": #""good and long one""#],
            required: ["new_password"], texts: ["new_password": 128]),
        Write(method: .patch, path: "/v1/users/me/notifications", fields: ["assignment_mail": "true"]),
        Write(method: .post, path: "/v1/teams", fields: ["name": #""T""#], required: ["name"], texts: ["name": 140]),
        Write(method: .patch, path: "/v1/teams/{id}", fields: ["name": #""T""#], texts: ["name": 140]),
        Write(
            method: .post, path: "/v1/workspaces/current/skills",
            fields: ["name": #""S""#, "description": #""D""#], required: ["name"],
            texts: ["name": 140, "description": 500]),
        Write(method: .patch, path: "/v1/users/me/availability", fields: ["status": #""away""#, "holiday": "{}"]),
        Write(
            method: .patch, path: "/v1/users/{id}/availability",
            fields: ["status": #""away""#, "holiday": "{}", "ticket_limit": "5"]),
        Write(
            method: .post, path: "/v1/api-keys",
            fields: [
                "name": #""k""#, "permissions": #"["workspace:read"]"#, "expires_at": #""2099-01-01T00:00:00Z""#,
            ], required: ["name", "permissions"], texts: ["name": 140]),
        Write(
            method: .post, path: "/v1/workspaces",
            fields: [
                "slug": #""bolt""#, "name": #""B""#, "time_zone": #""UTC""#,
                "administrator": #"{"email": "a@b.example", "name": "A", "password": "good and long one"}"#,
            ], required: ["slug", "name", "administrator"], texts: ["slug": 63, "name": 140, "time_zone": 64],
            isOperators: true),
        Write(
            method: .patch, path: "/v1/workspaces/current",
            fields: ["name": #""A""#, "time_zone": #""UTC""#, "requires_second_factor": "true"],
            texts: ["name": 140, "time_zone": 64]),
    ]

    /// Fields that may be null.
    static let nullable: Set<String> = ["/time_zone", "/expires_at", "/description", "/holiday", "/ticket_limit"]

    @Test("what is not JSON is 400, and nothing is written", arguments: writes)
    func malformed(write: Write) async throws {
        try await unchanged(write) { send in
            var invalid = Array(write.body().utf8)
            invalid.insert(0xFF, at: invalid.count / 2)
            let good = write.body()
            let duplicate = good.dropLast() + ", " + good.dropFirst()
            let texts: [[UInt8]] = [
                [], Array("{".utf8), Array(good.dropLast().utf8), Array((good + "x").utf8), Array("nonsense".utf8),
                Array("{'name': 1}".utf8), invalid, [0] + Array(good.utf8), Array(good.utf8) + [0],
                Array(duplicate.utf8), Array(#"{"a": "\ud800"}"#.utf8), Array("{\"a\": \"\n\"}".utf8),
                Array((String(repeating: "[", count: 100_000)).utf8),
            ]
            for bytes in texts {
                let answer = try await send(bytes, [:])
                #expect(answer.status == 400, "\(bytes.prefix(60)) \(answer.status)")
                #expect(answer.code == "malformed_request")
                #expect(answer.header("Content-Type") == "application/problem+json")
            }
        }
    }

    @Test("a body of another shape is 422", arguments: writes)
    func otherShapes(write: Write) async throws {
        try await unchanged(write) { send in
            for text in ["[]", "1", "null", "\"text\"", "true"] {
                let answer = try await send(Array(text.utf8), [:])
                #expect(answer.status == 422, "\(text)")
                #expect(answer.code == "invalid_body")
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

    @Test("every field of a wrong type is named, all at once, and null is one", arguments: writes)
    func wrongTypes(write: Write) async throws {
        try await unchanged(write) { send in
            for value in ["null", "[[1]]", "{\"a\": 1}", "1.5"] {
                var body = write
                body = Write(
                    method: write.method, path: write.path, fields: write.fields.mapValues { _ in value },
                    required: write.required)
                let answer = try await send(Array(body.body().utf8), [:])
                #expect(answer.status == 422, "\(value) \(answer.status)")
                let named = Set(answer.pointers.map { "/" + ($0.split(separator: "/").first ?? "") })
                let nullable = value == "null" ? Self.nullable : []
                #expect(named.union(nullable) == Set(write.fields.keys.map { "/\($0)" }).union(nullable), "\(value)")
            }
        }
    }

    @Test("a field that is not known is named, the server's own too (S-5)", arguments: writes)
    func unknown(write: Write) async throws {
        try await unchanged(write) { send in
            for field in ["odd", "id", "workspace_id", "version", "created_by", "balance", "Name", ""] {
                let answer = try await send(Array(write.body(replacing: field, with: "1").utf8), [:])
                #expect(answer.status == 422, "\(field)")
                #expect(answer.pointers == ["/\(field)"], "\(field)")
                #expect(answer.json["errors"]?.items.first?["code"]?.text == "unknown_field")
            }
        }
    }

    @Test("a text that is too long or empty is named", arguments: writes)
    func lengths(write: Write) async throws {
        try await unchanged(write) { send in
            for (field, longest) in write.texts {
                for text in [
                    "", String(repeating: "a", count: longest + 1), String(repeating: "é", count: longest + 1),
                ] {
                    let answer = try await send(Array(write.body(replacing: field, with: "\"\(text)\"").utf8), [:])
                    #expect(answer.status == 422, "\(field) \(text.count)")
                    #expect(answer.pointers == ["/\(field)"], "\(field) \(text.count)")
                }
            }
        }
    }

    @Test("NUL in a text that is kept is refused", arguments: writes)
    func nul(write: Write) async throws {
        try await unchanged(write) { send in
            for field in write.texts.keys where !field.contains("password") && field != "credential" {
                let answer = try await send(
                    Array(write.body(replacing: field, with: #""a\u0000b@example.com""#).utf8), [:])
                #expect(answer.status == 422, "\(field)")
                #expect(answer.pointers == ["/\(field)"], "\(field)")
            }
        }
    }

    @Test("a body over 1 MiB is 413, another media type 415", arguments: writes)
    func tooLarge(write: Write) async throws {
        try await unchanged(write) { send in
            let large = [UInt8](repeating: UInt8(ascii: " "), count: Contract.bodyLimitBytes + 1)
            #expect(try await send(large, [:]).status == 413)
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
                let answer = try await send(Array(write.body().utf8), ["Content-Type": type])
                #expect(answer.status == 415, "\(type)")
            }
        }
    }

    @Test("a stale or malformed If-Match and a malformed Idempotency-Key change nothing", arguments: writes)
    func headers(write: Write) async throws {
        guard !write.isOpen else { return }
        try await unchanged(write) { send in
            let body = Array(write.body().utf8)
            for header in ["12", "\"x\"", "\"1\", \"2\"", "W/\"1\"", "\"0\"", "\"99999999999999999999\""] {
                #expect(try await send(body, ["If-Match": header]).status == 400, "\(header)")
            }
            if write.method == .patch {
                let answer = try await send(body, ["If-Match": "\"77\""])
                #expect(answer.status == 412)
                #expect(answer.code == "version_mismatch")
            }
            guard !write.isOperators else { return }
            for key in ["", String(repeating: "k", count: 256)] {
                #expect(try await send(body, ["Idempotency-Key": key]).status == 400, "\(key.count)")
            }
        }
    }

    @Test("an id that is none names nothing: 404, for each operation that takes one")
    func wrongIDs() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let before = try Rows.everything()
            for contract in identity.contracts where contract.path.contains("{") {
                guard let method = HTTPRequest.Method(rawValue: contract.method.rawValue) else { continue }
                for id in [
                    "x", "0", "00000000-0000-0000-0000-000000000000", "%00", "%FF", "..%2F", "'%20OR%201=1--",
                    ID<User>.make(at: .now).description, String(repeating: "9", count: 300),
                ] {
                    let path = contract.path.replacing("{id}", with: id)
                        .replacing("{user_id}", with: ID<User>.make(at: .now).description)
                        .replacing("{skill_id}", with: ID<Skill>.make(at: .now).description)
                    let body: String? =
                        switch contract.id {
                        case "users.reset_password": #"{"new_password": "good and long one"}"#
                        case "skills.set": #"{"level": 1}"#
                        default: contract.bodySchema == nil ? nil : "{}"
                        }
                    let answer = try await identity.send(method, path, as: acme.administrator.token, body)
                    #expect(answer.status == 404, "\(contract.id) \(id.prefix(40)) \(answer.status)")
                    #expect(answer.header("Content-Type") == "application/problem+json")
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a body where none belongs is 400, and changes nothing")
    func needlessBody() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let before = try Rows.everything()
            for contract in identity.contracts where contract.method.isWrite && contract.bodySchema == nil {
                guard let method = HTTPRequest.Method(rawValue: contract.method.rawValue) else { continue }
                let id = ID<User>.make(at: .now).description
                let path = contract.path.replacing("{id}", with: id).replacing("{user_id}", with: id)
                    .replacing("{skill_id}", with: id)
                let token =
                    contract.access == .needs(.installationAdminister)
                    ? try await identity.operatorToken() : acme.administrator.token
                let answer = try await identity.send(method, path, as: token, "{}")
                #expect(answer.status == 400, "\(contract.id) \(answer.status)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    private typealias Send = ([UInt8], [String: String]) async throws -> TestAnswer

    /// Runs a body with a way to send the write, and expects that no row of any table was changed by it.
    private func unchanged(_ write: Write, _ body: @escaping @Sendable (Send) async throws -> Void) async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let team = try await identity.send(.post, "/v1/teams", as: acme.administrator.token, #"{"name": "T"}"#)
            let token: String? =
                write.isOpen
                ? nil
                : write.isOperators ? try await identity.operatorToken() : acme.administrator.token
            let id = write.path.hasPrefix("/v1/teams") ? team.json["id"]?.text ?? "" : acme.administrator.id
            let path = write.path.replacing("{id}", with: id)
            let before = try Rows.everything()
            try await body { bytes, headers in
                try await identity.send(write.method, path, as: token, bytes: bytes, headers)
            }
            #expect(try Rows.everything() == before)
        }
    }
}
