import HTTPTypes
import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Case numbers (A2, SC-3)", .scratchDatabase(.tickets))
struct CaseNumberRouteTests {
    /// The last second of a day and the first of the next, as UTC has them.
    static let midnights: [(zone: String, before: String, day: String, next: String)] = [
        ("Pacific/Auckland", "2026-01-15T10:59:59Z", "260115", "260116"),
        ("America/Los_Angeles", "2026-01-16T07:59:59Z", "260115", "260116"),
        ("UTC", "2025-12-31T23:59:59Z", "251231", "260101"),
        ("Europe/Berlin", "2024-02-29T22:59:59Z", "240229", "240301"),
        // The day that the clocks go forward has 23 hours, the day that they go back 25.
        ("Europe/Berlin", "2026-03-29T21:59:59Z", "260329", "260330"),
        ("Europe/Berlin", "2026-10-25T22:59:59Z", "261025", "261026"),
    ]

    @Test("the day is the workspace's, to the second (A2)", arguments: midnights)
    func days(zone: String, before: String, day: String, next: String) async throws {
        let clock = TestClock(.instant(before))
        try await Desk.run(zone: zone, clock: clock) { desk in
            let first = try await desk.open()
            let second = try await desk.open()
            clock.advance(by: .seconds(2))
            let third = try await desk.open()
            #expect([first.number, second.number, third.number] == ["\(day)001", "\(day)002", "\(next)001"])
            #expect(first.answer.json["created_at"]?.text == before)
        }
    }

    @Test("workspaces count apart, each by its own day")
    func workspaces() async throws {
        let clock = TestClock(.instant("2026-01-15T12:00:00Z"))
        try await Desk.run(zone: "Pacific/Auckland", clock: clock) { desk in
            let other = try desk.other(zone: "America/Los_Angeles")
            let ours = try await [desk.open().number, desk.open().number]
            let theirs = try await other.open().number
            #expect(ours == ["260116001", "260116002"])
            #expect(theirs == "260115001")
        }
    }

    @Test("after the 999th ticket of a day comes the 1,000th (A2)")
    func thousand() async throws {
        let clock = TestClock(.instant("2026-01-15T12:00:00Z"))
        try await Desk.run(zone: "UTC", clock: clock) { desk in
            _ = try await desk.open()
            try Rows.run("UPDATE tickets.case_counter SET last = 998")
            let numbers = try await [desk.open().number, desk.open().number, desk.open().number]
            #expect(numbers == ["260115999", "2601151000", "2601151001"])
            let found = try await desk.get("/v1/tickets/2601151000")
            #expect(found.json["case_number"]?.text == "2601151000")
            try Rows.run("UPDATE tickets.case_counter SET last = 12344")
            let later = try await desk.open().number
            #expect(later == "26011512345")
        }
    }

    @Test("a number that is another ticket's already is passed over")
    func taken() async throws {
        let clock = TestClock(.instant("2026-01-15T12:00:00Z"))
        try await Desk.run(zone: "UTC", clock: clock) { desk in
            _ = try await [desk.open(), desk.open()]
            try Rows.run("UPDATE tickets.case_counter SET last = last - 1")
            let next = try await desk.open().number
            #expect(next == "260115003")
        }
    }

    @Test("a ticket is addressed by its case number wherever by its id, and another workspace's is not there (A2)")
    func addressing() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open()
            let other = try desk.other()
            let path = "/v1/tickets/\(ticket.number)"
            let requests: [(HTTPRequest.Method, String, String?)] = [
                (.get, "", nil), (.get, "/activity", nil), (.get, "/assignments", nil), (.get, "/notes", nil),
                (.patch, "", #"{"priority": "high"}"#), (.post, "/claim", nil), (.post, "/unassign", nil),
                (.post, "/assign", #"{"team_id": "\#(desk.company.team)"}"#),
                (.post, "/status", #"{"status": "in_progress"}"#), (.post, "/notes", #"{"text": "N"}"#),
            ]
            for (method, rest, body) in requests {
                let theirBody = body?.replacing(desk.company.team.description, with: other.company.team.description)
                let theirs = try await other.send(method, path + rest, theirBody)
                #expect(theirs.status == 404, "\(method) \(rest)")
                let ours = try await desk.send(method, path + rest, body)
                #expect(ours.status < 300, "\(method) \(rest) \(ours.text)")
            }
            let shown = try await desk.get(ticket.path)
            #expect(shown.json["version"]?.whole == 7)
            let notes = try await desk.get("/v1/tickets/\(ticket.number)/notes")
            #expect(notes.json["items"]?.items.count == 1)
        }
    }

    @Test("one workspace's number names another ticket in another workspace, and neither opens the other (number 7)")
    func sameNumber() async throws {
        let clock = TestClock(.instant("2026-01-15T12:00:00Z"))
        try await Desk.run(zone: "UTC", clock: clock) { desk in
            let other = try desk.other(zone: "UTC")
            let ours = try await desk.open("ours")
            let theirs = try await other.open("theirs")
            #expect(ours.number == theirs.number)
            let shown = try await desk.get("/v1/tickets/\(theirs.number)")
            #expect(shown.json["title"]?.text == "ours")
            let foreign = try await desk.get(theirs.path)
            #expect(foreign.status == 404)
        }
    }
}
