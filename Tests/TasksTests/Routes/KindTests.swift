import Models
import TestSupport
import Testing

@testable import Tasks

@Suite("Kinds of tasks (F2)", .scratchDatabase(.tasks))
struct KindTests {
    private let path = "/v1/tasks/kinds"

    @Test("four kinds are there from the start, and a workspace's own come after them by their words (F2)")
    func list() async throws {
        try await Desk.run { desk in
            for word in ["visit", " Audit_2 ", "call"] {
                let made = try await desk.post(path, #"{"word": "\#(word)", "name": "N"}"#, as: desk.company.manager)
                #expect(made.status == 201, "\(made.text)")
                #expect(made.header("ETag") == "\"1\"")
            }
            let items = try await desk.get(path, as: desk.company.viewer).json["items"]?.items ?? []
            #expect(
                items.compactMap { $0["word"]?.text } == [
                    "administrative", "sales_follow_up", "report", "milestone", "audit_2", "call", "visit",
                ])
            #expect(items.prefix(2).compactMap { $0["name"]?.text } == ["Administrative", "Sales follow up"])
            #expect(items.map { $0["is_built_in"]?.flag } == Array(repeating: true, count: 4) + [false, false, false])
            let theirs = try await desk.other().get(path)
            #expect(theirs.json["items"]?.items.count == 4)
        }
    }

    @Test("tasks take a kind of the workspace's own until it is retired, and keep it then (F2)")
    func retired() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            _ = try await desk.post(path, #"{"word": "visit", "name": "V"}"#, as: manager)
            let task = try await desk.make(more: #", "kind": "visit""#)
            #expect(task.answer.json["kind"]?.text == "visit")
            let retired = try await desk.patch("\(path)/visit", #"{"is_active": false}"#, as: manager)
            #expect(retired.json["is_active"]?.flag == false && retired.header("ETag") == "\"2\"")
            let refused = try await desk.post("/v1/tasks", #"{"title": "T", "kind": "visit"}"#)
            #expect(refused.pointers == ["/kind"])
            let kept = try await desk.patch(task.path, #"{"priority": "high"}"#)
            #expect(kept.json["kind"]?.text == "visit")
            let found = try await desk.all("/v1/tasks?kind=visit")
            #expect(found.count == 1)
            _ = try await desk.patch("\(path)/visit", #"{"is_active": true, "name": "Visit"}"#, as: manager)
            let again = try await desk.post("/v1/tasks", #"{"title": "T", "kind": "visit"}"#)
            #expect(again.status == 201)
        }
    }

    @Test("a word that is taken, built in, another workspace's, or no word at all makes no kind and names none (S-1)")
    func taken() async throws {
        try await Desk.run { desk in
            let (manager, other) = (desk.company.manager, try desk.other())
            _ = try await desk.post(path, #"{"word": "visit", "name": "V"}"#, as: manager)
            _ = try await other.post(path, #"{"word": "theirs", "name": "T"}"#, as: other.company.manager)
            for (word, status) in [("visit", 409), ("report", 409), ("", 422), ("1st", 422), ("two words", 422)] {
                let answer = try await desk.post(path, #"{"word": "\#(word)", "name": "W"}"#, as: manager)
                #expect(answer.status == status, "\(word)")
                #expect(answer.pointers == ["/word"], "\(word)")
            }
            let foreign = try await desk.post("/v1/tasks", #"{"title": "T", "kind": "theirs"}"#)
            #expect(foreign.pointers == ["/kind"])
            for word in ["theirs", "report"] {
                let answer = try await desk.patch("\(path)/\(word)", #"{"name": "X"}"#, as: manager)
                #expect(answer.status == 404, "\(word)")
            }
        }
    }

    @Test("a workspace has at most 200 kinds of its own")
    func limit() async throws {
        try await Desk.run { desk in
            try Rows.run(
                """
                INSERT INTO tasks.kind (workspace_id, id, word, name)
                SELECT '\(desk.company.id)', gen_random_uuid(), 'c' || n, 'N' FROM generate_series(1, 199) AS n
                """)
            for (word, status) in [("last", 201), ("more", 409)] {
                let answer = try await desk.post(path, #"{"word": "\#(word)", "name": "L"}"#, as: desk.company.manager)
                #expect(answer.status == status, "\(word)")
            }
            let list = try await desk.get(path)
            #expect(list.json["items"]?.items.count == 204)
        }
    }

    @Test("a kind's activity says what changed, by its version (R-12)")
    func activity() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            _ = try await desk.post(path, #"{"word": "visit", "name": "V"}"#, as: manager)
            for body in [#"{"name": "W"}"#, #"{"is_active": false}"#, #"{"is_active": false}"#] {
                _ = try await desk.patch("\(path)/visit", body, as: manager)
            }
            let rows = try Rows.of(
                """
                SELECT version || ' ' || verb || ' ' || changes FROM core.activity
                WHERE subject_kind = 'task_kind' ORDER BY version
                """)
            #expect(
                rows == ["1 created {}", "2 updated {}", #"3 updated {"is_active": {"to": false, "from": true}}"#])
        }
    }
}
