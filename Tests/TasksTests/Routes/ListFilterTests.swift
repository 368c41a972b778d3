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

    /// What tasks of these tests differ by, each in turn.
    private static func makeTasks(_ desk: Desk) async throws -> [JSONValue] {
        let company = desk.company
        _ = try await desk.post("/v1/tasks/kinds", #"{"word": "own", "name": "O"}"#, as: company.manager)
        let queues = [
            "", #", "assignee_id": "\#(company.agent.id)""#,
            #", "assignee_id": "\#(company.colleague.id)", "team_id": "\#(company.team)""#,
            #", "team_id": "\#(company.otherTeam)""#, #", "team_id": "\#(company.team)""#,
        ]
        let (kinds, dues) = (["administrative", "report", "own"], ["", #", "due_at": "2026-01-15T11:00:00Z""#])
        let subjects = ["", #", "subject": {"kind": "individual", "id": "\#(company.individual)"}"#]
        var tasks: [JSONValue] = []
        for number in 0..<24 {
            let priority = Priority.allCases[(number / 4 + number) % 4].rawValue
            let more = queues[number % 5] + dues[(number / 3) % 2] + subjects[(number / 5) % 2]
            let task = try await desk.make(
                more: more + #", "priority": "\#(priority)", "kind": "\#(kinds[number % 3])""#)
            let status = TaskStatus.allCases[(number / 3) % 4]
            if status != .open { try await desk.move(task, to: status) }
            tasks.append(try await desk.get(task.path).json)
        }
        return tasks
    }

    private static func filters(_ company: Company) -> [[Filter]] {
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
                Filter("due=overdue") { $0["due_at"]?.text != nil }, Filter("due=none") { $0["due_at"]?.text == nil },
                Filter("due=week") { $0["due_at"]?.text != nil },
            ],
            [Filter("delegated_by=none") { _ in true }, Filter("project=none") { _ in true }],
        ]
    }

    @Test("each filter alone and each two together show exactly what they say, in each order, and count it (D11, F3)")
    func filters() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            let tasks = try await Self.makeTasks(desk)
            let groups = Self.filters(desk.company)
            for (index, group) in groups.enumerated() {
                for filter in group {
                    try await Self.check([filter], tasks, desk)
                    for other in groups[(index + 1)...].joined() {
                        try await Self.check([filter, other], tasks, desk)
                    }
                }
            }
        }
    }

    private static func check(_ filters: [Filter], _ tasks: [JSONValue], _ desk: Desk) async throws {
        let query = filters.map(\.text).joined(separator: "&")
        let expected = tasks.filter { task in
            let isActive = ["open", "in_progress"].contains(task["status"]?.text)
            return (query.contains("status=") || isActive) && filters.allSatisfy { $0.holds(task) }
        }.compactMap { $0["id"]?.text }
        let sort = TaskSort.allCases[query.utf8.count % TaskSort.allCases.count]
        let answer = try await desk.get("/v1/tasks?\(query)&sort=\(sort.rawValue)&count=true&limit=200")
        #expect(answer.status == 200, "\(query) \(answer.text)")
        let shown = (answer.json["items"]?.items ?? []).compactMap { $0["id"]?.text }
        #expect(Set(shown) == Set(expected), "\(query)")
        #expect(shown.count == expected.count, "\(query)")
        #expect(answer.json["total"]?.whole == Int64(expected.count), "\(query)")
    }

    @Test(
        "each order is kept over pages of every size, and a cursor belongs to its list, order, filter and reader (R-4)")
    func orders() async throws {
        try await Desk.run { desk in
            let tasks = try await Self.makeTasks(desk)
            func key(_ task: JSONValue, _ sort: TaskSort) -> [String] {
                let id = task["id"]?.text ?? ""
                return switch sort {
                case .due: [task["due_at"]?.text ?? "9999", id]
                case .newest, .oldest: [id]
                case .changed: [task["updated_at"]?.text ?? "", id]
                case .urgent:
                    ["\(9 - (Priority.allCases.firstIndex { $0.rawValue == task["priority"]?.text } ?? 0))", id]
                }
            }
            for sort in TaskSort.allCases {
                let isDescending = sort == .newest || sort == .changed
                let sorted = tasks.sorted { isDescending != key($0, sort).lexicographicallyPrecedes(key($1, sort)) }
                for limit in [1, 7, 24] {
                    let all = try await desk.all(
                        "/v1/tasks?status=open,in_progress,completed,cancelled&sort=\(sort.rawValue)", limit: limit)
                    #expect(all.map { $0["id"] } == sorted.map { $0["id"] }, "\(sort) \(limit)")
                }
            }
            let page = try await desk.get("/v1/tasks?limit=1&assignee=me")
            let cursor = try #require(page.json["next_cursor"]?.text)
            for other in ["", "assignee=none", "assignee=me&sort=-created_at", "assignee=me&due=week"] {
                let answer = try await desk.get("/v1/tasks?limit=1&\(other)\(other.isEmpty ? "" : "&")cursor=\(cursor)")
                #expect(answer.status == 400 && answer.code == "invalid_cursor", "\(other)")
            }
            let colleague = try await desk.get(
                "/v1/tasks?limit=1&assignee=me&cursor=\(cursor)", as: desk.company.colleague)
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
