import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Filters of the list (K2, A11)", .scratchDatabase(.tickets))
struct ListFilterTests {
    /// What tickets of these tests differ by, each in turn.
    private static func makeTickets(_ desk: Desk) async throws -> [JSONValue] {
        let company = desk.company
        _ = try await desk.post("/v1/tickets/categories", #"{"word": "own", "name": "O"}"#, as: company.manager)
        let owners = [
            #"{"memo": "M"}"#, #"{"individual_id": "\#(company.individual)"}"#,
            #"{"organization_id": "\#(company.organization)"}"#, #"{"external_reference": "R"}"#,
        ]
        let queues = [
            "", #", "assignee_id": "\#(company.agent.id)""#,
            #", "assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.team)""#,
            #", "team_id": "\#(company.otherTeam)""#, #", "team_id": "\#(company.team)""#,
        ]
        let categories = ["inquiry", "incident", "own"]
        var tickets: [JSONValue] = []
        for number in 0..<24 {
            let priority = Priority.allCases[(number / 4 + number) % 4].rawValue
            let ticket = try await desk.open(
                owner: owners[(number / 2) % 4],
                more: queues[number % 5] + #", "priority": "\#(priority)", "category": "\#(categories[number % 3])""#)
            let status = TicketStatus.allCases[(number / 3) % 4]
            if status != .open { try await desk.move(ticket, to: status, as: company.manager) }
            tickets.append(try await desk.get(ticket.path).json)
        }
        return tickets
    }

    private struct Filter: Sendable {
        let text: String
        let holds: @Sendable (JSONValue) -> Bool

        init(_ text: String, _ holds: @escaping @Sendable (JSONValue) -> Bool) {
            self.text = text
            self.holds = holds
        }
    }

    private static func filters(_ company: Company) -> [[Filter]] {
        func isOne(_ name: String, of words: [String]) -> @Sendable (JSONValue) -> Bool {
            { words.contains($0[name]?.text ?? "") }
        }
        func isOf(_ name: String, _ id: String?) -> @Sendable (JSONValue) -> Bool {
            { $0[name]?["id"]?.text == id }
        }
        return [
            [
                Filter("status=open", isOne("status", of: ["open"])),
                Filter("status=in_progress,completed", isOne("status", of: ["in_progress", "completed"])),
                Filter("status=closed", isOne("status", of: ["closed"])),
                Filter("status=open,closed", isOne("status", of: ["open", "closed"])),
                Filter("status=closed,completed,in_progress,open") { _ in true },
            ],
            [
                Filter("priority=urgent", isOne("priority", of: ["urgent"])),
                Filter("priority=low,high", isOne("priority", of: ["low", "high"])),
            ],
            [
                Filter("category=incident", isOne("category", of: ["incident"])),
                Filter("category=own", isOne("category", of: ["own"])),
                Filter("category=feedback") { _ in false },
            ],
            [
                Filter("assignee=me", isOf("assignee", company.agent.id.description)),
                Filter("assignee=\(company.colleague.id)", isOf("assignee", company.colleague.id.description)),
                Filter("assignee=none", isOf("assignee", nil)),
            ],
            [
                Filter("team=\(company.team)", isOf("team", company.team.description)),
                Filter("team=none", isOf("team", nil)),
            ],
            [
                Filter("individual=\(company.individual)") {
                    $0["owner"]?["individual_id"]?.text == company.individual.description
                },
                Filter("organization=\(company.organization)") {
                    $0["owner"]?["organization_id"]?.text == company.organization.description
                },
            ],
        ]
    }

    @Test("each filter alone and each two together show exactly what they say, in each order, and count it")
    func filters() async throws {
        try await Desk.run { desk in
            let tickets = try await Self.makeTickets(desk)
            let groups = Self.filters(desk.company)
            for (index, group) in groups.enumerated() {
                for filter in group {
                    try await Self.check([filter], tickets, desk)
                    for other in groups[(index + 1)...].joined() {
                        try await Self.check([filter, other], tickets, desk)
                    }
                }
            }
        }
    }

    private static func check(_ filters: [Filter], _ tickets: [JSONValue], _ desk: Desk) async throws {
        let query = filters.map(\.text).joined(separator: "&")
        let hasHistory = query.contains("individual") || query.contains("organization")
        let expected = tickets.filter { ticket in
            let isShown = query.contains("status=") || hasHistory || ticket["status"]?.text != "closed"
            return isShown && filters.allSatisfy { $0.holds(ticket) }
        }.compactMap { $0["id"]?.text }
        let sort = TicketSort.allCases[query.utf8.count % 4]
        let answer = try await desk.get("/v1/tickets?\(query)&sort=\(sort.rawValue)&count=true&limit=200")
        #expect(answer.status == 200, "\(query) \(answer.text)")
        let shown = (answer.json["items"]?.items ?? []).compactMap { $0["id"]?.text }
        #expect(Set(shown) == Set(expected), "\(query)")
        #expect(shown.count == expected.count, "\(query)")
        #expect(answer.json["total"]?.whole == Int64(expected.count), "\(query)")
    }

    @Test("without a status closed tickets are hidden, but not from a customer's history or a search (A11)")
    func closed() async throws {
        try await Desk.run { desk in
            let owner = #"{"individual_id": "\#(desk.company.individual)"}"#
            let open = try await desk.open("Zebra crossing", owner: owner)
            let closed = try await desk.open("Zebra crossing", owner: owner)
            try await desk.move(closed, to: .closed)
            let ids = [open.id, closed.id]
            let expected = [
                "": [open.id], "?individual=\(desk.company.individual)": ids, "?q=zebra": ids,
                "?q=zebra&status=open": [open.id], "?status=closed": [closed.id],
                "?individual=\(desk.company.individual)&status=closed": [closed.id],
            ]
            for (query, expected) in expected {
                let shown = try await desk.all("/v1/tickets\(query)").compactMap { $0["id"]?.text }
                #expect(Set(shown) == Set(expected), "\(query)")
            }
        }
    }

    @Test("an item of the list is a ticket without its long text")
    func items() async throws {
        try await Desk.run { desk in
            _ = try await desk.open(
                owner: #"{"individual_id": "\#(desk.company.individual)"}"#,
                more: #", "assignee_id": "\#(desk.company.agent.id)", "team_id": "\#(desk.company.team)""#)
            let page = try await desk.get("/v1/tickets")
            let item = try #require(page.json["items"]?.items.first)
            let summary = try WireJSON.decode(TicketSummary.self, from: item)
            #expect(summary.owner.label == Company.individualName)
            #expect(summary.assignee?.name == desk.company.agent.name)
            #expect(summary.team?.name == Company.teamName)
            #expect(item["description"] == nil)
            guard case .object(let members) = item else { return }
            #expect(!members.contains { $0.name.hasPrefix("_") })
            #expect(page.header("ETag") == nil)
        }
    }

    @Test(
        "a filter that makes no sense is 400 and named",
        arguments: [
            "status=parked", "status=", "status=open,,closed", "priority=9", "category=No%20Word", "assignee=you",
            "assignee=x", "team=me", "individual=1", "organization=", "sort=name", "count=yes", "odd=1", "limit=0",
            "limit=201", "cursor=", "q=", "q=%00", "status=open&status=closed",
        ])
    func wrong(query: String) async throws {
        try await Desk.run { desk in
            let answer = try await desk.get("/v1/tickets?\(query)")
            #expect(answer.status == 400, "\(answer.text)")
            let name = query.prefix { $0 != "=" }
            if query != "status=open&status=closed" { #expect(answer.pointers == [String(name)]) }
        }
    }
}
