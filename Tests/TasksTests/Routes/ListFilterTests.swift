import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Filters of the list of tasks", .scratchDatabase(.tasks))
struct ListFilterTests {
    private struct Filter: Sendable {
        let text: String
        let holds: @Sendable (JSONValue) -> Bool

        init(_ text: String, _ holds: @escaping @Sendable (JSONValue) -> Bool) {
            self.text = text
            self.holds = holds
        }

        static func word(_ text: String, _ name: String, _ words: [String]) -> Filter {
            Filter(text) { words.contains($0[name]?.text ?? "") }
        }

        static func record(_ text: String, _ name: String, _ id: String?) -> Filter {
            Filter(text) { $0[name]?["id"]?.text == id }
        }
    }

    /// What tasks of these tests differ by, each in turn; two of them are in a project each, and one is delegated.
    private static func makeTasks(_ desk: Desk, in projects: [String]) async throws -> [JSONValue] {
        let company = desk.company
        _ = try await desk.post("/v1/tasks/kinds", #"{"word": "own", "name": "O"}"#, as: company.manager)
        let queues = [
            "", #", "assignee_id": "\#(company.agent.id)""#,
            #", "assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.team)""#,
            #", "team_id": "\#(company.otherTeam)""#, #", "team_id": "\#(company.team)""#,
        ]
        let kinds = ["administrative", "report", "own"]
        // Never, an hour ago, within the week and after it.
        let dues = ["", "2026-01-15T11:00:00Z", "2026-01-18T10:00:00Z", "2026-03-01T10:00:00Z"].map {
            $0.isEmpty ? "" : #", "due_at": "\#($0)""#
        }
        let subjects = ["", #", "subject": {"kind": "individual", "id": "\#(company.individual)"}"#]
        var made: [MadeTask] = []
        for number in 0..<24 {
            desk.clock.advance(by: .milliseconds(1))
            let priority = Priority.allCases[(number / 4 + number) % 4].rawValue
            let more = queues[number % 5] + dues[(number / 3 + number / 12) % 4] + subjects[(number / 5) % 2]
            let task = try await desk.make(
                more: more + #", "priority": "\#(priority)", "kind": "\#(kinds[number % 3])""#)
            let status = TaskStatus.allCases[(number / 3) % 4]
            if status != .open { try await desk.move(task, to: status) }
            if number == 1 {
                let delegated = try await desk.post(
                    "\(task.path)/delegate", #"{"assignee_id": "\#(company.colleague.id)"}"#)
                #expect(delegated.status == 200, "\(delegated.text)")
            }
            if let project = [0: projects[0], 4: projects[1]][number] { _ = try await desk.place(task, in: project) }
            made.append(task)
        }
        for number in [13, 2, 5] {
            desk.clock.advance(by: .milliseconds(1))
            let changed = try await desk.patch(made[number].path, #"{"title": "Changed"}"#)
            #expect(changed.status == 200, "\(changed.text)")
        }
        var tasks: [JSONValue] = []
        for task in made { tasks.append(try await desk.get(task.path).json) }
        return tasks
    }

    private static func filters(_ company: Company, _ projects: [String]) -> [[Filter]] {
        [
            [
                .word("status=open", "status", ["open"]),
                .word("status=in_progress,completed", "status", ["in_progress", "completed"]),
                .word("status=cancelled", "status", ["cancelled"]),
                Filter("status=cancelled,completed,in_progress,open") { _ in true },
            ],
            [
                .word("priority=urgent", "priority", ["urgent"]),
                .word("priority=low,high", "priority", ["low", "high"]),
            ],
            [
                .word("kind=administrative", "kind", ["administrative"]), .word("kind=own", "kind", ["own"]),
                Filter("kind=milestone") { _ in false },
            ],
            [
                .record("assignee=me", "assignee", company.agent.id.description),
                .record("assignee=\(company.colleague.id)", "assignee", company.colleague.id.description),
                .record("assignee=none", "assignee", nil),
            ],
            [
                .record("team=\(company.team)", "team", company.team.description),
                .record("team=none", "team", nil),
            ],
            [.record("subject=\(company.individual)", "subject", company.individual.description)],
            [
                Filter("due=none") { $0["due_at"]?.text == nil },
                Filter("due=overdue") { ($0["due_at"]?.text ?? "9999") < "2026-01-15T12:00:00Z" },
                // The seventh day ends at midnight in Berlin.
                Filter("due=week") { ($0["due_at"]?.text ?? "9999") <= "2026-01-21T23:00:00Z" },
            ],
            [
                .record("delegated_by=me", "delegated_by", company.agent.id.description),
                .record("delegated_by=\(company.colleague.id)", "delegated_by", company.colleague.id.description),
                .record("delegated_by=none", "delegated_by", nil),
            ],
            projects.map { .word("project=\($0)", "project_id", [$0]) }
                + [Filter("project=none") { $0["project_id"] == .null }],
        ]
    }

    @Test("each filter alone and each two together show exactly what they say, in each order, and count it (D11, F3)")
    func filters() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let projects = [try await desk.project(), try await desk.project("Another")]
            let tasks = try await Self.makeTasks(desk, in: projects)
            let groups = Self.filters(desk.company, projects)
            for (index, group) in groups.enumerated() {
                for filter in group {
                    for sort in TaskSort.allCases { try await Self.check([filter], tasks, sort, desk) }
                    for (number, other) in groups[(index + 1)...].joined().enumerated() {
                        let sort = TaskSort.allCases[(index + number) % TaskSort.allCases.count]
                        try await Self.check([filter, other], tasks, sort, desk)
                    }
                }
            }
            // A filter that holds of all or of none would be seen to do nothing.
            let idle = groups.joined().filter { filter in
                [0, tasks.count].contains(tasks.filter { filter.holds($0) }.count)
            }.map(\.text)
            #expect(
                idle == [
                    "status=cancelled,completed,in_progress,open", "kind=milestone",
                    "delegated_by=\(desk.company.colleague.id)",
                ])
        }
    }

    private static func check(
        _ filters: [Filter], _ tasks: [JSONValue], _ sort: TaskSort, _ desk: Desk
    ) async throws {
        let query = filters.map(\.text).joined(separator: "&")
        let shownTasks = tasks.filter { task in
            let isActive = ["open", "in_progress"].contains(task["status"]?.text)
            return (query.contains("status=") || isActive) && filters.allSatisfy { $0.holds(task) }
        }
        let expected = sorted(shownTasks, by: sort).compactMap { $0["id"]?.text }
        let answer = try await desk.get("/v1/tasks?\(query)&sort=\(sort.rawValue)&count=true&limit=200")
        #expect(answer.status == 200, "\(query) \(answer.text)")
        let shown = (answer.json["items"]?.items ?? []).compactMap { $0["id"]?.text }
        #expect(shown == expected, "\(query) \(sort)")
        #expect(answer.json["total"]?.whole == Int64(expected.count), "\(query)")
    }

    /// An instant as texts compare: its fraction of a second has any number of digits on the wire.
    private static func instant(_ name: String, of task: JSONValue) -> String? {
        task[name]?.text.flatMap { Timestamp($0) }.map { "\($0.microseconds)" }
    }

    private static func sorted(_ tasks: [JSONValue], by sort: TaskSort) -> [JSONValue] {
        func key(_ task: JSONValue) -> [String] {
            let id = task["id"]?.text ?? ""
            return switch sort {
            case .due: [instant("due_at", of: task) ?? "z", id]
            case .newest, .oldest: [id]
            case .changed: [instant("updated_at", of: task) ?? "", id]
            case .urgent:
                ["\(9 - (Priority.allCases.firstIndex { $0.rawValue == task["priority"]?.text } ?? 0))", id]
            }
        }
        let isDescending = sort == .newest || sort == .changed
        return tasks.sorted { isDescending != key($0).lexicographicallyPrecedes(key($1)) }
    }

    @Test(
        "each order is kept over pages of every size, and a cursor belongs to its list, order, filter and reader (R-4)")
    func orders() async throws {
        try await Desk.run { desk in
            let tasks = try await Self.makeTasks(
                desk, in: [try await desk.project(), try await desk.project("Another")])
            for sort in TaskSort.allCases {
                let sorted = Self.sorted(tasks, by: sort)
                for limit in [1, 7, 24] {
                    let all = try await desk.all(
                        "/v1/tasks?status=open,in_progress,completed,cancelled&sort=\(sort.rawValue)", limit: limit)
                    #expect(all.map { $0["id"] } == sorted.map { $0["id"] }, "\(sort) \(limit)")
                }
            }
            let page = try await desk.get("/v1/tasks?limit=1")
            let cursor = try #require(page.json["next_cursor"]?.text)
            for other in ["assignee=me", "assignee=none", "sort=-created_at", "due=week"] {
                let answer = try await desk.get("/v1/tasks?limit=1&\(other)&cursor=\(cursor)")
                #expect(answer.status == 400 && answer.code == "invalid_cursor", "\(other)")
            }
            let mine = "/v1/tasks?limit=1&assignee=me&status=open,in_progress,completed,cancelled"
            let further = try #require(try await desk.get(mine).json["next_cursor"]?.text)
            let colleague = try await desk.get("\(mine)&cursor=\(further)", as: desk.company.colleague)
            #expect(colleague.status == 400)
        }
    }

    @Test(
        "a filter that makes no sense is 400 and named",
        arguments: [
            "status=parked", "status=", "status=open,,completed", "priority=9", "kind=No%20Word", "assignee=you",
            "delegated_by=x", "team=me", "project=me", "subject=1", "parent=x", "due=yesterday", "sort=name",
            "count=yes", "odd=1", "limit=0", "limit=201", "cursor=",
        ])
    func wrong(query: String) async throws {
        try await Desk.run { desk in
            let answer = try await desk.get("/v1/tasks?\(query)")
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.pointers == [String(query.prefix { $0 != "=" })])
        }
    }
}
