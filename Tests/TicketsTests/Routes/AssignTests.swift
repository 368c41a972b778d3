import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Handing a ticket on", .scratchDatabase(.tickets))
struct AssignTests {
    @Test("a ticket goes to a person, to a team, to both, and back (C1, C3, C4, C8)")
    func gifts() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open()
            let steps = [
                (#"{"team_id": "\#(company.team)"}"#, nil, Company.teamName),
                (#"{"assignee_id": "\#(company.agent.id)"}"#, company.agent.name, Company.teamName),
                (
                    #"{"assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.otherTeam)"}"#,
                    company.colleague.name, Company.otherTeamName
                ),
            ]
            for (body, person, team) in steps {
                let answer = try await desk.post("\(ticket.path)/assign", body)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["assignee"]?["name"]?.text == person)
                #expect(answer.json["team"]?["name"]?.text == team)
            }
            let back = try await desk.post("\(ticket.path)/unassign", as: company.colleague)
            #expect((back.json["assignee"] ?? .null) == .null)
            #expect(back.json["team"]?["name"]?.text == Company.otherTeamName)
            let claimed = try await desk.post("\(ticket.path)/claim", as: company.manager)
            #expect(claimed.status == 200)
            let cleared = try await desk.post(
                "\(ticket.path)/assign", #"{"assignee_id": null, "team_id": null}"#, as: company.manager)
            #expect((cleared.json["assignee"] ?? .null) == .null)
            #expect((cleared.json["team"] ?? .null) == .null)
        }
    }

    @Test("what is somebody else's is taken by who has tickets:assign alone (C1)")
    func who() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(more: #", "assignee_id": "\#(company.colleague.id)""#)
            let requests = [
                ("assign", #"{"assignee_id": "\#(company.agent.id)"}"#), ("assign", #"{"assignee_id": null}"#),
                ("assign", #"{"team_id": "\#(company.team)"}"#), ("unassign", nil),
            ]
            let before = try Rows.everything()
            for (verb, body) in requests {
                let answer = try await desk.post("\(ticket.path)/\(verb)", body)
                #expect(answer.status == 403, "\(verb)")
                #expect(answer.json["detail"]?.text?.contains("tickets:assign") == true)
                #expect(answer.json["detail"]?.text?.contains(company.colleague.name) == true)
            }
            #expect(try Rows.everything() == before)
            for (verb, body) in requests {
                let answer = try await desk.post("\(ticket.path)/\(verb)", body, as: company.manager)
                #expect(answer.status == 200, "\(verb) \(answer.text)")
            }
        }
    }

    @Test("people and teams that are not here any more, or are another workspace's, are 422 both at once (S-3)")
    func unknown() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let ticket = try await desk.open()
            let before = try Rows.everything()
            let wrong = [
                ("\(other.agent.id)", "\(other.team)"), ("\(desk.company.gone.id)", "\(desk.company.dissolvedTeam)"),
                ("\(desk.company.team)", "\(desk.company.agent.id)"),
            ]
            for (person, team) in wrong {
                let answer = try await desk.post(
                    "\(ticket.path)/assign", #"{"assignee_id": "\#(person)", "team_id": "\#(team)"}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/assignee_id", "/team_id"])
                #expect(!answer.text.contains(Company.teamName))
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a closed ticket is given to nobody")
    func closed() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            try await desk.move(ticket, to: .closed)
            let answer = try await desk.post(
                "\(ticket.path)/assign", #"{"assignee_id": "\#(desk.company.agent.id)"}"#, as: desk.company.manager)
            #expect(answer.status == 409)
            #expect(answer.code == "illegal_transition")
        }
    }

    @Test("giving to who has it already is no change, and takes nothing from anybody (R-12)")
    func unchanged() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(
                more: #", "assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.team)""#)
            for body in [
                "{}", #"{"assignee_id": "\#(company.colleague.id)"}"#, #"{"team_id": "\#(company.team)"}"#,
            ] {
                let answer = try await desk.post("\(ticket.path)/assign", body)
                #expect(answer.status == 200)
                #expect(answer.header("ETag") == "\"1.0\"")
            }
            let open = try await desk.open()
            let nothing = try await desk.post("\(open.path)/unassign")
            #expect(nothing.header("ETag") == "\"1.0\"")
            let entries = try Rows.count("core.activity")
            #expect(entries == 2)
        }
    }

    @Test("the history of assignments is complete: who had it, when, and who decided so (C5, C9)")
    func history() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let company = desk.company
            let ticket = try await desk.open(more: #", "team_id": "\#(company.team)""#)
            clock.advance(by: .seconds(1))
            _ = try await desk.post("\(ticket.path)/claim")
            _ = try await desk.patch(ticket.path, #"{"priority": "high"}"#)
            clock.advance(by: .seconds(1))
            _ = try await desk.post(
                "\(ticket.path)/assign",
                #"{"assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.otherTeam)"}"#,
                as: company.manager)
            clock.advance(by: .seconds(1))
            _ = try await desk.post("\(ticket.path)/unassign", as: company.colleague)
            let rows = try await desk.all("\(ticket.path)/assignments", limit: 2)
            func column(_ name: String, _ inner: String? = nil) -> [String] {
                rows.map { row in (inner.map { row[name]?[$0] } ?? row[name])?.text ?? "-" }
            }
            #expect(column("verb") == ["unassigned", "assigned", "claimed", "created"])
            #expect(column("assignee", "name") == ["-", "Ben", "Ada", "-"])
            #expect(column("team", "name") == ["-", Company.otherTeamName, "-", Company.teamName])
            #expect(column("actor", "name") == ["Ben", "Maria", "Ada", "Ada"])
            #expect(rows.map { $0["version"]?.whole } == [5, 4, 2, 1])
            #expect(column("occurred_at").map { String($0.suffix(4)) } == [":03Z", ":02Z", ":01Z", ":00Z"])
        }
    }
}
