import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("The activity of a ticket (D1, R-12)", .scratchDatabase(.tickets))
struct ActivityTests {
    @Test("one stream tells all that was done, who did it and in which request, its versions without a gap (D1)")
    func stream() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let company = desk.company
            let ticket = try await desk.open()
            let steps: [(HTTPRequest.Method, String, String?, String)] = [
                (.post, "/claim", nil, "claimed"), (.patch, "", #"{"priority": "high"}"#, "updated"),
                (.post, "/assign", #"{"team_id": "\#(company.team)"}"#, "assigned"),
                (.post, "/status", #"{"status": "in_progress", "wait_reason": "parts"}"#, "moved"),
                (.post, "/notes", #"{"text": "N"}"#, "note_added"), (.post, "/unassign", nil, "unassigned"),
                (.post, "/status", #"{"status": "completed"}"#, "moved"),
                (.post, "/status", #"{"status": "open", "reason": "R"}"#, "reopened"),
                (.post, "/status", #"{"status": "closed"}"#, "moved"),
            ]
            for (number, (method, path, body, _)) in steps.enumerated() {
                clock.advance(by: .seconds(1))
                let answer = try await desk.send(
                    method, ticket.path + path, body, ["X-Request-Id": "request-\(number)"])
                #expect(answer.status < 300, "\(path) \(answer.text)")
            }
            let log = try await desk.all("\(ticket.path)/activity", limit: 3)
            #expect(log.compactMap { $0["version"]?.whole } == (1...10).reversed())
            #expect(log.dropLast().reversed().compactMap { $0["verb"]?.text } == steps.map(\.3))
            #expect(log.dropLast().reversed().compactMap { $0["request_id"]?.text } == (0..<9).map { "request-\($0)" })
            #expect(log.allSatisfy { $0["actor"]?["kind"]?.text == "user" })
            #expect(log.allSatisfy { $0["actor"]?["id"]?.text == company.agent.id.description })
            #expect(log.allSatisfy { $0["actor"]?["name"]?.text == "Ada" })
            #expect(log.first?["occurred_at"]?.text == "2026-01-15T12:00:09Z")
            #expect(log[5]["changes"]?["wait_reason"]?["to"]?.text == "parts")
            _ = try log.map { try WireJSON.decode(ActivityItem.self, from: $0) }
        }
    }

    @Test("what a process does is told by its name")
    func process() async throws {
        try await Desk.run { desk in
            let token = try await desk.service.token(
                in: desk.company.id, kind: .service, subject: "channels", permissions: [.ticketsWrite, .ticketsRead])
            let made = try await desk.service.send(
                .post, "/v1/tickets", as: token, #"{"owner": {"memo": "M"}, "description": "D"}"#)
            #expect(made.status == 201)
            let path = "/v1/tickets/\(try #require(made.json["id"]?.text))"
            _ = try await desk.service.send(.post, "\(path)/notes", as: token, #"{"text": "N"}"#)
            let log = try await desk.all("\(path)/activity")
            #expect(log.map { $0["actor"]?["service"]?.text } == ["channels", "channels"])
            #expect(log.allSatisfy { $0["actor"]?["kind"]?.text == "service" })
            let notes = try await desk.all("\(path)/notes")
            #expect(notes.first?["author"]?["service"]?.text == "channels")
        }
    }

    @Test("every write of every operation leaves exactly one row of activity, a refused one none (R-12)")
    func oneRow() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let admin = desk.company.administrator
            _ = try await desk.post("/v1/tickets/categories", #"{"word": "first", "name": "F"}"#, as: admin)
            // A job is no record (ADR-0016): JobTests count the rows that its turns write.
            let jobs = Set(Tickets.jobs.contracts.map(\.id))
            for contract in desk.service.assembly.routes.map(\.contract)
            where contract.method.isWrite && !jobs.contains(contract.id) {
                let method = try #require(HTTPRequest.Method(rawValue: contract.method.rawValue))
                let path = contract.path.replacing("{id}", with: ticket.id).replacing("{word}", with: "first")
                let body = try Self.body(of: contract.id, desk.company)?.replacing("{id}", with: ticket.id)
                let before = try Rows.count("core.activity")
                let answer = try await desk.send(method, path, as: admin, body)
                #expect(answer.status < 300, "\(contract.id) \(answer.text)")
                let after = try Rows.count("core.activity")
                #expect(after == before + 1, "\(contract.id)")
                let refused = try await desk.send(method, path, as: desk.company.viewer, body)
                #expect(refused.status == 403)
                let stillAfter = try Rows.count("core.activity")
                #expect(stillAfter == after, "\(contract.id)")
            }
        }
    }

    /// A body that changes something, whatever was done before it in the order of the route table.
    private static func body(of operation: String, _ company: Company) throws -> String? {
        let bodies: [String: String?] = [
            "tickets.create": #"{"owner": {"memo": "M"}, "description": "D"}"#,
            "tickets.update": #"{"priority": "urgent"}"#, "tickets.move": #"{"status": "in_progress"}"#,
            "tickets.claim": nil, "tickets.assign": #"{"assignee_id": "\#(company.agent.id)"}"#,
            "tickets.unassign": nil,
            "tickets.batch":
                #"{"operations": [{"method": "POST", "path": "/v1/tickets/{id}/notes", "body": {"text": "B"}}]}"#,
            "ticket_notes.create": #"{"text": "N"}"#,
            "ticket_categories.create": #"{"word": "second", "name": "S"}"#,
            "ticket_categories.update": #"{"name": "G"}"#,
            "ticket_categories.update_settings": #"{"reopen_window_days": 3}"#,
        ]
        return try #require(bodies[operation], "\(operation) is not walked yet")
    }
}
