import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Delegating a task (D6)", .scratchDatabase(.tasks))
struct DelegationTests {
    private func delegate(_ desk: Desk, _ task: MadeTask, to person: Staff, as caller: Staff) async throws -> TestAnswer
    {
        try await desk.post("\(task.path)/delegate", #"{"assignee_id": "\#(person.id)"}"#, as: caller)
    }

    @Test("who has a task delegates it and can take it back; nobody else can do either, managers neither (D6)")
    func thereAndBack() async throws {
        try await Desk.run { desk in
            let (ada, ben, maria) = (desk.company.agent, desk.company.colleague, desk.company.manager)
            let task = try await desk.make(more: #", "assignee_id": "\#(ada.id)""#)
            for person in [ben, maria] {
                let answer = try await delegate(desk, task, to: ben, as: person)
                #expect(answer.status == 403, "\(person.name)")
            }
            let early = try await desk.post("\(task.path)/recall", as: ada)
            #expect(early.status == 409 && early.code == "conflict")
            let delegated = try await delegate(desk, task, to: ben, as: ada)
            #expect(delegated.status == 200, "\(delegated.text)")
            #expect(delegated.json["assignee"]?["name"]?.text == ben.name)
            #expect(delegated.json["delegated_by"]?["name"]?.text == ada.name)
            for person in [ben, maria] {
                let answer = try await desk.post("\(task.path)/recall", as: person)
                #expect(answer.status == 403 && answer.text.contains(ada.name), "\(person.name)")
            }
            let back = try await desk.post("\(task.path)/recall", as: ada)
            #expect(back.status == 200, "\(back.text)")
            #expect(back.json["assignee"]?["name"]?.text == ada.name)
            #expect(back.json["delegated_by"] == .null)
        }
    }

    @Test("nobody delegates to themselves, to nobody who works here, or what nobody has; what has ended stays")
    func refused() async throws {
        try await Desk.run { desk in
            let (ada, ben) = (desk.company.agent, desk.company.colleague)
            let task = try await desk.make(more: #", "assignee_id": "\#(ada.id)""#)
            let open = try await desk.make()
            let before = try Rows.everything()
            for person in [ada, desk.company.gone] {
                let answer = try await delegate(desk, task, to: person, as: ada)
                #expect(answer.status == 422 && answer.pointers == ["/assignee_id"], "\(person.name)")
            }
            let nobodys = try await delegate(desk, open, to: ben, as: ada)
            #expect(nobodys.status == 403)
            #expect(try Rows.everything() == before)
            _ = try await delegate(desk, task, to: ben, as: ada)
            try await desk.move(task, to: .completed, as: ben)
            for answer in [
                try await desk.post("\(task.path)/recall", as: ada), try await delegate(desk, task, to: ada, as: ben),
            ] { #expect(answer.status == 409 && answer.code == "illegal_transition") }
        }
    }

    @Test("a task that is handed on by other ways cannot be taken back; its team may change without that")
    func handedOn() async throws {
        try await Desk.run { desk in
            let (ada, ben, maria) = (desk.company.agent, desk.company.colleague, desk.company.manager)
            let ways: [(String, String?, Staff, Bool)] = [
                ("assign", #"{"team_id": "\#(desk.company.team)"}"#, ben, true), ("unassign", nil, ben, false),
                ("assign", #"{"assignee_id": "\#(maria.id)"}"#, maria, false),
                ("delegate", #"{"assignee_id": "\#(maria.id)"}"#, ben, false),
            ]
            for (verb, body, person, canRecall) in ways {
                let task = try await desk.make(more: #", "assignee_id": "\#(ada.id)""#)
                _ = try await delegate(desk, task, to: ben, as: ada)
                let given = try await desk.post("\(task.path)/\(verb)", body, as: person)
                #expect(given.status == 200, "\(given.text)")
                let recalled = try await desk.post("\(task.path)/recall", as: ada)
                #expect((recalled.status == 200) == canRecall, "\(verb) \(recalled.text)")
            }
        }
    }

    @Test("what one has delegated is a list of one's own, until it has ended (D6, D11)")
    func list() async throws {
        try await Desk.run { desk in
            let (ada, ben) = (desk.company.agent, desk.company.colleague)
            let task = try await desk.make(more: #", "assignee_id": "\#(ada.id)""#)
            let other = try await desk.make(more: #", "assignee_id": "\#(ada.id)""#)
            for task in [task, other] { _ = try await delegate(desk, task, to: ben, as: ada) }
            try await desk.move(other, to: .completed, as: ben)
            for (query, person, expected) in [
                ("me", ada, [task.id]), ("\(ada.id)", ben, [task.id]), ("me", ben, []),
            ] {
                let ids = try await desk.all("/v1/tasks?delegated_by=\(query)", as: person).map { $0["id"]?.text }
                #expect(ids == expected, "\(query) \(person.name)")
            }
        }
    }

    @Test("the history of assignments is complete: who had it, when, and who decided so (F3, D6)")
    func history() async throws {
        let clock = TestClock(.noon)
        try await Desk.run(clock: clock) { desk in
            let company = desk.company
            let task = try await desk.make(more: #", "team_id": "\#(company.team)""#)
            let steps: [(String, String?, Staff)] = [
                ("claim", nil, company.agent),
                ("delegate", #"{"assignee_id": "\#(company.colleague.id)"}"#, company.agent),
                ("recall", nil, company.agent),
                (
                    "assign",
                    #"{"assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.otherTeam)"}"#, company.manager
                ), ("unassign", nil, company.colleague),
            ]
            for (verb, body, person) in steps {
                clock.advance(by: .seconds(1))
                let answer = try await desk.post("\(task.path)/\(verb)", body, as: person)
                #expect(answer.status == 200, "\(answer.text)")
                if verb == "claim" { _ = try await desk.patch(task.path, #"{"priority": "high"}"#) }
            }
            let rows = try await desk.all("\(task.path)/assignments", limit: 2)
            func column(_ name: String, _ inner: String? = nil) -> [String] {
                rows.map { row in (inner.map { row[name]?[$0] } ?? row[name])?.text ?? "-" }
            }
            #expect(column("verb") == ["unassigned", "assigned", "recalled", "delegated", "claimed", "created"])
            #expect(column("assignee", "name") == ["-", "Ben", "Ada", "Ben", "Ada", "-"])
            #expect(column("team", "name") == ["-", Company.otherTeamName, "-", "-", "-", Company.teamName])
            #expect(column("actor", "name") == ["Ben", "Maria", "Ada", "Ada", "Ada", "Ada"])
            #expect(rows.map { $0["version"]?.whole } == [7, 6, 5, 4, 2, 1])
            #expect(
                column("occurred_at").map { String($0.suffix(4)) } == [":05Z", ":04Z", ":03Z", ":02Z", ":01Z", ":00Z"])
        }
    }
}
