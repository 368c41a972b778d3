import ArgumentParser
import Models
import Testing

@testable import Casebook

@Suite("casebook ticket")
struct TicketCommandTests {
    private let customer = "0198c0de-0000-7000-8000-000000000001"

    @Test(
        "a ticket is opened for exactly one owner (B1)",
        arguments: [
            [], ["--memo", "the man at the door", "--reference", "ERP 17"],
            ["--individual", "0198c0de-0000-7000-8000-000000000001", "--memo", "x"],
        ])
    func owners(options: [String]) throws {
        let command = try TicketCommand.Open.parse(options + ["It leaks"])
        let refusal = #expect(throws: InvalidArgument.self) { try command.ticket() }
        #expect(refusal?.sentence.contains("exactly one owner") == true)
    }

    @Test("what was asked for is sent: owner, issue, priority and category")
    func opened() throws {
        let command = try TicketCommand.Open.parse([
            "--organization", customer, "--priority", "urgent", "--category", "incident", "It leaks",
        ])
        let ticket = try command.ticket()
        #expect(ticket.owner.organizationID?.description == customer)
        #expect(ticket.priority == .urgent && ticket.category?.value == "incident")
        #expect(ticket.description.value == "It leaks")
    }

    @Test(
        "a word or id that cannot be is refused in a sentence that names the option",
        arguments: [
            (["--memo", "x", "--priority", "huge", "y"], "--priority is one of low, medium, high, urgent"),
            (["--individual", "17", "y"], "--individual is not an id"), (["--memo", " ", "y"], "--memo: "),
            (["--memo", "x", "  "], "the description: "),
        ])
    func refused(arguments: [String], sentence: String) throws {
        let command = try TicketCommand.Open.parse(arguments)
        let refusal = #expect(throws: InvalidArgument.self) { try command.ticket() }
        #expect(refusal?.sentence.hasPrefix(sentence) == true)
    }

    @Test("a list is asked for by status, person and words (K2, K3)")
    func filter() throws {
        let query = try TicketCommand.List.parse(["--status", "open,completed", "--mine", "-q", "pump", "-l", "7"])
            .filter()
        #expect(query.status?.words == [.open, .completed] && query.assignee?.text == "me")
        #expect(query.q?.value == "pump" && query.limit?.value == 7)
        let all = try TicketCommand.List.parse([]).filter()
        #expect(all.status == nil && all.assignee == nil && all.q == nil)
        #expect(throws: (any Error).self) { try TicketCommand.List.parse(["--mine", "--unassigned"]) }
        #expect(throws: (any Error).self) { try TicketCommand.List.parse(["--limit", "201"]) }
    }

    @Test("a person's key comes from the environment alone, and no service is told it (S-22)")
    func key() throws {
        let settings = OperatorSettings(environment: [
            "CASEBOOK_API_KEY": "cbk_1", "CASEBOOK_URL": "http://127.0.0.1:9/",
        ])
        #expect(settings.forChildren.isEmpty)
        #expect(try TicketClient(settings: settings).address == "http://127.0.0.1:9")
        let without = OperatorSettings(environment: ["CASEBOOK_URL": "http://127.0.0.1:9"])
        let refusal = #expect(throws: InvalidArgument.self) { _ = try TicketClient(settings: without) }
        #expect(refusal?.sentence.contains("casebook admin create-key") == true)
    }

    @Test("a table has a line for each ticket, says parked for in_progress (A8), and obeys no control characters")
    func table() throws {
        let summary = try WireJSON.decode(
            TicketSummary.self,
            from: Array(
                #"""
                {"id":"0198c0de-0000-7000-8000-000000000002","case_number":"260115001","title":"Pump\u001b[2J leaks",
                 "category":"incident","priority":"high","status":"in_progress",
                 "owner":{"kind":"memo","memo":"the man at the door","label":"the man at the door"},
                 "version":3,"created_at":"2026-01-15T10:00:00Z","updated_at":"2026-01-15T10:00:00Z"}
                """#.utf8))
        let lines = TicketText.table([summary, summary]).split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("CASE"))
        #expect(lines[1].contains("260115001  parked  high      –         the man at the door  Pump [2J leaks"))
    }
}
