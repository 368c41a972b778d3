import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("What a job is asked for", .scratchDatabase(.tickets))
struct JobInputTests {
    @Test("every wrong member of filter and change is named at once, by its pointer (A10, C6, K5)")
    func wrongMembers() async throws {
        try await Desk.run { desk in
            let before = try Rows.everything()
            let cases: [(String, [String])] = [
                (
                    #"{"filter": {"status": "parked", "priority": 1, "odd": 2, "q": "x"}, "change": {"tags": []}}"#,
                    ["/filter/status", "/filter/priority", "/filter/odd", "/filter/q", "/change/tags"]
                ),
                (
                    #"{"filter": {"assignee": "nobody", "team": "me", "individual": "x"}, "change": {}}"#,
                    ["/filter/assignee", "/filter/team", "/filter/individual"]
                ),
                (#"{"filter": {}, "change": {}}"#, ["/change"]),
                (
                    #"{"filter": {}, "change": {"status": {"status": "open"}, "update": {"priority": "low"}}}"#,
                    ["/change"]
                ),
                (#"{"filter": {}, "change": {"assign": {}}}"#, ["/change/assign"]),
                (#"{"filter": {}, "change": {"update": {}}}"#, ["/change/update"]),
                (#"{"filter": {}, "change": {"update": {"priority": null}}}"#, ["/change/update/priority"]),
                (#"{"filter": {}, "change": {"update": {"category": "none"}}}"#, ["/change/update/category"]),
                (#"{"filter": {}, "change": {"status": {}}}"#, ["/change/status/status"]),
                (
                    #"{"filter": {}, "change": {"status": {"status": "open", "wait_reason": "parts"}}}"#,
                    ["/change/status/wait_reason"]
                ),
                (
                    #"{"filter": {}, "change": {"status": {"status": "closed", "force": true}}}"#,
                    ["/change/status/reason"]
                ),
                (
                    #"{"filter": {}, "change": {"status": {"status": "open", "force": true, "reason": "R"}}}"#,
                    ["/change/status/force"]
                ),
                (
                    #"""
                    {"filter": {}, "change": {
                        "status": {"status": "in_progress", "wait_until": "\#(desk.clock.now)"}}}
                    """#,
                    ["/change/status/wait_until"]
                ),
            ]
            for (body, pointers) in cases {
                let answer = try await desk.post("/v1/tickets/jobs", body)
                #expect(answer.status == 422, "\(body)")
                #expect(answer.pointers == pointers, "\(body)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("people and teams that are gone, made up or another workspace's are refused, both at once (S-3)")
    func foreignNames() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let people = [other.agent.id, desk.company.gone.id, .make(at: .now)]
            let teams = [other.team, desk.company.dissolvedTeam, .make(at: .now)]
            for (person, team) in zip(people, teams) {
                let answer = try await desk.post(
                    "/v1/tickets/jobs",
                    #"{"filter": {}, "change": {"assign": {"assignee_id": "\#(person)", "team_id": "\#(team)"}}}"#)
                #expect(answer.status == 422)
                #expect(Set(answer.pointers) == ["/change/assign/assignee_id", "/change/assign/team_id"])
            }
            #expect(try Rows.count("core.job") == 0)
        }
    }

    @Test(
        "a filter means what the list shows by the same words",
        arguments: [
            "", "status=open,closed", "priority=high", "category=incident", "assignee=me", "assignee=none", "team=none",
            "individual=$individual", "organization=$organization", "status=closed&priority=low,high",
        ])
    func sameFilter(query: String) async throws {
        try await Desk.run { desk in
            let company = desk.company
            let owners = [
                #"{"individual_id": "\#(company.individual)"}"#, #"{"organization_id": "\#(company.organization)"}"#,
                #"{"memo": "M"}"#,
            ]
            for (number, owner) in owners.enumerated() {
                for (priority, category) in [("high", "incident"), ("low", "inquiry")] {
                    let ticket = try await desk.open(
                        owner: owner, more: #", "priority": "\#(priority)", "category": "\#(category)""#)
                    if number == 0 { _ = try await desk.post("\(ticket.path)/claim") }
                    if number == 1 { try await desk.move(ticket, to: .closed) }
                }
            }
            let parameters = query.replacing("$individual", with: "\(company.individual)")
                .replacing("$organization", with: "\(company.organization)")
            let listed = try await desk.get("/v1/tickets?count=true&\(parameters)")
            let members = parameters.split(separator: "&").map { part in
                let sides = part.split(separator: "=", maxSplits: 1)
                return "\"\(sides[0])\": \"\(sides[1])\""
            }
            let answer = try await desk.post(
                "/v1/tickets/jobs",
                #"{"filter": {\#(members.joined(separator: ", "))}, "change": {"update": {"priority": "urgent"}}}"#)
            #expect(answer.json["total"] == listed.json["total"], "\(answer.text)")
        }
    }

    @Test("a job may stand in a batch, and is begun once for one key (A10, R-1)")
    func inBatch() async throws {
        try await Desk.run { desk in
            let body = #"{"filter": {}, "change": {"update": {"priority": "low"}}}"#
            let batch = #"{"operations": [{"method": "POST", "path": "/v1/tickets/jobs", "body": \#(body)}]}"#
            for _ in 0..<2 {
                let answer = try await desk.post("/v1/tickets/batch", batch, ["Idempotency-Key": "one"])
                #expect(answer.json["results"]?.items.first?["status"]?.whole == 202)
            }
            #expect(try Rows.count("core.job") == 1)
        }
    }
}
