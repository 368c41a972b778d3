import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Tasks that are given by a job (C6, K5)", .scratchDatabase(.tasks))
struct JobAssignmentTests {
    /// The order that gives every task that has not ended to a person and a team.
    private func give(to person: Staff, _ team: ID<Team>, status: String = "open,cancelled") -> String {
        """
        {"filter": {"status": "\(status)"},
         "change": {"assign": {"assignee_id": "\(person.id)", "team_id": "\(team)"}}}
        """
    }

    @Test("tasks are given to a person and a team, by name too; what is another's takes tasks:assign (C6)")
    func given() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let tasks = try await atOnce(4) { try await desk.make("Number \($0)") }
            _ = try await desk.post("\(tasks[0].path)/claim", as: company.colleague)
            try await desk.move(tasks[1], to: .cancelled)
            let foreign = try await desk.other().make("canary")
            let agents = try await desk.finish(give(to: company.agent, company.team))
            #expect(agents.kind == "assign")
            #expect([agents.changed, agents.refused] == [2, 2])
            #expect(Set(agents.refusals.map(\.code)) == ["forbidden", "illegal_transition"], "another's, and an ended")
            let managers = try await desk.finish(give(to: company.agent, company.team), as: company.manager)
            #expect([managers.changed, managers.unchanged, managers.refused] == [1, 2, 1])
            let names = try Rows.of(
                """
                SELECT DISTINCT assignee_id, assignee_name, team_id, team_name FROM tasks.task
                WHERE status = 'open' AND id <> '\(foreign.id)'
                """)
            #expect(names == ["\(company.agent.id)|\(company.agent.name)|\(company.team)|\(Company.teamName)"])
            #expect(try Rows.count("tasks.task", where: "id = '\(foreign.id)' AND version = 1") == 1)
            let log = try await desk.all("\(tasks[0].path)/assignments")
            #expect(log.compactMap { $0["verb"]?.text } == ["assigned", "claimed", "created"])
            #expect(log.first?["assignee"]?["name"]?.text == company.agent.name)
            let back = try await desk.finish(
                #"{"filter": {"assignee": "me"}, "change": {"assign": {"assignee_id": null}}}"#)
            #expect(back.changed == 3)
            #expect(try Rows.count("core.activity", where: "verb = 'unassigned'") == 3)
        }
    }

    @Test("whoever comes to have tasks by a job follows them, once and as far as there is room (D6)")
    func followed() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let tasks = try await atOnce(3) { try await desk.make("Number \($0)") }
            // Who has a task and follows it no more is not made to; nobody becomes the 201st to follow one.
            _ = try await desk.post(
                "\(tasks[1].path)/assign", #"{"assignee_id": "\#(company.colleague.id)"}"#, as: company.manager)
            try Rows.run(
                """
                DELETE FROM tasks.watcher WHERE user_id = '\(company.colleague.id)';
                INSERT INTO tasks.watcher (workspace_id, task_id, user_id, added_at)
                SELECT workspace_id, id, gen_random_uuid(), now() FROM tasks.task, generate_series(1, 199)
                WHERE id = '\(tasks[2].id)'
                """)
            let job = try await desk.finish(give(to: company.colleague, company.otherTeam), as: company.manager)
            #expect(job.changed == 3)
            let following = try Rows.of(
                "SELECT task_id FROM tasks.watcher WHERE user_id = '\(company.colleague.id)'")
            #expect(following == [tasks[0].id])
        }
    }

    @Test("an undo gives tasks back to whom they belonged, delegated ones too, even to people and teams that left")
    func undone() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let tasks = try await atOnce(3) { try await desk.make("Number \($0)") }
            _ = try await desk.post("\(tasks[0].path)/claim", as: company.agent)
            _ = try await desk.post(
                "\(tasks[0].path)/delegate", #"{"assignee_id": "\#(company.colleague.id)"}"#, as: company.agent)
            let held = #"{"assignee_id": "\#(company.viewer.id)", "team_id": "\#(company.team)"}"#
            _ = try await desk.post("\(tasks[1].path)/assign", held, as: company.manager)
            func rows() throws -> [String] {
                try Rows.of("SELECT to_jsonb(t) - 'version' - 'updated_at' FROM tasks.task AS t ORDER BY id")
            }
            let before = try rows()
            #expect(before.contains { $0.contains(#""delegated_by_id": "\#(company.agent.id)""#) })
            desk.clock.advance(by: .seconds(60))
            let job = try await desk.finish(give(to: company.manager, company.otherTeam), as: company.manager)
            #expect(job.changed == 3)
            #expect(try Rows.count("tasks.task", where: "delegated_by_id IS NULL AND delegated_by_name IS NULL") == 3)
            let kept = try Rows.of(
                "SELECT DISTINCT key FROM core.job_item, jsonb_object_keys(before) AS key ORDER BY key")
            #expect(kept == ["assignee_id", "delegated_by_id", "team_id"], "and no more than differs")
            try Rows.run(
                """
                UPDATE identity.user SET is_active = false WHERE id = '\(company.viewer.id)';
                UPDATE identity.team SET deleted_at = now() WHERE id = '\(company.team)'
                """)
            let undone = try await desk.undo(job, as: company.manager)
            #expect([undone.undo.restored, undone.undo.kept] == [3, 0])
            #expect(try rows() == before)
            let last = try await desk.all("\(tasks[0].path)/assignments").first
            #expect(last?["verb"]?.text == "restored")
            #expect(last?["assignee"]?["name"]?.text == company.colleague.name)
        }
    }

    @Test("an undo of a job from before jobs gave tasks leaves who has them as it is")
    func earlier() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let held = #"{"assignee_id": "\#(desk.company.agent.id)", "team_id": "\#(desk.company.team)"}"#
            _ = try await desk.post("\(task.path)/assign", held)
            let job = try await desk.finish(#"{"filter": {}, "change": {"update": {"priority": "low"}}}"#)
            #expect(try Rows.of("SELECT before FROM core.job_item") == [#"{"priority": "medium"}"#])
            // They kept whatever they could have changed.
            try Rows.run(
                """
                UPDATE core.job_item SET before = before || jsonb_build_object(
                    'status', 'open', 'kind', 'administrative', 'status_changed_at', (
                        SELECT status_changed_at FROM tasks.task), 'started_at', NULL, 'ended_at', NULL)
                """)
            #expect(try await desk.undo(job).undo.restored == 1)
            let row = try Rows.of("SELECT priority, assignee_name, team_name FROM tasks.task")
            #expect(row == ["medium|\(desk.company.agent.name)|\(Company.teamName)"])
        }
    }

    @Test("who lost the right before a turn changes nothing; a person or team that is gone ends the job (S-4)")
    func gone() async throws {
        try await Desk.run { desk in
            let company = desk.company
            _ = try await desk.make()
            let mine = try await desk.order(give(to: company.agent, company.team))
            try Rows.run("UPDATE identity.user SET role = 'viewer' WHERE id = '\(company.agent.id)'")
            #expect(try await desk.ended(mine).failure == "permission_lost")
            let orders = try await [
                desk.order(give(to: company.colleague, company.otherTeam), as: company.manager),
                desk.order(give(to: company.manager, company.team), as: company.manager),
            ]
            try Rows.run(
                """
                UPDATE identity.user SET is_active = false WHERE id = '\(company.colleague.id)';
                UPDATE identity.team SET deleted_at = now() WHERE id = '\(company.team)'
                """)
            for order in orders { #expect(try await desk.ended(order).failure == "target_gone") }
            #expect(try Rows.count("tasks.task", where: "version = 1 AND assignee_id IS NULL") == 1)
        }
    }

    @Test("an order that gives tasks names what is wrong, and nothing is begun")
    func refused() async throws {
        try await Desk.run { desk in
            let unknown = ID<User>.make(at: .now)
            let cases: [(String, [String])] = [
                (#"{}"#, ["/change/assign"]), (#"{"assignee_id": 7, "odd": 1}"#, ["/assignee_id", "/odd"]),
                (
                    #"{"assignee_id": "\#(unknown)", "team_id": "\#(desk.company.dissolvedTeam)"}"#,
                    ["/assignee_id", "/team_id"]
                ),
                (#"{"assignee_id": "\#(desk.company.gone.id)"}"#, ["/assignee_id"]),
                (#"{"assignee_id": null}, "update": {"priority": "low"}"#, ["/change"]),
            ]
            for (change, fields) in cases {
                let answer = try await desk.post(
                    "/v1/tasks/jobs", #"{"filter": {}, "change": {"assign": \#(change)}}"#, as: desk.company.manager)
                #expect(answer.status == 422, "\(change)")
                let pointers = fields.map { $0.hasPrefix("/change") ? $0 : "/change/assign\($0)" }
                #expect(answer.pointers == pointers, "\(change)")
            }
            #expect(try Rows.count("core.job") == 0)
        }
    }
}
