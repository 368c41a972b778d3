import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Bad input", .scratchDatabase(.tickets))
struct BadInputTests {
    private static let id = #""0190a0a0-0000-7000-8000-000000000000""#

    static let writes: [Write] = [
        Write(
            method: .post, path: "/v1/tickets",
            fields: [
                "owner": #"{"memo": "M"}"#, "description": #""D""#, "category": #""incident""#, "priority": #""low""#,
                "assignee_id": id, "team_id": id, "brand": #""B""#, "serial_number": #""S""#,
            ], required: ["owner", "description"],
            texts: ["description": 20_000, "category": 40, "brand": 140, "serial_number": 140],
            nullable: ["category", "priority", "assignee_id", "team_id", "brand", "serial_number"]),
        Write(
            method: .patch, path: "/v1/tickets/{id}",
            fields: [
                "owner": #"{"memo": "M"}"#, "description": #""D""#, "category": #""incident""#, "priority": #""low""#,
                "brand": #""B""#, "serial_number": #""S""#,
            ], texts: ["description": 20_000, "category": 40, "brand": 140, "serial_number": 140],
            nullable: ["brand", "serial_number"]),
        Write(
            method: .post, path: "/v1/tickets/{id}/assign", fields: ["assignee_id": id, "team_id": id],
            nullable: ["assignee_id", "team_id"]),
        Write(
            method: .post, path: "/v1/tickets/{id}/status",
            fields: [
                "status": #""in_progress""#, "wait_reason": #""parts""#, "wait_until": #""2099-01-01T00:00:00Z""#,
                "reason": #""R""#,
            ], required: ["status"], texts: ["reason": 500], nullable: ["wait_reason", "wait_until", "reason"]),
        Write(
            method: .post, path: "/v1/tickets/{id}/notes", fields: ["kind": #""internal""#, "text": #""N""#],
            required: ["text"], texts: ["text": 20_000], nullable: ["kind"]),
        Write(
            method: .post, path: "/v1/tickets/categories", fields: ["word": #""own""#, "name": #""O""#],
            required: ["word", "name"], texts: ["word": 40, "name": 140]),
        Write(
            method: .patch, path: "/v1/tickets/categories/first", fields: ["name": #""O""#, "is_active": "true"],
            texts: ["name": 140]),
        Write(method: .patch, path: "/v1/tickets/settings", fields: ["reopen_window_days": "3"]),
        Write(method: .post, path: "/v1/tickets/batch", fields: ["operations": "[]"], required: ["operations"]),
        Write(
            method: .post, path: "/v1/tickets/jobs",
            fields: ["filter": "{}", "change": #"{"update": {"priority": "low"}}"#], required: ["filter", "change"]),
    ]

    @Test("every write with a body is tried here")
    func all() async throws {
        try await Desk.run { desk in
            let contracts = desk.service.assembly.routes.map(\.contract).filter { $0.bodySchema != nil }
            let tried = Self.writes.map { "\($0.method) \($0.path.replacing("/first", with: "/{word}"))" }
            #expect(Set(contracts.map { "\($0.method.rawValue) \($0.path)" }) == Set(tried))
        }
    }

    @Test("what is not JSON is 400, and nothing is written", arguments: writes)
    func malformed(write: Write) async throws {
        try await unchanged(write) { try await $0.malformed() }
    }

    @Test("a body of another shape is 422, and all missing fields are named at once", arguments: writes)
    func otherShapes(write: Write) async throws {
        try await unchanged(write) { try await $0.otherShapes() }
    }

    @Test("every field of a wrong type is named, all at once", arguments: writes)
    func wrongTypes(write: Write) async throws {
        try await unchanged(write) { try await $0.wrongTypes() }
    }

    @Test("a field that is not known is named, the server's own too (S-5)", arguments: writes)
    func unknown(write: Write) async throws {
        let own = [
            "case_number", "title", "closed_at", "completed_at", "started_at", "status_changed_at", "reopen_count",
            "label_revision", "owner_label", "assignee_name", "author", "is_built_in", "Owner",
        ]
        try await unchanged(write) { try await $0.unknownFields(own) }
    }

    @Test("status, assignee and team do not change but by their own operations (S-5)")
    func otherOperations() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            for member in [
                #""status": "closed""#, #""assignee_id": null"#, #""team_id": null"#, #""wait_reason": "parts""#,
                #""owner": {"memo": "M", "label": "L"}"#, #""owner": {"kind": "memo", "memo": "M"}"#,
            ] {
                let answer = try await desk.patch(ticket.path, "{\(member)}")
                #expect(answer.status == 422, "\(member)")
            }
            let opened = try await desk.post(
                "/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D", "status": "closed"}"#)
            #expect(opened.pointers == ["/status"])
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["version"]?.whole == 1)
        }
    }

    @Test("a text that is too long, empty, or holds NUL is named", arguments: writes)
    func texts(write: Write) async throws {
        try await unchanged(write) { try await $0.texts() }
    }

    @Test("owners of wrong form are named by their members")
    func owners() async throws {
        try await Desk.run { desk in
            let before = try Rows.everything()
            let wrong = [
                (#"{"memo": ""}"#, "/owner/memo"),
                (#"{"memo": "\#(String(repeating: "m", count: 501))"}"#, "/owner/memo"),
                (#"{"memo": 1}"#, "/owner/memo"), (#"{"individual_id": "x"}"#, "/owner/individual_id"),
                (#"{"organization_id": 7}"#, "/owner/organization_id"),
                (#"{"external_reference": "a\nb"}"#, "/owner/external_reference"),
                (#"{"external_reference": "\#(String(repeating: "r", count: 141))"}"#, "/owner/external_reference"),
                (#"{"odd": 1}"#, "/owner/odd"), ("[]", "/owner"), ("null", "/owner"),
            ]
            for (owner, pointer) in wrong {
                let answer = try await desk.post("/v1/tickets", #"{"owner": \#(owner), "description": "D"}"#)
                #expect(answer.status == 422, "\(owner)")
                #expect(answer.pointers == [pointer], "\(owner)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a body over 1 MiB is 413, another media type 415", arguments: writes)
    func tooLarge(write: Write) async throws {
        try await unchanged(write) { try await $0.tooLarge() }
    }

    @Test("a malformed If-Match or Idempotency-Key changes nothing", arguments: writes)
    func headers(write: Write) async throws {
        try await unchanged(write) { try await $0.headers() }
    }

    @Test("a reference that is none names nothing: 404, for each operation that takes one")
    func wrongReferences() async throws {
        try await Desk.run { desk in
            let before = try Rows.everything()
            for contract in desk.service.assembly.routes.map(\.contract) where contract.path.contains("{") {
                let method = try #require(HTTPRequest.Method(rawValue: contract.method.rawValue))
                for reference in [
                    "x", "0", "00000000-0000-0000-0000-000000000000", "%00", "%FF", "..%2F", "'%20OR%201=1--",
                    "26011500", "2601150011234567", "٢٦٠١١٥٠٠١", "-260115001", ID<Ticket>.make(at: .now).description,
                    String(repeating: "9", count: 300),
                ] {
                    let path = contract.path.replacing("{id}", with: reference.encodedOnce)
                        .replacing("{word}", with: reference.encodedOnce)
                    let answer = try await desk.send(
                        method, path, as: desk.company.administrator, Self.goodBody(contract))
                    #expect(answer.status == 404, "\(contract.id) \(reference.prefix(40)) \(answer.status)")
                    #expect(answer.header("Content-Type") == "application/problem+json")
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a body where none belongs is 400, a parameter too, and neither changes anything")
    func needless() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let before = try Rows.everything()
            for contract in desk.service.assembly.routes.map(\.contract) {
                let method = try #require(HTTPRequest.Method(rawValue: contract.method.rawValue))
                let path = contract.path.replacing("{id}", with: ticket.id).replacing("{word}", with: "first")
                let parameter = try await desk.send(
                    method, "\(path)?odd=1", as: desk.company.administrator, Self.goodBody(contract))
                #expect(parameter.status == 400, "\(contract.id) \(parameter.status)")
                #expect(parameter.pointers == ["odd"])
                guard contract.method.isWrite, contract.bodySchema == nil else { continue }
                let body = try await desk.send(method, path, "{}")
                #expect(body.status == 400, "\(contract.id) \(body.status)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    private static func goodBody(_ contract: Contract) -> String? {
        guard contract.bodySchema != nil else { return nil }
        switch contract.id {
        case "tickets.move": return #"{"status": "closed"}"#
        case "ticket_notes.create": return #"{"text": "N"}"#
        default: return "{}"
        }
    }

    /// Runs checks of the write, and expects that no row of any table was changed by them.
    private func unchanged(_ write: Write, _ body: @escaping @Sendable (BadInput) async throws -> Void) async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let admin = desk.company.administrator
            _ = try await desk.post("/v1/tickets/categories", #"{"word": "first", "name": "F"}"#, as: admin)
            let path = write.path.replacing("{id}", with: ticket.id)
            let token = try await desk.token(admin)
            let before = try Rows.everything()
            try await body(
                BadInput(write) { bytes, headers in
                    try await desk.service.send(write.method, path, as: token, bytes: bytes, headers)
                })
            #expect(try Rows.everything() == before)
        }
    }
}

extension String {
    /// The text with what no address carries by itself encoded; what is encoded stays.
    fileprivate var encodedOnce: String {
        utf8.allSatisfy { $0 < 0x80 } ? self : encoded
    }
}
