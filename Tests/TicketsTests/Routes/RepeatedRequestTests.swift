import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Repeated and concurrent requests", .scratchDatabase(.tickets))
struct RepeatedRequestTests {
    private static let opening = #"{"owner": {"memo": "M"}, "description": "D"}"#

    @Test("fifty equal POSTs with one key open one ticket; each answer is 201 with the same bytes, or 409 (R-1)")
    func concurrentPosts() async throws {
        try await Desk.run { desk in
            let answers = try await atOnce(50) { _ in
                try await desk.post("/v1/tickets", Self.opening, ["Idempotency-Key": "one"])
            }
            let good = answers.filter { $0.status == 201 }
            #expect(!good.isEmpty)
            for answer in good { #expect(answer.bytes == good[0].bytes) }
            for answer in answers where answer.status != 201 {
                #expect(answer.status == 409)
                #expect(answer.code == "idempotency_in_progress")
            }
            let rows = try [
                Rows.count("tickets.ticket"), Rows.count("core.activity"), Rows.count("core.idempotency_key"),
                Rows.count("tickets.search_text"),
            ]
            #expect(rows == [1, 1, 1, 1])
            let other = try await desk.post(
                "/v1/tickets", Self.opening.replacing("D\"", with: "E\""), ["Idempotency-Key": "one"])
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
            let tickets = try Rows.count("tickets.ticket")
            #expect(tickets == 1)
        }
    }

    @Test("each write is repeated by its key, byte for byte, even when its own first run stands in the way (R-1)")
    func replays() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open()
            let requests: [(HTTPRequest.Method, String, String?, String?)] = [
                (.patch, "", #"{"priority": "high"}"#, "\"1\""), (.post, "/claim", nil, "\"2\""),
                (.post, "/assign", #"{"team_id": "\#(company.team)"}"#, "\"3\""), (.post, "/unassign", nil, "\"4\""),
                (.post, "/status", #"{"status": "closed"}"#, "\"5\""), (.post, "/notes", #"{"text": "N"}"#, nil),
                (.post, "/claim", nil, nil), (.patch, "", "{}", nil),
            ]
            for (number, (method, path, body, match)) in requests.enumerated() {
                var headers = ["Idempotency-Key": "k\(number)"]
                headers["If-Match"] = match
                let first = try await desk.send(method, ticket.path + path, body, headers)
                let second = try await desk.send(method, ticket.path + path, body, headers)
                #expect(second.status == first.status, "\(path)")
                guard first.status < 300 else { continue }
                #expect(second.bytes == first.bytes, "\(path)")
                #expect(second.header("ETag") == first.header("ETag"))
                #expect(second.header("Location") == first.header("Location"))
                #expect(second.header("Idempotent-Replayed") == "true", "\(path)")
            }
            let entries = try Rows.count("core.activity")
            #expect(entries == 7)
        }
    }

    @Test("categories and settings are repeated by their key too (R-1)")
    func administrative() async throws {
        try await Desk.run { desk in
            let requests: [(HTTPRequest.Method, String, String)] = [
                (.post, "/v1/tickets/categories", #"{"word": "own", "name": "O"}"#),
                (.patch, "/v1/tickets/categories/own", #"{"name": "P"}"#),
                (.patch, "/v1/tickets/settings", #"{"reopen_window_days": 3}"#),
            ]
            for (method, path, body) in requests {
                let headers = ["Idempotency-Key": "one"]
                let first = try await desk.send(method, path, as: desk.company.manager, body, headers)
                let second = try await desk.send(method, path, as: desk.company.manager, body, headers)
                #expect(first.status < 300, "\(first.text)")
                #expect(second.bytes == first.bytes)
                #expect(second.header("Idempotent-Replayed") == "true", "\(path)")
            }
            let entries = try Rows.count("core.activity")
            #expect(entries == 3)
        }
    }

    @Test("the same key of another person or workspace runs anew, and after 24 hours too (R-2)")
    func scope() async throws {
        try await Desk.run { desk in
            let other = try desk.other()
            let key = ["Idempotency-Key": "one"]
            let first = try await desk.post("/v1/tickets", Self.opening, key)
            let colleague = try await desk.post("/v1/tickets", Self.opening, as: desk.company.colleague, key)
            let foreign = try await other.post("/v1/tickets", Self.opening, key)
            desk.clock.advance(by: .seconds(25 * 3_600))
            let later = try await desk.post("/v1/tickets", Self.opening, key)
            let ids = [first, colleague, foreign, later].compactMap { $0.json["id"]?.text }
            #expect(Set(ids).count == 4)
        }
    }

    @Test("a refused request keeps no answer: mended, it may use its key (R-1)")
    func refused() async throws {
        try await Desk.run { desk in
            let key = ["Idempotency-Key": "one"]
            let unknown = #"{"owner": {"individual_id": "\#(ID<Individual>.make(at: .now))"}, "description": "D"}"#
            let refused = try await desk.post("/v1/tickets", unknown, key)
            #expect(refused.status == 422)
            let keys = try Rows.count("core.idempotency_key")
            #expect(keys == 0)
            let mended = try await desk.post("/v1/tickets", Self.opening, key)
            #expect(mended.status == 201)
        }
    }

    @Test("of fifty PATCHes with one ETag one succeeds, and 49 are told the newer version (R-3)")
    func concurrentPatches() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let answers = try await atOnce(50) { number in
                try await desk.patch(ticket.path, #"{"brand": "B\#(number)"}"#, ["If-Match": "\"1.0\""])
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let stale = answers.filter { $0.status == 412 }
            #expect(stale.count == 49)
            for answer in stale {
                #expect(answer.code == "version_mismatch")
                #expect(answer.json["version"]?.whole == 2)
                #expect(answer.header("ETag")?.hasPrefix("\"2") == true)
            }
            let entries = try Rows.count("core.activity")
            #expect(entries == 2)
        }
    }

    @Test("every write honours If-Match, and compares the version alone (R-3)")
    func everyWrite() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try Rows.run("UPDATE tickets.ticket SET label_revision = 7")
            let writes: [(HTTPRequest.Method, String, String?)] = [
                (.patch, "", #"{"priority": "high"}"#), (.post, "/claim", nil), (.post, "/unassign", nil),
                (.post, "/assign", #"{"team_id": "\#(desk.company.team)"}"#),
                (.post, "/status", #"{"status": "closed"}"#),
            ]
            for (number, (method, path, body)) in writes.enumerated() {
                for wrong in ["\"\(number)\"", "\"\(number + 2).7\""] where number > 0 || wrong != "\"0\"" {
                    let stale = try await desk.send(method, ticket.path + path, body, ["If-Match": wrong])
                    #expect(stale.status == 412, "\(path) \(wrong)")
                }
                let tag = number.isMultiple(of: 2) ? "\"\(number + 1).3\"" : "\"\(number + 1)\""
                let answer = try await desk.send(method, ticket.path + path, body, ["If-Match": tag])
                #expect(answer.status == 200, "\(path) \(answer.text)")
                #expect(answer.header("ETag") == "\"\(number + 2).7\"")
            }
        }
    }

    @Test("unconditional PATCHes of different fields all survive (R-3)")
    func differentFields() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let bodies = [
                #"{"priority": "urgent"}"#, #"{"brand": "B"}"#, #"{"serial_number": "S"}"#,
                #"{"category": "incident"}"#,
                #"{"description": "Changed"}"#, #"{"owner": {"external_reference": "R"}}"#,
            ]
            let answers = try await atOnce(bodies.count) { try await desk.patch(ticket.path, bodies[$0]) }
            #expect(answers.allSatisfy { $0.status == 200 })
            let json = try await desk.get(ticket.path).json
            #expect(json["priority"]?.text == "urgent")
            #expect(json["brand"]?.text == "B")
            #expect(json["serial_number"]?.text == "S")
            #expect(json["category"]?.text == "incident")
            #expect(json["title"]?.text == "Changed")
            #expect(json["owner"]?["kind"]?.text == "external")
            #expect(json["version"]?.whole == 7)
            let found = try await desk.all("/v1/tickets?q=changed")
            #expect(found.count == 1)
        }
    }

    @Test("If-None-Match of what one has is 304 without a body, by version and label revision (R-3)")
    func notModified() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            for tag in ["\"1.0\"", "W/\"1.0\"", "\"9.9\", \"1.0\"", "*"] {
                let answer = try await desk.send(.get, ticket.path, nil, ["If-None-Match": tag])
                #expect(answer.status == 304, "\(tag)")
                #expect(answer.bytes.isEmpty)
                #expect(answer.header("ETag") == "\"1.0\"")
            }
            for tag in ["\"1\"", "\"1.1\"", "\"2.0\""] {
                let answer = try await desk.send(.get, ticket.path, nil, ["If-None-Match": tag])
                #expect(answer.status == 200, "\(tag)")
            }
            try Rows.run("UPDATE tickets.ticket SET label_revision = 1")
            let refreshed = try await desk.send(.get, ticket.path, nil, ["If-None-Match": "\"1.0\""])
            #expect(refreshed.status == 200)
            #expect(refreshed.header("ETag") == "\"1.1\"")
        }
    }
}
