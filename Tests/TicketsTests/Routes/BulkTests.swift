import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Many tickets in one request", .scratchDatabase(.tickets))
struct BulkTests {
    private static func batch(_ operations: [String]) -> String {
        #"{"operations": [\#(operations.joined(separator: ", "))]}"#
    }

    private static func post(_ path: String, _ body: String, more: String = "") -> String {
        #"{"method": "POST", "path": "\#(path)", "body": \#(body)\#(more)}"#
    }

    private static func send(
        _ desk: Desk, _ operations: [String], as person: Staff? = nil, _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await desk.post("/v1/tickets/batch", batch(operations), as: person, headers)
    }

    private static func statuses(_ answer: TestAnswer) -> [Int64?] {
        (answer.json["results"]?.items ?? []).map { $0["status"]?.whole }
    }

    @Test("100 tickets come to a status by one request, each with its own activity (A10, K5, R-12)")
    func hundredStatuses() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(100) { try await desk.open("Number \($0)") }
            let answer = try await Self.send(
                desk, tickets.map { Self.post("\($0.path)/status", #"{"status": "in_progress"}"#) })
            #expect(answer.status == 200)
            let results = answer.json["results"]?.items ?? []
            #expect(results.map { $0["status"]?.whole } == Array(repeating: 200, count: 100))
            #expect(results.map { $0["body"]?["id"]?.text } == tickets.map(\.id))
            #expect(results.allSatisfy { $0["body"]?["status"]?.text == "in_progress" })
            #expect(results.allSatisfy { $0["etag"]?.text == "\"2.0\"" })
            let moved = try Rows.count("core.activity", where: "verb = 'moved' AND version = 2")
            #expect(moved == 100)
            let requests = try Rows.number("SELECT count(DISTINCT request_id) FROM core.activity WHERE verb = 'moved'")
            #expect(requests == 1)
        }
    }

    @Test("100 tickets are given to a person by one request, by their numbers too (C6, K5)")
    func hundredAssignments() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(100) { try await desk.open("Number \($0)") }
            let body = #"{"assignee_id": "\#(desk.company.colleague.id)"}"#
            let answer = try await Self.send(
                desk, tickets.map { Self.post("/v1/tickets/\($0.number)/assign", body) }, as: desk.company.manager)
            #expect(Self.statuses(answer) == Array(repeating: 200, count: 100))
            let mine = try await desk.all("/v1/tickets?assignee=me", as: desk.company.colleague)
            #expect(Set(mine.compactMap { $0["id"]?.text }) == Set(tickets.map(\.id)))
            let log = try await desk.all("\(tickets[99].path)/assignments")
            #expect(log.first?["assignee"]?["name"]?.text == desk.company.colleague.name)
        }
    }

    @Test("failures are told in their places and stop nothing: foreign, illegal, stale, taken, wrong (A10, C6, K5)")
    func failures() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(6) { try await desk.open("Number \($0)") }
            let foreign = try await desk.other().open("canary")
            try await desk.move(tickets[1], to: .closed)
            _ = try await desk.post("\(tickets[3].path)/claim", as: desk.company.colleague)
            let completed = #"{"status": "completed"}"#
            let answer = try await Self.send(
                desk,
                [
                    Self.post("\(tickets[0].path)/status", completed),
                    Self.post("\(foreign.path)/status", completed),
                    Self.post("\(tickets[1].path)/status", completed),
                    Self.post("\(tickets[2].path)/status", completed, more: #", "if_match": "\"7\"""#),
                    #"{"method": "POST", "path": "\#(tickets[3].path)/claim"}"#,
                    Self.post("\(tickets[4].path)/assign", #"{"assignee_id": "\#(desk.company.gone.id)"}"#),
                    Self.post("\(tickets[4].path)/status", #"{"status": "parked"}"#),
                    Self.post("/v1/tickets/categories", #"{"word": "own", "name": "O"}"#),
                    Self.post("\(tickets[5].path)/status", completed, more: #", "if_match": "\"1\"""#),
                ])
            #expect(answer.status == 200)
            #expect(Self.statuses(answer) == [200, 404, 409, 412, 409, 422, 422, 403, 200])
            let results = answer.json["results"]?.items ?? []
            #expect(results[2]["body"]?["code"]?.text == "illegal_transition")
            #expect(results[3]["etag"]?.text == "\"1\"")
            #expect(results[4]["body"]?["code"]?.text == "already_claimed")
            #expect(results[5]["body"]?["errors"]?.items.first?["pointer"]?.text == "/assignee_id")
            #expect(results[7]["body"]?["detail"]?.text?.contains("tickets:administer") == true)
            #expect(!answer.text.contains("canary"))
            let done = try Rows.of("SELECT id FROM tickets.ticket WHERE status = 'completed'")
            #expect(Set(done) == [tickets[0].id, tickets[5].id])
            let untouched = try Rows.count("tickets.ticket", where: "title = 'canary' AND version = 1")
            #expect(untouched == 1)
        }
    }

    @Test("a repeat under the same key tells the same and changes nothing; another body under it is 422 (A10, R-1)")
    func repeated() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(5) { try await desk.open("Number \($0)") }
            let operations =
                tickets.map { Self.post("\($0.path)/status", #"{"status": "in_progress"}"#) } + [
                    Self.post("/v1/tickets", #"{"owner": {"memo": "M"}, "description": "Sixth"}"#),
                    Self.post("/v1/tickets", #"{"owner": {"memo": "M"}, "description": "Sixth"}"#),
                ]
            let key = ["Idempotency-Key": "one"]
            let first = try await Self.send(desk, operations, key)
            #expect(Self.statuses(first) == [200, 200, 200, 200, 200, 201, 201])
            #expect(first.header("Idempotent-Replayed") == nil)
            let before = try Rows.counts()
            let second = try await Self.send(desk, operations, key)
            #expect(second.bytes == first.bytes)
            #expect(second.header("Idempotent-Replayed") == "true")
            #expect(try Rows.counts() == before)
            let other = try await Self.send(desk, Array(operations.dropLast()), key)
            #expect(other.status == 422)
            #expect(other.code == "idempotency_key_reused")
            let colleague = try await Self.send(desk, [operations[6]], as: desk.company.colleague, key)
            #expect(Self.statuses(colleague) == [201])
            #expect(try Rows.count("tickets.ticket") == 8)
        }
    }

    @Test("a repeat does what the first run did not come to, and nothing twice (A10, R-1)")
    func continued() async throws {
        try await Desk.run { desk in
            let (first, second) = (try await desk.open("first"), try await desk.open("second"))
            _ = try await desk.post("\(second.path)/claim", as: desk.company.colleague)
            let operations = [first, second].map { #"{"method": "POST", "path": "\#($0.path)/claim"}"# }
            let key = ["Idempotency-Key": "one"]
            let half = try await Self.send(desk, operations, key)
            #expect(Self.statuses(half) == [200, 409])
            _ = try await desk.post("\(second.path)/unassign", as: desk.company.colleague)
            let whole = try await Self.send(desk, operations, key)
            #expect(Self.statuses(whole) == [200, 200])
            let claims = try Rows.count("core.activity", where: "verb = 'claimed'")
            #expect(claims == 3)
        }
    }

    @Test("too many, outside of tickets, a read, or a batch in a batch is 422, and nothing is done (A10, C6, K5)")
    func refused() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let good = Self.post("\(ticket.path)/status", #"{"status": "closed"}"#)
            let before = try Rows.everything()
            let many = try await Self.send(desk, Array(repeating: good, count: 101))
            #expect(many.status == 422)
            #expect(many.pointers == ["/operations"])
            let wrong = [
                (#"{"method": "DELETE", "path": "/v1/individuals/\#(desk.company.individual)"}"#, "path"),
                (Self.post("/v1/tickets/batch", Self.batch([good])), "path"),
                (#"{"method": "GET", "path": "\#(ticket.path)"}"#, "method"),
                (Self.post("\(ticket.path)/status?x=1", "{}"), "path"),
            ]
            for (operation, member) in wrong {
                let answer = try await Self.send(desk, [good, operation])
                #expect(answer.status == 422, "\(operation)")
                #expect(answer.pointers == ["/operations/1/\(member)"], "\(operation)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("without a token, with one that has expired, or with a role that may not, a batch does nothing (A10, S-4)")
    func permissions() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let body = Self.batch([Self.post("\(ticket.path)/status", #"{"status": "closed"}"#)])
            let old = try await desk.token(desk.company.administrator)
            desk.clock.advance(by: .seconds(61))
            let before = try Rows.everything()
            for token in [nil, "wrong", old] {
                let answer = try await desk.service.send(.post, "/v1/tickets/batch", as: token, body)
                #expect(answer.status == 401)
            }
            for person in [desk.company.viewer, desk.company.billing] {
                let answer = try await desk.post("/v1/tickets/batch", body, as: person)
                #expect(answer.status == 403)
                #expect(answer.json["detail"]?.text?.contains("tickets:write") == true)
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a ticket is answered with its notes, assignments and activity in one request, and narrowed (API.md)")
    func include() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            _ = try await desk.post("\(ticket.path)/claim")
            _ = try await desk.post("\(ticket.path)/notes", #"{"text": "On {my} \"way\""}"#)
            let path = "/v1/tickets/\(ticket.number)?include=notes,assignments,activity&fields=id,owner"
            let answer = try await desk.get(path)
            #expect(answer.status == 200)
            #expect(answer.header("ETag") == nil)
            for relation in ["notes", "assignments", "activity"] {
                let alone = try await desk.get("\(ticket.path)/\(relation)")
                #expect(answer.json[relation] == alone.json, "\(relation)")
            }
            let whole = try await desk.get(ticket.path)
            #expect(answer.json["owner"] == whole.json["owner"])
            #expect(answer.json["title"] == nil)
            let list = try await desk.get("/v1/tickets?fields=case_number,assignee&count=true")
            #expect(
                list.json["items"]?.items.first
                    == .object([
                        JSONValue.Member("case_number", .string(ticket.number)),
                        JSONValue.Member("assignee", whole.json["assignee"] ?? .null),
                    ]))
            #expect(list.json["total"]?.whole == 1)
        }
    }
}

extension Rows {
    /// How many rows each table that a write touches has.
    fileprivate static func counts() throws -> [Int] {
        try ["tickets.ticket", "core.activity", "core.idempotency_key", "tickets.search_text"].map { try count($0) }
    }
}
