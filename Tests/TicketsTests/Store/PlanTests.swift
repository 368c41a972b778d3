import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Plans of tickets' statements")
struct PlanTests {
    @Test(
        "every statement of every operation names its workspace: of 16 partitions it touches one (SC-5)",
        .scratchDatabase(PlanAudit.template(with: MigratedSchema.ofTickets, key: "tickets")))
    func partitions() async throws {
        let recorder = StatementRecorder()
        try await Self.useEverything(recorder)
        let statements = Self.own(recorder)
        #expect(statements.count > 40)
        let offences = try await PlanAudit().offences(among: statements)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
    }

    @Test(
        "no statement asks a table of tickets by an operator that is not leakproof (DESIGN.md section 4)",
        .scratchDatabase(.tickets))
    func leakproof() async throws {
        let recorder = StatementRecorder()
        try await Self.useEverything(recorder)
        let (conditions, offences) = try await LeakproofAudit(.tickets, and: .tasks).offences(among: Self.own(recorder))
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
        #expect(conditions > 40)
    }

    @Test("page 200 of the list reads at most twice the buffers of page 1 (R-4)", .scratchDatabase(.tickets))
    func deepPages() async throws {
        try await Desk.run { desk in
            try desk.company.fill(10_000)
            try Rows.run("ANALYZE tickets.ticket")
            let last = try #require(
                try Rows.of("SELECT id FROM tickets.ticket ORDER BY id OFFSET 9900 LIMIT 1").first)
            let first = "00000000-0000-0000-0000-000000000000"
            func buffers(_ id: String) throws -> Int {
                let plan = try Rows.of(
                    """
                    SET ROLE tickets;
                    SET casebook.workspace_id = '\(desk.company.id)';
                    EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)
                    SELECT t.id, t.title FROM tickets.ticket AS t
                    WHERE t.workspace_id = '\(desk.company.id)' AND t.status <> 'closed' AND t.id > '\(id)'
                    ORDER BY t.id LIMIT 51
                    """)
                let line = plan.first { $0.contains("Buffers: ") }
                return (line?.split(separator: "=") ?? []).compactMap { Int($0.prefix(while: \.isNumber)) }.reduce(0, +)
            }
            _ = try buffers(last)
            let (one, twoHundred) = (try buffers(first), try buffers(last))
            #expect(one > 0)
            #expect(twoHundred <= 2 * one, "\(one) \(twoHundred)")
        }
    }

    // MARK: Steps

    /// Statements about tickets, and not those of workers that follow the stream of all workspaces.
    private static func own(_ recorder: StatementRecorder) -> [StatementRecorder.Statement] {
        recorder.statements.filter { statement in
            ["tickets.", "tasks."].contains { statement.text.contains($0) }
                && !statement.text.contains("core.activity_after")
        }
    }

    /// Calls every operation with every form of its statements.
    private static func useEverything(_ recorder: StatementRecorder) async throws {
        try await Desk.run(observer: recorder) { desk in
            let company = desk.company
            var number = 0
            func call(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws {
                number += 1
                let headers = number.isMultiple(of: 2) ? ["Idempotency-Key": "\(number)"] : [:]
                let answer = try await desk.send(method, path, as: company.manager, body, headers)
                #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
            }
            for owner in [
                #""memo": "M""#, #""external_reference": "R""#, #""individual_id": "\#(company.individual)""#,
                #""organization_id": "\#(company.organization)""#,
            ] {
                try await call(.post, "/v1/tickets", #"{"owner": {\#(owner)}, "description": "The lamp"}"#)
            }
            for (method, path, body) in requests(try await desk.open(as: company.manager), company) {
                try await call(method, path, body)
            }
            for query in queries(company) { try await call(.get, "/v1/tickets?\(query)") }
            for sort in TicketSort.allCases {
                for filter in ["", "&assignee=none", "&status=closed,open", "&individual=\(company.individual)"] {
                    _ = try await desk.all("/v1/tickets?sort=\(sort.rawValue)\(filter)", limit: 1)
                }
            }
            _ = try await desk.all("/v1/tickets?q=lamp", limit: 1)
            try await running(desk.service.assembly.workers) {
                try company.rename("customers.individual", "\(company.individual)", to: "Grace", kind: "individual")
                try company.rename("identity.team", "\(company.team)", to: "Support", kind: "team")
                try await eventually("names are refreshed") {
                    try Rows.count("tickets.ticket", where: "owner_label = 'Grace'") > 0
                }
            }
            for change in [
                #""status": {"status": "closed", "reason": "R"}"#, #""update": {"priority": "low", "category": "own"}"#,
                #""assign": {"assignee_id": "\#(company.agent.id)", "team_id": null}"#,
            ] {
                let filter = #"{"status": "open,closed", "assignee": "none"}"#
                let job = try await desk.finish(#"{"filter": \#(filter), "change": {\#(change)}}"#, as: company.manager)
                try await call(.get, "/v1/tickets/jobs/\(job.id)/items")
                _ = try await desk.undo(job, as: company.manager)
            }
        }
    }

    private static func requests(_ ticket: OpenTicket, _ company: Company) -> [(HTTPRequest.Method, String, String?)] {
        let path = "/v1/tickets/\(ticket.number)"
        return [
            (.get, path, nil), (.get, ticket.path, nil), (.patch, path, #"{"priority": "high"}"#),
            (.patch, ticket.path, #"{"description": "The other lamp", "owner": {"memo": "N"}}"#),
            (.patch, ticket.path, "{}"), (.post, "\(path)/claim", nil), (.post, "\(path)/claim", nil),
            (.post, "\(path)/assign", #"{"team_id": "\#(company.team)", "assignee_id": "\#(company.agent.id)"}"#),
            (.post, "\(path)/unassign", nil), (.post, "\(path)/status", #"{"status": "closed"}"#),
            (.post, "\(path)/status", #"{"status": "open", "reason": "R"}"#),
            (.post, "\(path)/notes", #"{"text": "N"}"#), (.post, "\(ticket.path)/notes", #"{"text": "M"}"#),
            (.get, "\(path)/notes", nil), (.get, "\(path)/activity", nil), (.get, "\(path)/assignments", nil),
            (.post, "/v1/tickets/categories", #"{"word": "own", "name": "O"}"#),
            (.patch, "/v1/tickets/categories/own", #"{"name": "P"}"#),
            (.patch, "/v1/tickets/categories/own", #"{"name": "P"}"#), (.get, "/v1/tickets/categories", nil),
            (.get, "/v1/tickets/settings", nil), (.patch, "/v1/tickets/settings", #"{"reopen_window_days": 3}"#),
            (.post, "/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D", "category": "own"}"#),
        ]
    }

    private static func queries(_ company: Company) -> [String] {
        [
            "count=true", "status=open", "status=open,completed", "status=closed", "status=closed,open",
            "priority=high,low", "category=own", "assignee=me", "assignee=none", "assignee=\(company.agent.id)",
            "team=none", "team=\(company.team)", "individual=\(company.individual)",
            "organization=\(company.organization)", "q=lamp", "q=260115001", "q=lamp&priority=low",
            "status=open&priority=high&category=own&assignee=me&team=none&count=true",
        ]
    }
}
