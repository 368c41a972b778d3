import FoundationEssentials
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Opening a ticket", .scratchDatabase(.tickets))
struct OpeningTests {
    @Test("each of the four owner kinds opens a ticket, and the answer is what a reader gets (A1, B1)")
    func owners() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let owners = [
                ("individual", #"{"individual_id": "\#(company.individual)"}"#, Company.individualName),
                ("organization", #"{"organization_id": "\#(company.organization)"}"#, Company.organizationName),
                ("external", #"{"external_reference": "CRM 4711"}"#, "CRM 4711"),
                ("memo", #"{"memo": "The man with the red car"}"#, "The man with the red car"),
            ]
            for (kind, owner, label) in owners {
                let ticket = try await desk.open("It squeaks", owner: owner)
                let json = ticket.answer.json
                #expect(json["owner"]?["kind"]?.text == kind)
                #expect(json["owner"]?["label"]?.text == label)
                #expect(json["status"]?.text == "open")
                #expect(json["priority"]?.text == "medium")
                #expect(json["category"]?.text == "inquiry")
                #expect(json["version"]?.whole == 1)
                #expect(json["reopen_count"]?.whole == 0)
                #expect(ticket.answer.header("Location") == ticket.path)
                #expect(ticket.answer.header("ETag") == "\"1.0\"")
                let shown = try await desk.get(ticket.path)
                #expect(shown.status == 200)
                #expect(shown.header("ETag") == "\"1.0\"")
                // What was fixed before the write and what is read after it decode into the same ticket.
                let made = try WireJSON.decode(Ticket.self, from: ticket.answer.bytes)
                let read = try WireJSON.decode(Ticket.self, from: shown.bytes)
                #expect(try WireJSON.encode(made) == WireJSON.encode(read))
            }
        }
    }

    @Test("what is named at the opening is kept: category, priority, assignee, team, equipment (A5, A6, A22, C1, C8)")
    func everything() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open(
                more: """
                    , "category": "complaint", "priority": "urgent", "assignee_id": "\(company.colleague.id)",
                    "team_id": "\(company.team)", "brand": " Siemens ", "serial_number": "S-1"
                    """)
            let json = ticket.answer.json
            #expect(json["category"]?.text == "complaint")
            #expect(json["priority"]?.text == "urgent")
            #expect(json["assignee"]?["id"]?.text == company.colleague.id.description)
            #expect(json["assignee"]?["name"]?.text == company.colleague.name)
            #expect(json["team"]?["id"]?.text == company.team.description)
            #expect(json["team"]?["name"]?.text == Company.teamName)
            #expect(json["brand"]?.text == "Siemens")
            #expect(json["serial_number"]?.text == "S-1")
        }
    }

    @Test("the title is derived from the description, and follows it (A4)")
    func title() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open("\n  First   line \nSecond line\n")
            #expect(ticket.answer.json["title"]?.text == "First line")
            #expect(ticket.answer.json["description"]?.text == "First   line \nSecond line")
            let changed = try await desk.patch(ticket.path, #"{"description": "Another\nthing"}"#)
            #expect(changed.json["title"]?.text == "Another")
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["title"]?.text == "Another")
            #expect(shown.json["description"]?.text == "Another\nthing")
            let long = try await desk.open(String(repeating: "👩‍👩‍👧‍👦", count: 1_000))
            #expect(long.answer.json["title"]?.text?.hasSuffix("👩‍👩‍👧‍👦…") == true)
        }
    }

    @Test("a description that is missing, blank or too long is refused (A4)")
    func blank() async throws {
        try await Desk.run { desk in
            let before = try Rows.everything()
            for description in [#""""#, #"" \n\t\r\n ""#, #""\u00a0\u2003""#, "null"] {
                let answer = try await desk.post(
                    "/v1/tickets", #"{"owner": {"memo": "X"}, "description": \#(description)}"#)
                #expect(answer.status == 422, "\(description)")
                #expect(answer.pointers == ["/description"])
            }
            let missing = try await desk.post("/v1/tickets", #"{"owner": {"memo": "X"}}"#)
            #expect(missing.pointers == ["/description"])
            let long = String(repeating: "é", count: 20_001)
            let tooLong = try await desk.post(
                "/v1/tickets", #"{"owner": {"memo": "X"}, "description": "\#(long)"}"#)
            #expect(tooLong.status == 422)
            #expect(tooLong.pointers == ["/description"])
            #expect(try Rows.everything() == before)
            let longest = try await desk.open(String(long.dropLast()))
            #expect(longest.answer.json["description"]?.text?.count == 20_000)
        }
    }

    @Test("no owner, two, three or four are refused (B1)")
    func owner() async throws {
        try await Desk.run { desk in
            let members = [
                #""individual_id": "\#(desk.company.individual)""#,
                #""organization_id": "\#(desk.company.organization)""#, #""external_reference": "R""#, #""memo": "M""#,
            ]
            let before = try Rows.everything()
            for mask in 0..<16 where mask.nonzeroBitCount != 1 {
                let chosen = members.indices.filter { mask & 1 << $0 != 0 }.map { members[$0] }
                let answer = try await desk.post(
                    "/v1/tickets", #"{"owner": {\#(chosen.joined(separator: ", "))}, "description": "D"}"#)
                #expect(answer.status == 422, "\(mask)")
                #expect(answer.code == "invalid_body")
                #expect(answer.pointers == ["/owner"], "\(mask)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("what is not there, or is another workspace's, is 422 that names every wrong field at once (B1, S-3)")
    func unknown() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let unknown = ID<AnyRecord>.make(at: .now)
            let before = try Rows.everything()
            let wrong: [(kind: String, owner: String, assignee: String, team: String)] = [
                ("individual", "\(other.individual)", "\(other.agent.id)", "\(other.team)"),
                ("organization", "\(other.organization)", "\(other.manager.id)", "\(other.otherTeam)"),
                ("individual", "\(unknown)", "\(unknown)", "\(unknown)"),
                ("organization", "\(desk.company.individual)", "\(desk.company.team)", "\(desk.company.agent.id)"),
                (
                    "individual", "\(desk.company.organization)", "\(desk.company.gone.id)",
                    "\(desk.company.dissolvedTeam)"
                ),
            ]
            for wrong in wrong {
                let answer = try await desk.post(
                    "/v1/tickets",
                    """
                    {"owner": {"\(wrong.kind)_id": "\(wrong.owner)"}, "description": "D", "category": "nonsense",
                     "assignee_id": "\(wrong.assignee)", "team_id": "\(wrong.team)"}
                    """)
                #expect(answer.status == 422)
                #expect(
                    Set(answer.pointers) == [
                        "/owner/\(wrong.kind)_id", "/category", "/assignee_id", "/team_id",
                    ], "\(answer.text)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a wrong number of owners is named together with what else is wrong (B1)")
    func ownerAndOthers() async throws {
        try await Desk.run { desk in
            let answer = try await desk.post(
                "/v1/tickets",
                """
                {"owner": {}, "description": "D", "category": "nonsense", "assignee_id": "\(ID<User>.make(at: .now))"}
                """)
            #expect(answer.status == 422)
            #expect(Set(answer.pointers) == ["/owner", "/category", "/assignee_id"])
        }
    }
}
