import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite("The operations on jobs", .scratchDatabase(ItemJobs.template))
struct JobRouteTests {
    private static let body = #"{"filter": {"status": "open"}, "change": {"status": "done"}}"#

    @Test("a job is answered with its address and tag, as it was asked for, and read under both")
    func begun() async throws {
        try await ItemDesk.run { desk in
            let answer = try await desk.send(.post, "/v1/items/jobs", Self.body)
            #expect(answer.status == 202)
            let path = try #require(answer.header("Location"))
            #expect(answer.header("ETag") == "\"1\"")
            #expect(answer.json["filter"] == ["status": "open"])
            #expect(answer.json["change"] == ["status": "done"])
            #expect(answer.json["created_by"]?.text == desk.manager.description)
            let shown = try await desk.send(.get, path)
            #expect(shown.json == answer.json)
            #expect(shown.header("ETag") == "\"1\"")
            let unchanged = try await desk.send(.get, path, nil, ["If-None-Match": "\"1\""])
            #expect(unchanged.status == 304)
        }
    }

    @Test("a repeat under the same key begins no second job")
    func repeated() async throws {
        try await ItemDesk.run { desk in
            let key = ["Idempotency-Key": "one"]
            let first = try await desk.send(.post, "/v1/items/jobs", Self.body, key)
            let second = try await desk.send(.post, "/v1/items/jobs", Self.body, key)
            #expect(second.bytes == first.bytes)
            #expect(second.header("Location") == first.header("Location"))
            #expect(second.header("Idempotent-Replayed") == "true")
            #expect(try desk.sql("SELECT count(*) FROM core.job") == ["1"])
            #expect(try desk.sql("SELECT count(*) FROM core.timer") == ["1"])
        }
    }

    @Test("jobs are listed newest first, page by page, all or one's own, and none of another workspace")
    func listed() async throws {
        try await ItemDesk.run { desk in
            let colleague = try desk.employ(role: .manager)
            var paths: [String] = []
            for number in 0..<4 {
                desk.service.clock.advance(by: .seconds(1))
                paths.append(try await desk.begin(as: number == 2 ? colleague : nil))
            }
            let foreign = try ItemDesk.desk(desk.service)
            let theirs = try await foreign.begin()
            func ids(_ query: String) async throws -> [String] {
                let answer = try await desk.send(.get, "/v1/items/jobs?\(query)")
                return (answer.json["items"]?.items ?? []).compactMap { $0["id"]?.text }
            }
            let all = paths.reversed().compactMap { $0.split(separator: "/").last.map(String.init) }
            #expect(try await ids("") == all)
            #expect(try await ids("mine=true") == [all[0], all[2], all[3]])
            let first = try await desk.send(.get, "/v1/items/jobs?limit=3")
            let cursor = try #require(first.json["next_cursor"]?.text)
            #expect(try await ids("limit=3&cursor=\(cursor)") == [all[3]])
            for path in [theirs, "\(theirs)/items"] {
                let answer = try await desk.send(.get, path)
                #expect(answer.status == 404)
            }
        }
    }

    @Test("without the right a job is neither begun, stopped nor undone; a process is nobody to run one for (S-4)")
    func permissions() async throws {
        try await ItemDesk.run { desk in
            let path = try await desk.begin()
            for address in ["/v1/items/jobs", "\(path)/cancel", "\(path)/undo"] {
                let body = address == "/v1/items/jobs" ? Self.body : nil
                let nobody = try await desk.service.send(.post, address, as: nil, body)
                #expect(nobody.status == 401)
                let viewer = try await desk.send(.post, address, role: .viewer, body)
                #expect(viewer.status == 403)
                let process = try await desk.service.token(
                    in: desk.workspace, kind: .service, subject: "gateway", permissions: [.teamsWrite])
                let refused = try await desk.service.send(.post, address, as: process, body)
                #expect(refused.status == 403, "\(address)")
            }
            #expect(try await desk.job(path).status == .queued)
            #expect(try desk.sql("SELECT count(*) FROM core.job") == ["1"])
        }
    }

    @Test("a service sees and changes no job of another service, nor of another workspace")
    func walls() async throws {
        try await ItemDesk.run { desk in
            try desk.fill(1, status: "fixed")
            let path = try await desk.begin()
            try await desk.turns()
            let scratch = try ScratchDatabase.current
            let statements: [(SQL, String)] = [
                ("SELECT count(*) AS n FROM core.job", "core.job"),
                ("SELECT count(*) AS n FROM core.job_item", "core.job_item"),
            ]
            for (statement, table) in statements {
                let own = try await desk.service.database.query(.point, in: .workspace(desk.workspace), statement)
                #expect(try own.value("n", as: Int.self) == 1, "\(table)")
                let foreign = try await desk.service.database.query(.point, in: .workspace(.make(at: .now)), statement)
                #expect(try foreign.value("n", as: Int.self) == 0, "\(table)")
                try await scratch.withService(.tickets) { database in
                    let other = try await database.query(.point, in: .workspace(desk.workspace), statement)
                    #expect(try other.value("n", as: Int.self) == 0, "\(table)")
                    let changed = try await database.write(
                        in: .workspace(desk.workspace), "UPDATE core.job SET status = 'failed', slot = NULL")
                    #expect(changed.affectedRows == 0)
                }
            }
            #expect(try await desk.job(path).status == .completed)
        }
    }

    @Test("what follows from the contract: links from a job to its operations, and its items are read with it")
    func composed() async throws {
        let document = OpenAPI.document(title: "items", contracts: ItemJobs.jobs.contracts)
        let create = document["paths"]?["/v1/items/jobs"]?["post"]?["responses"]?["202"]
        guard case .object(let links)? = create?["links"] else {
            Issue.record("a job that is begun has links")
            return
        }
        #expect(
            links.map(\.name) == ["item_jobs.cancel", "item_jobs.items", "item_jobs.show", "item_jobs.undo"])
        #expect(create?["headers"]?["Location"] != nil)
        try await ItemDesk.run { desk in
            try desk.fill(1, status: "fixed")
            let path = try await desk.begin()
            try await desk.turns()
            let answer = try await desk.send(.get, "\(path)?include=items&fields=id,refused")
            #expect(answer.json["items"]?["items"]?.items.first?["code"]?.text == "fixed")
        }
    }
}
