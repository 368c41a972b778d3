import HTTPTypes
import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Claiming a ticket (C2)", .scratchDatabase(.tickets))
struct ClaimTests {
    @Test("a claim gives the ticket to the caller, and of one's own changes nothing (C2)")
    func claim() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let claimed = try await desk.post("\(ticket.path)/claim")
            #expect(claimed.status == 200)
            #expect(claimed.json["assignee"]?["id"]?.text == desk.company.agent.id.description)
            #expect(claimed.json["assignee"]?["name"]?.text == desk.company.agent.name)
            let again = try await desk.post("\(ticket.path)/claim")
            #expect(again.status == 200)
            #expect(again.header("ETag") == "\"2.0\"")
            let log = try await desk.all("\(ticket.path)/activity")
            #expect(log.map { $0["verb"]?.text } == ["claimed", "created"])
        }
    }

    @Test("who comes second is told the winner's id and name, managers too (C2, D7)")
    func taken() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            _ = try await desk.post("\(ticket.path)/claim", as: desk.company.colleague)
            for person in [desk.company.agent, desk.company.manager, desk.company.administrator] {
                let answer = try await desk.post("\(ticket.path)/claim", as: person)
                #expect(answer.status == 409)
                #expect(answer.code == "already_claimed")
                #expect(answer.json["winner"]?["id"]?.text == desk.company.colleague.id.description)
                #expect(answer.json["winner"]?["name"]?.text == desk.company.colleague.name)
                #expect(answer.json["detail"]?.text?.contains(desk.company.colleague.name) == true)
            }
            let entries = try Rows.count("core.activity")
            #expect(entries == 2)
        }
    }

    @Test("a closed ticket is not claimed, a ticket that is not there neither")
    func closed() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed)
            let answer = try await desk.post("\(ticket.path)/claim")
            #expect(answer.status == 409)
            #expect(answer.code == "illegal_transition")
            let missing = try await desk.post("/v1/tickets/\(ID<Ticket>.make(at: .now))/claim")
            #expect(missing.status == 404)
        }
    }

    @Test("who was deactivated, and a process, claims nothing")
    func nobody() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let gone = try await desk.post("\(ticket.path)/claim", as: desk.company.gone)
            #expect(gone.status == 403)
            let token = try await desk.service.token(
                in: desk.company.id, kind: .service, subject: "channels", permissions: [.ticketsWrite])
            let process = try await desk.service.send(.post, "\(ticket.path)/claim", as: token)
            #expect(process.status == 403)
        }
    }
}
