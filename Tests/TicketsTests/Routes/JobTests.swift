import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Every ticket that a filter means (A10, C6, K5)", .scratchDatabase(.tickets))
struct JobTests {
    @Test("a filter's tickets come to a status, each by the rules of a request of its own and with its activity (A10)")
    func statuses() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(6) { try await desk.open("Number \($0)", more: #", "priority": "high""#) }
            let other = try await desk.open("another")
            let foreign = try await desk.other().open("canary", more: #", "priority": "high""#)
            try await desk.move(tickets[0], to: .inProgress, more: #", "wait_reason": "parts""#)
            try await desk.move(tickets[1], to: .closed)
            try await desk.move(tickets[2], to: .completed)
            let job = try await desk.finish(
                #"{"filter": {"priority": "high"}, "change": {"status": {"status": "completed"}}}"#)
            #expect(job.kind == "status")
            #expect([job.total, job.done, job.changed, job.unchanged, job.refused] == [5, 5, 4, 1, 0])
            let statuses = try Rows.of("SELECT status, wait_reason IS NULL FROM tickets.ticket ORDER BY id")
            #expect(Set(statuses) == ["completed|t", "closed|t", "open|t"])
            let untouched = try Rows.count(
                "tickets.ticket", where: "id IN ('\(other.id)', '\(foreign.id)') AND version = 1")
            #expect(untouched == 2)
            let history = try await desk.all("\(tickets[0].path)/activity")
            #expect(history.first?["verb"]?.text == "moved")
            #expect(history.first?["version"]?.whole == 3)
            #expect(history.first?["actor"]?["id"]?.text == "\(desk.company.agent.id)")
            let changes = history.first?["changes"]
            #expect([changes?["status"]?["from"], changes?["status"]?["to"]] == ["in_progress", "completed"])
            #expect([changes?["wait_reason"]?["from"], changes?["wait_reason"]?["to"]] == ["parts", .null])
            let requests = try Rows.number("SELECT count(DISTINCT request_id) FROM core.activity WHERE version = 2")
            #expect(requests == 4, "three requests of their own, and the job's")
        }
    }

    @Test("what a rule forbids is refused by the code of the rule, listed, and stops nothing (A10)")
    func refusals() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(3) { try await desk.open("Number \($0)") }
            try await desk.move(tickets[0], to: .closed)
            let job = try await desk.finish(
                #"{"filter": {"status": "open,closed"}, "change": {"status": {"status": "completed"}}}"#)
            #expect([job.changed, job.refused] == [2, 1])
            #expect(job.refusals == [JobRefusal(code: "illegal_transition", count: 1)])
            let items = try await desk.all("/v1/tickets/jobs/\(job.id)/items")
            #expect(items == [["id": .string(tickets[0].id), "code": "illegal_transition"]])
        }
    }

    @Test("tickets are reopened with a reason, which becomes a note of each that is found; without one it is refused")
    func reopened() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(3) { try await desk.open("Number \($0)") }
            for ticket in tickets { try await desk.move(ticket, to: .closed) }
            let refused = try await desk.finish(
                #"{"filter": {"status": "closed"}, "change": {"status": {"status": "open"}}}"#)
            #expect(refused.refused == 3)
            let body = #"{"status": {"status": "open", "reason": "the recall"}}"#
            let job = try await desk.finish(#"{"filter": {"status": "closed"}, "change": \#(body)}"#)
            #expect(job.changed == 3)
            #expect(try Rows.count("tickets.ticket", where: "reopen_count = 1 AND status = 'open'") == 3)
            for ticket in tickets {
                let notes = try await desk.all("\(ticket.path)/notes")
                #expect(notes.compactMap { $0["text"]?.text } == ["the recall"])
                let history = try await desk.all("\(ticket.path)/activity")
                #expect(history.first?["verb"]?.text == "reopened")
                #expect(history.first?["changes"]?["note_id"]?["to"] == notes.first?["id"])
            }
            let found = try await desk.all("/v1/tickets?q=recall")
            #expect(found.count == 3)
        }
    }

    @Test("tickets are given to a person and a team, by name too; what is another's takes tickets:assign (C6)")
    func assigned() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let tickets = try await atOnce(4) { try await desk.open("Number \($0)") }
            _ = try await desk.post("\(tickets[0].path)/claim", as: company.colleague)
            try await desk.move(tickets[1], to: .closed)
            let body = """
                {"filter": {"status": "open,closed"}, "change": {"assign": {
                    "assignee_id": "\(company.agent.id)", "team_id": "\(company.team)"}}}
                """
            let agents = try await desk.finish(body)
            #expect([agents.changed, agents.refused] == [2, 2])
            #expect(
                Set(agents.refusals.map(\.code)) == ["forbidden", "illegal_transition"], "another's, and a closed one")
            let managers = try await desk.finish(body, as: company.manager)
            #expect([managers.changed, managers.unchanged, managers.refused] == [1, 2, 1])
            let names = try Rows.of(
                "SELECT DISTINCT assignee_name, team_name FROM tickets.ticket WHERE status = 'open'")
            #expect(names == ["\(company.agent.name)|\(Company.teamName)"])
            let log = try await desk.all("\(tickets[0].path)/assignments")
            #expect(log.first?["assignee"]?["name"]?.text == company.agent.name)
            let given = try await desk.finish(
                #"{"filter": {"assignee": "me"}, "change": {"assign": {"assignee_id": null}}}"#)
            #expect(given.changed == 3)
            #expect(try Rows.count("core.activity", where: "verb = 'unassigned'") == 3)
        }
    }

