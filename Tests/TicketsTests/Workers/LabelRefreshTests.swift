import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Copied names are kept fresh (part 2 number 11)", .scratchDatabase(.tickets))
struct LabelRefreshTests {
    private func label(_ ticket: OpenTicket, _ column: String = "owner_label") throws -> String {
        try Rows.of("SELECT \(column) FROM tickets.ticket WHERE id = '\(ticket.id)'").first ?? ""
    }

    @Test("a customer's new name comes to list, ticket and search; version, activity and If-Match stay as they were")
    func renamedIndividual() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open("Squeaks", owner: #"{"individual_id": "\#(company.individual)"}"#)
            let other = try await desk.open("Rattles", owner: #"{"organization_id": "\#(company.organization)"}"#)
            let foreign = try desk.other()
            let theirs = try await foreign.open(owner: #"{"individual_id": "\#(foreign.company.individual)"}"#)
            let entries = try Rows.count("core.activity")
            try await running(desk.service.assembly.workers) {
                try company.rename(
                    "customers.individual", "\(company.individual)", to: "Grace Müller", kind: "individual")
                try await eventually("the ticket shows the new name") { try label(ticket) == "Grace Müller" }
            }
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["owner"]?["label"]?.text == "Grace Müller")
            #expect(shown.json["version"]?.whole == 1)
            #expect(shown.json["updated_at"] == ticket.answer.json["updated_at"])
            #expect(shown.header("ETag") == "\"1.1\"")
            let after = try Rows.count("core.activity")
            #expect(after == entries + 1)
            let found = try await desk.all("/v1/tickets?q=muller").compactMap { $0["id"]?.text }
            #expect(found == [ticket.id])
            let old = try await desk.all("/v1/tickets?q=hopper")
            #expect(old.isEmpty)
            let changed = try await desk.patch(ticket.path, #"{"priority": "high"}"#, ["If-Match": "\"1.0\""])
            #expect(changed.status == 200)
            #expect(changed.header("ETag") == "\"2.1\"")
            let untouched = try Rows.count(
                "tickets.ticket", where: "id IN ('\(other.id)', '\(theirs.id)') AND label_revision = 0")
            #expect(untouched == 2)
        }
    }

    @Test("names of companies, people and teams are refreshed too, closed tickets as well")
    func otherNames() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(
                owner: #"{"organization_id": "\#(company.organization)"}"#,
                more: #", "assignee_id": "\#(company.agent.id)", "team_id": "\#(company.team)""#)
            try await desk.move(ticket, to: .closed)
            try await running(desk.service.assembly.workers) {
                try company.rename(
                    "customers.organization", "\(company.organization)", to: "New Works", kind: "organization")
                try company.rename("identity.user", "\(company.agent.id)", to: "Ada Lovelace", kind: "user")
                try company.rename("identity.team", "\(company.team)", to: "Second line", kind: "team")
                try await eventually("all three names are new") {
                    try label(ticket, "owner_label || assignee_name || team_name")
                        == "New WorksAda LovelaceSecond line"
                }
            }
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["version"]?.whole == 2)
            #expect(shown.header("ETag") == "\"2.3\"")
            let found = try await desk.all("/v1/tickets?q=new+works&status=closed")
            #expect(found.count == 1)
        }
    }

    @Test("1,200 tickets of one customer are refreshed in batches, each once")
    func batches() async throws {
        try await Desk.run { desk in
            let company = desk.company
            try company.fill(
                1_200, owner: "'individual', '\(company.individual)'::uuid, NULL, '\(Company.individualName)'")
            try company.index()
            try await running(desk.service.assembly.workers) {
                try company.rename("customers.individual", "\(company.individual)", to: "Grace", kind: "individual")
                try await eventually("all tickets show the new name") {
                    try Rows.count("tickets.ticket", where: "owner_label = 'Grace'") == 1_200
                }
                try await eventually("no timer is left") { try Rows.count("core.timer") == 0 }
            }
            let revisions = try Rows.of("SELECT label_revision, version, count(*) FROM tickets.ticket GROUP BY 1, 2")
            #expect(revisions == ["1|1|1200"])
            let transactions = try Rows.number("SELECT count(DISTINCT xmin::text) FROM tickets.ticket")
            #expect(transactions >= 3)
            let stale = try Rows.count("tickets.search_text", where: "body LIKE '%hopper%'")
            #expect(stale == 0)
        }
    }

    @Test("a ticket that was written with an old name is mended by its own entry")
    func ownEntry() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(
                owner: #"{"individual_id": "\#(company.individual)"}"#, more: #", "team_id": "\#(company.team)""#)
            try Rows.run(
                """
                UPDATE customers.individual SET name = 'Grace' WHERE id = '\(company.individual)';
                UPDATE identity.team SET name = 'Third line' WHERE id = '\(company.team)'
                """)
            try await running(desk.service.assembly.workers) {
                _ = try await desk.post("\(ticket.path)/notes", #"{"text": "N"}"#)
                try await eventually("the ticket shows the names as they are") {
                    try label(ticket, "owner_label || team_name") == "GraceThird line"
                }
            }
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["version"]?.whole == 2)
            #expect(shown.header("ETag") == "\"2.2\"")
        }
    }

    @Test("the consumer learns the words of tickets, so that a mistyped one is found (K3)")
    func words() async throws {
        try await Desk.run { desk in
            try await running(desk.service.assembly.workers) {
                let ticket = try await desk.open("The refrigerator hums")
                try await eventually("the mistyped word finds it") {
                    try await desk.all("/v1/tickets?q=refridgerator").first?["id"]?.text == ticket.id
                }
                _ = try await desk.post("\(ticket.path)/notes", #"{"text": "Replaced the thermostat"}"#)
                try await eventually("the note's word is learned") {
                    try await desk.all("/v1/tickets?q=thermosat").first?["id"]?.text == ticket.id
                }
            }
        }
    }

    @Test("what customers rename over their own API comes to the ticket")
    func throughCustomers() async throws {
        let company = try Company()
        try await CustomersUnderTest.run { customers in
            try await TicketsUnderTest.run { service in
                let desk = Desk(service, company)
                let ticket = try await desk.open(owner: #"{"individual_id": "\#(company.individual)"}"#)
                try await running(service.assembly.workers) {
                    let token = try await customers.token(.agent, in: company.id, as: company.agent.id)
                    let answer = try await customers.send(
                        .patch, "/v1/individuals/\(company.individual)", as: token, #"{"name": "Grace M. Hopper"}"#)
                    #expect(answer.status == 200, "\(answer.text)")
                    try await eventually("the ticket shows the new name") { try label(ticket) == "Grace M. Hopper" }
                }
            }
        }
    }
}
