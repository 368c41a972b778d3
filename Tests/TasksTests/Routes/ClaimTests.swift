import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Claiming and handing on a task (F3)", .scratchDatabase(.tasks))
struct ClaimTests {
    @Test("a claim gives the task to the caller, and of one's own changes nothing (F3)")
    func claim() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let claimed = try await desk.post("\(task.path)/claim")
            #expect(claimed.status == 200)
            #expect(claimed.json["assignee"]?["name"]?.text == desk.company.agent.name)
            let again = try await desk.post("\(task.path)/claim")
            #expect(again.header("ETag") == "\"2.0\"")
            let log = try await desk.all("\(task.path)/activity")
            #expect(log.map { $0["verb"]?.text } == ["claimed", "created"])
        }
    }

    @Test("of ten who claim the same twenty tasks at once each task has one winner, whom the others hear (F3, D7)")
    func race() async throws {
        try await Desk.run { desk in
            let people = try desk.company.hire(10, .agent)
            var made: [MadeTask] = []
            for _ in 0..<20 { made.append(try await desk.make()) }
            let tasks = made
            let outcomes = try await atOnce(people.count) { client in
                var outcomes: [(task: Int, answer: TestAnswer)] = []
                for task in tasks.indices.shuffled() {
                    outcomes.append((task, try await desk.post("\(tasks[task].path)/claim", as: people[client])))
                }
                return outcomes
            }.flatMap(\.self)
            for (task, outcomes) in Dictionary(grouping: outcomes, by: \.task) {
                let winners = outcomes.filter { $0.answer.status == 200 }
                #expect(winners.count == 1)
                let winner = winners.first?.answer.json["assignee"]
                for loser in outcomes where loser.answer.status != 200 {
                    #expect(loser.answer.status == 409 && loser.answer.code == "already_claimed")
                    #expect(loser.answer.json["winner"] == winner)
                }
                let shown = try await desk.get(tasks[task].path)
                #expect(shown.json["assignee"] == winner && shown.json["version"]?.whole == 2)
            }
            let claims = try Rows.count("core.activity", where: "verb = 'claimed'")
            #expect(claims == 20)
        }
    }

    @Test(
        "a task that has ended is claimed by nobody and given to nobody, by managers neither",
        arguments: TaskStatus.allCases)
    func ended(status: TaskStatus) async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            if status != .open { try await desk.move(task, to: status) }
            for (verb, body) in [("claim", nil), ("assign", #"{"team_id": "\#(desk.company.team)"}"#)] {
                let answer = try await desk.post("\(task.path)/\(verb)", body, as: desk.company.manager)
                #expect(answer.status == (status.isEnded ? 409 : 200), "\(verb)")
                if status.isEnded { #expect(answer.code == "illegal_transition") }
            }
        }
    }

    @Test("what is somebody else's is taken by who has tasks:assign alone (F3)")
    func who() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let task = try await desk.make(more: #", "assignee_id": "\#(company.colleague.id)""#)
            let requests = [
                ("assign", #"{"assignee_id": "\#(company.agent.id)"}"#), ("assign", #"{"assignee_id": null}"#),
                ("assign", #"{"team_id": "\#(company.team)"}"#), ("unassign", nil),
            ]
            let before = try Rows.everything()
            for (verb, body) in requests {
                let answer = try await desk.post("\(task.path)/\(verb)", body)
                #expect(answer.status == 403, "\(verb)")
                #expect(answer.json["detail"]?.text?.contains("tasks:assign") == true)
                #expect(answer.json["detail"]?.text?.contains(company.colleague.name) == true)
            }
            #expect(try Rows.everything() == before)
            for (verb, body) in requests {
                let answer = try await desk.post("\(task.path)/\(verb)", body, as: company.manager)
                #expect(answer.status == 200, "\(verb) \(answer.text)")
            }
        }
    }

    @Test("people and teams that are not here any more, or are another workspace's, are 422 both at once (S-3)")
    func unknown() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let task = try await desk.make()
            let before = try Rows.everything()
            for (person, team) in [
                ("\(other.agent.id)", "\(other.team)"), ("\(desk.company.gone.id)", "\(desk.company.dissolvedTeam)"),
                ("\(desk.company.team)", "\(desk.company.agent.id)"),
            ] {
                let answer = try await desk.post(
                    "\(task.path)/assign", #"{"assignee_id": "\#(person)", "team_id": "\#(team)"}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/assignee_id", "/team_id"])
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("who was deactivated, and a process, neither claims nor has a day")
    func nobody() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let gone = try await desk.post("\(task.path)/claim", as: desk.company.gone)
            #expect(gone.status == 403)
            let token = try await desk.service.token(
                in: desk.company.id, kind: .service, subject: "channels", permissions: [.tasksWrite, .tasksRead])
            for (method, path) in [(HTTPRequest.Method.post, "\(task.path)/claim"), (.get, "/v1/tasks/day")] {
                let process = try await desk.service.send(method, path, as: token)
                #expect(process.status == 403, "\(path)")
            }
        }
    }
}