    @Test("priority and category change, also to a category of the workspace's own (K5)")
    func classified() async throws {
        try await Desk.run { desk in
            _ = try await desk.post(
                "/v1/tickets/categories", #"{"word": "own", "name": "O"}"#, as: desk.company.manager)
            let tickets = try await atOnce(3) { try await desk.open("Number \($0)") }
            let job = try await desk.finish(
                #"{"filter": {}, "change": {"update": {"priority": "urgent", "category": "own"}}}"#)
            #expect(job.changed == 3)
            let shown = try await desk.get(tickets[2].path)
            #expect(shown.json["category"]?.text == "own")
            let urgent = try await desk.all("/v1/tickets?priority=urgent&category=own&sort=-priority")
            #expect(urgent.count == 3)
        }
    }

    @Test("an undo restores exactly what nobody has changed since: status, times, holder and team by id and name")
    func undone() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let tickets = try await atOnce(5) { try await desk.open("Number \($0)") }
            _ = try await desk.post("\(tickets[0].path)/claim", as: company.colleague)
            try await desk.move(tickets[1], to: .inProgress, more: #", "wait_reason": "customer""#)
            func state() throws -> [String] {
                try Rows.of(
                    """
                    SELECT id, status, wait_reason, wait_until, priority, category, assignee_id, assignee_name,
                        team_id, team_name, reopen_count, status_changed_at, started_at, completed_at, closed_at
                    FROM tickets.ticket ORDER BY id
                    """)
            }
            let given = try await desk.finish(
                #"{"filter": {}, "change": {"assign": {"team_id": "\#(company.team)", "assignee_id": null}}}"#,
                as: company.manager)
            let before = try state()
            desk.clock.advance(by: .seconds(60))
            let closed = try await desk.finish(#"{"filter": {}, "change": {"status": {"status": "closed"}}}"#)
            #expect([given.changed, closed.changed] == [5, 5])
            let reopening = #", "reason": "R""#
            try await desk.move(tickets[4], to: .open, more: reopening)
            let touched = try #require(try state().first { $0.hasPrefix(tickets[4].id) })
            let first = try await desk.undo(closed)
            #expect([first.undo.restored, first.undo.kept] == [4, 1])
            let after = before.map { $0.hasPrefix(tickets[4].id) ? touched : $0 }
            #expect(after != before)
            #expect(try state() == after)
            let early = try await desk.undo(given, as: company.manager)
            #expect([early.undo.restored, early.undo.kept] == [0, 5], "each has changed since by the other job")
            #expect(early.status == .undone)
            #expect(try state() == after)
            let moved = #"{"assignee_id": "\#(company.agent.id)", "team_id": "\#(company.otherTeam)"}"#
            let later = try await desk.finish(
                #"{"filter": {}, "change": {"assign": \#(moved)}}"#, as: company.manager)
            #expect(try state() != after)
            let last = try await desk.undo(later, as: company.manager)
            #expect([last.undo.restored, last.undo.kept] == [5, 0])
            #expect(try state() == after)
            let history = try await desk.all("\(tickets[0].path)/activity")
            #expect(history.prefix(4).compactMap { $0["verb"]?.text } == ["restored", "assigned", "restored", "moved"])
            let status = history.dropFirst(2).first?["changes"]?["status"]
            #expect([status?["from"], status?["to"]] == ["closed", "open"])
        }
    }

    @Test("who had a ticket ends with who has it again after an undo; an undo of other fields is no step (C6)")
    func assignments() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let ticket = try await desk.open()
            _ = try await desk.post("\(ticket.path)/claim")
            let give = #"{"assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.team)"}"#
            let given = try await desk.finish(
                #"{"filter": {}, "change": {"assign": \#(give)}}"#, as: company.manager)
            _ = try await desk.undo(given, as: company.manager)
            let raised = try await desk.finish(#"{"filter": {}, "change": {"update": {"priority": "urgent"}}}"#)
            _ = try await desk.undo(raised)
            let steps = try await desk.all("\(ticket.path)/assignments")
            #expect(steps.compactMap { $0["verb"]?.text } == ["restored", "assigned", "claimed", "created"])
            #expect(steps.first?["assignee"]?["name"]?.text == company.agent.name)
            #expect(steps.first?["team"] == .null)
            let queued = try await desk.finish(
                #"{"filter": {}, "change": {"assign": {"team_id": "\#(company.team)"}}}"#, as: company.manager)
            _ = try await desk.undo(queued, as: company.manager)
            let last = try await desk.all("\(ticket.path)/assignments").first
            #expect(last?["verb"]?.text == "restored" && last?["team"] == .null, "a team alone is a step too")
        }
    }

    @Test("a job and its undo leave every ticket as it was but for version and time of change")
    func roundTrip() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let tickets = try await atOnce(4) { try await desk.open("Number \($0)") }
            _ = try await desk.post("\(tickets[0].path)/claim", as: company.colleague)
            _ = try await desk.post(
                "\(tickets[1].path)/assign", #"{"team_id": "\#(company.otherTeam)"}"#, as: company.manager)
            try await desk.move(tickets[2], to: .inProgress, more: #", "wait_reason": "customer""#)
            try await desk.move(tickets[3], to: .closed)
            let columns = """
                to_jsonb(t) - 'version' - 'updated_at' FROM tickets.ticket AS t ORDER BY id
                """
            let before = try Rows.of("SELECT \(columns)")
            desk.clock.advance(by: .seconds(60))
            for change in [
                #""assign": {"assignee_id": "\#(company.agent.id)", "team_id": null}"#,
                #""update": {"priority": "low", "category": "complaint"}"#,
                #""status": {"status": "in_progress", "wait_reason": "parts", "reason": "R"}"#,
            ] {
                let job = try await desk.finish(
                    #"{"filter": {"status": "open,in_progress,completed,closed"}, "change": {\#(change)}}"#,
                    as: company.manager)
                #expect(job.changed >= 3, "\(change)")
                let undone = try await desk.undo(job, as: company.manager)
                #expect(undone.undo.restored == job.changed)
                #expect(try Rows.of("SELECT \(columns)") == before, "\(change)")
            }
        }
    }

    @Test("who lost the right before a turn changes nothing; a person or category that is gone ends the job (S-4)")
    func lost() async throws {
        try await Desk.run { desk in
            let company = desk.company
            _ = try await desk.open()
            let close = #"{"filter": {}, "change": {"status": {"status": "closed"}}}"#
            let role = try await desk.order(close)
            try Rows.run("UPDATE identity.user SET role = 'viewer' WHERE id = '\(company.agent.id)'")
            let failed = try await desk.ended(role)
            #expect([failed.failure, failed.status.rawValue] == ["permission_lost", "failed"])
            let give = #"{"filter": {}, "change": {"assign": {"assignee_id": "\#(company.colleague.id)"}}}"#
            let gone = try await desk.order(give, as: company.manager)
            try Rows.run("UPDATE identity.user SET is_active = false WHERE id = '\(company.colleague.id)'")
            let target = try await desk.ended(gone)
            #expect(target.failure == "target_gone")
            #expect(try Rows.count("tickets.ticket", where: "version = 1") == 1)
        }
    }

    @Test("jobs run beside requests on the same tickets, and both count: no version is written twice")
    func besideRequests() async throws {
        try await Desk.run { desk in
            let tickets = try await atOnce(40) { try await desk.open("Number \($0)") }
            let path = try await desk.order(#"{"filter": {}, "change": {"update": {"priority": "urgent"}}}"#)
            try await running(desk.service.assembly.workers) {
                let answers = try await atOnce(40) { number in
                    try await desk.patch(tickets[number].path, #"{"brand": "B"}"#)
                }
                #expect(answers.allSatisfy { $0.status == 200 })
                try await eventually("the job has ended") { try await desk.job(path).status == .completed }
            }
            #expect(try await desk.job(path).changed == 40)
            let both = try Rows.count("tickets.ticket", where: "version = 3 AND priority = 'urgent' AND brand = 'B'")
            #expect(both == 40)
            #expect(try Rows.count("core.activity", where: "version IN (2, 3)") == 80)
        }
    }
}
