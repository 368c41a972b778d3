import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks
@testable import Tickets

@Suite("Copied names are kept fresh (part 2 number 11)", .scratchDatabase(.tasks))
struct NameRefreshTests {
    private func names(_ task: MadeTask) throws -> String {
        try Rows.of(
            """
            SELECT concat_ws(', ', subject_label, assignee_name, delegated_by_name, team_name)
            FROM tasks.task WHERE id = '\(task.id)'
            """
        ).first ?? ""
    }

    @Test("new names of subject, people and team come to the task; version, activity and If-Match stay as they were")
    func renamed() async throws {
        try await Desk.run { desk in
            let (company, foreign) = (desk.company, try desk.other())
            func more(_ company: Company) -> String {
                """
                , "subject": {"kind": "individual", "id": "\(company.individual)"},
                "assignee_id": "\(company.agent.id)", "team_id": "\(company.team)"
                """
            }
            let task = try await desk.make(more: more(company))
            let theirs = try await foreign.make(more: more(foreign.company))
            _ = try await desk.post("\(task.path)/delegate", #"{"assignee_id": "\#(company.colleague.id)"}"#)
            let entries = try Rows.count("core.activity")
            try await running(desk.service.assembly.workers) {
                try company.rename("customers.individual", "\(company.individual)", to: "Grace M.", kind: "individual")
                try company.rename("identity.user", "\(company.colleague.id)", to: "Ben B.", kind: "user")
                try company.rename("identity.user", "\(company.agent.id)", to: "Ada L.", kind: "user")
                try company.rename("identity.team", "\(company.team)", to: "Second line", kind: "team")
                try await eventually("the task shows the new names") {
                    try names(task) == "Grace M., Ben B., Ada L., Second line"
                }
                try await eventually("no timer is left") { try Rows.count("core.timer") == 0 }
            }
            let shown = try await desk.get(task.path)
            #expect(shown.json["version"]?.whole == 2)
            #expect(shown.header("ETag") == "\"2.4\"")
            let after = try Rows.count("core.activity")
            #expect(after == entries + 4)
            let changed = try await desk.patch(task.path, #"{"priority": "high"}"#, ["If-Match": "\"2.0\""])
            #expect(changed.status == 200 && changed.header("ETag") == "\"3.4\"")
            #expect(try names(theirs) == "\(Company.individualName), Ada, \(Company.teamName)")
        }
    }

    @Test("new names come to a series as to a task, and one that was old before is mended by its own next entry")
    func series() async throws {
        try await Desk.run(zone: "UTC") { desk in
            let company = desk.company
            let start = CivilDateTime(utc: desk.clock.now.adding(.seconds(86_400))).description
            let series = try await desk.series(
                "FREQ=DAILY", from: start,
                more: """
                    , "subject": {"kind": "organization", "id": "\(company.organization)"},
                    "assignee_id": "\(company.agent.id)", "team_id": "\(company.team)"
                    """)
            #expect(series.answer.header("ETag") == "\"1.0\"")
            func names() throws -> [String] {
                try Rows.of("SELECT concat_ws(', ', subject_label, assignee_name, team_name) FROM tasks.series")
            }
            try await running(desk.service.assembly.workers) {
                try company.rename("customers.organization", "\(company.organization)", to: "New", kind: "organization")
                try company.rename("identity.user", "\(company.agent.id)", to: "Ada L.", kind: "user")
                try company.rename("identity.team", "\(company.team)", to: "Second line", kind: "team")
                try await eventually("the series shows the new names") {
                    try names() == ["New, Ada L., Second line"]
                }
                #expect(try await desk.get(series.path).header("ETag") == "\"1.3\"")
                // Renamed without a word of it, as before anything refreshed series.
                try Rows.run("UPDATE identity.user SET name = 'Ada Lovelace' WHERE id = '\(company.agent.id)'")
                let changed = try await desk.patch(
                    series.path, #"{"title": "Lock the hall"}"#, as: company.manager, ["If-Match": "\"1.3\""])
                #expect(changed.status == 200 && changed.header("ETag") == "\"2.3\"", "\(changed.text)")
                try await eventually("the series shows the name as it is") {
                    try names() == ["New, Ada Lovelace, Second line"]
                }
            }
        }
    }

    @Test("a ticket's new first line comes to its tasks, those that have ended too; other changes set no timer (F4)")
    func ticket() async throws {
        let company = try Company()
        try await ServiceUnderTest<TicketsDefinition>.run { tickets in
            try await ServiceUnderTest<TasksDefinition>.run { service in
                let desk = Desk(service, company)
                let ticket = try desk.ticket("The pump leaks")
                let task = try await desk.make(more: #", "subject": {"kind": "ticket", "id": "\#(ticket)"}"#)
                try await desk.move(task, to: .completed)
                try await running(service.assembly.workers) {
                    let token = try await tickets.token(.agent, in: company.id, as: company.agent.id)
                    for body in [#"{"priority": "high"}"#, #"{"description": "The valve drips\nAll day"}"#] {
                        let answer = try await tickets.send(.patch, "/v1/tickets/\(ticket)", as: token, body)
                        #expect(answer.status == 200, "\(answer.text)")
                    }
                    try await eventually("the task shows the ticket's new label") {
                        try names(task) == "260115001 The valve drips"
                    }
                }
                let shown = try await desk.get(task.path)
                #expect(shown.header("ETag") == "\"2.1\"")
            }
        }
    }

    @Test("1,200 tasks of one person are refreshed in batches, each once")
    func batches() async throws {
        try await Desk.run { desk in
            let company = desk.company
            try company.fillTasks(1_200, "assignee_id, assignee_name", "'\(company.agent.id)'::uuid, 'Ada'")
            try await running(desk.service.assembly.workers) {
                try company.rename("identity.user", "\(company.agent.id)", to: "Ada L.", kind: "user")
                try await eventually("all tasks show the new name") {
                    try Rows.count("tasks.task", where: "assignee_name = 'Ada L.'") == 1_200
                }
                try await eventually("no timer is left") { try Rows.count("core.timer") == 0 }
            }
            let revisions = try Rows.of("SELECT label_revision, version, count(*) FROM tasks.task GROUP BY 1, 2")
            #expect(revisions == ["1|1|1200"])
            let transactions = try Rows.number("SELECT count(DISTINCT xmin::text) FROM tasks.task")
            #expect(transactions >= 3)
        }
    }

    @Test("a task that was written with an old name is mended by its own entry; who leaves or is deleted keeps a name")
    func ownEntry() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let task = try await desk.make(
                more: """
                    , "subject": {"kind": "organization", "id": "\(company.organization)"},
                    "assignee_id": "\(company.agent.id)", "team_id": "\(company.team)"
                    """)
            try Rows.run(
                """
                UPDATE customers.organization SET name = 'New Works', deleted_at = now()
                WHERE id = '\(company.organization)';
                UPDATE identity.team SET name = 'Third line', deleted_at = now() WHERE id = '\(company.team)';
                UPDATE identity.user SET is_active = false WHERE id = '\(company.agent.id)'
                """)
            try await running(desk.service.assembly.workers) {
                _ = try await desk.patch(task.path, #"{"priority": "high"}"#, as: company.manager)
                try await eventually("the task shows the names as they are") {
                    try names(task) == "New Works, Ada, Third line"
                }
            }
        }
    }
}
