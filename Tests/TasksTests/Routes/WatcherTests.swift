import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Who follows tasks", .scratchDatabase(.tasks))
struct WatcherTests {
    private static func names(_ task: MadeTask, _ desk: Desk) async throws -> Set<String> {
        Set(try await desk.all("\(task.path)/watchers", limit: 1).compactMap { $0["name"]?.text })
    }

    @Test("who made a task, who has it and who speaks follow it from then on")
    func byThemselves() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let task = try await desk.make(more: #", "assignee_id": "\#(company.colleague.id)""#)
            #expect(try await Self.names(task, desk) == [company.agent.name, company.colleague.name])
            _ = try await desk.post("\(task.path)/comments", #"{"text": "T"}"#, as: company.manager)
            #expect(try await Self.names(task, desk).contains(company.manager.name))
            #expect(try await desk.now(task)["version"]?.whole == 2)
        }
    }

    @Test("whoever reads tasks follows one and leaves it again; a repeat changes nothing")
    func oneself() async throws {
        try await Desk.run { desk in
            let viewer = desk.company.viewer
            let task = try await desk.make()
            for _ in 0..<2 { #expect(try await desk.post("\(task.path)/watch", as: viewer).status == 204) }
            #expect(try await desk.now(task)["version"]?.whole == 2)
            #expect(try await desk.all("/v1/tasks?watcher=me", as: viewer).count == 1)
            #expect(try await desk.all("/v1/tasks?watcher=\(viewer.id)").count == 1)
            #expect(try await desk.all("/v1/tasks?watcher=\(desk.company.manager.id)").isEmpty)
            for _ in 0..<2 { #expect(try await desk.post("\(task.path)/unwatch", as: viewer).status == 204) }
            #expect(try await desk.now(task)["version"]?.whole == 3)
            #expect(try await desk.all("/v1/tasks?watcher=me", as: viewer).isEmpty)
            let entries = try await desk.all("\(task.path)/activity")
            #expect(entries.compactMap { $0["verb"]?.text } == ["unwatched", "watched", "created"])
            #expect(entries.dropFirst().first?["changes"]?["watcher_id"]?["to"]?.text == "\(viewer.id)")
        }
    }

    @Test("others are added by whoever writes tasks, if they work here; a reader may not")
    func others() async throws {
        try await Desk.run { desk in
            let company = desk.company
            let task = try await desk.make()
            let path = "\(task.path)/watchers/\(company.viewer.id)"
            #expect(try await desk.send(.put, path, as: company.viewer).status == 403)
            #expect(try await desk.send(.put, path).status == 204)
            #expect(try await Self.names(task, desk) == [company.agent.name, company.viewer.name])
            #expect(try await desk.send(.delete, path, as: company.viewer).status == 403)
            #expect(try await desk.send(.delete, path).status == 204)
            #expect(try await desk.send(.delete, path).status == 404)
            for stranger in [company.gone.id, try desk.other().company.agent.id] {
                #expect(try await desk.send(.put, "\(task.path)/watchers/\(stranger)").status == 404)
            }
            let odd = try await desk.get("/v1/tasks?watcher=none")
            #expect(odd.status == 400 && odd.pointers == ["watcher"])
        }
    }

    @Test("at most 200 follow a task, also when ten come at once, and who speaks then does not")
    func bound() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            try Rows.run(
                """
                INSERT INTO tasks.watcher (workspace_id, task_id, user_id, added_at)
                SELECT '\(desk.company.id)', '\(task.id)', gen_random_uuid(), now() FROM generate_series(1, 197)
                """)
            let people = [
                desk.company.viewer, desk.company.billing, desk.company.manager, desk.company.administrator,
                desk.company.colleague,
            ]
            let statuses = try await atOnce(5) { try await desk.post("\(task.path)/watch", as: people[$0]).status }
            #expect(statuses.filter { $0 == 204 }.count == 2 && statuses.filter { $0 == 409 }.count == 3)
            let said = try await desk.post("\(task.path)/comments", #"{"text": "T"}"#, as: desk.company.colleague)
            #expect(said.status == 201)
            #expect(try Rows.count("tasks.watcher") == 200)
        }
    }
}
