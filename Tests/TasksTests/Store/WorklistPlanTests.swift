import Foundation
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Plans of the joint list", .scratchDatabase(.tasks))
struct WorklistPlanTests {
    @Test("each half goes along its own index in the order of the list, and nothing but a page is sorted (R-4)")
    func plans() async throws {
        try await Desk.run { desk in
            try desk.fillWork(20_000)
            let queries: [WorklistQuery] = [
                WorklistQuery(), WorklistQuery(assignee: QueueReference.none), WorklistQuery(assignee: .me, due: .week),
                WorklistQuery(assignee: .me, team: .of(desk.company.team)),
                WorklistQuery(assignee: QueueReference.none, due: TaskDue.none),
            ]
            for query in queries {
                for cursor in [nil, Self.middle] {
                    let page = try Self.list(desk, query).page(after: cursor)
                    let plan = try await Self.plan(of: page, in: desk.company.id, isRun: false)
                    for (view, index) in [("ticket", "ix_ticket_work"), ("task", "ix_task_work")] {
                        let scans = Self.nodes(of: plan).filter { $0["Relation Name"] as? String == view }
                        #expect(
                            scans.map { $0["Index Name"] as? String } == [index], "\(query) \(cursor ?? []) \(plan)")
                        let condition = scans.first?["Index Cond"] as? String ?? ""
                        #expect(condition.contains("assignee_id"), "\(condition)")
                        #expect(condition.contains("ROW(") == (cursor != nil), "\(condition)")
                    }
                    for sort in Self.nodes(of: plan) where sort["Node Type"] as? String == "Sort" {
                        // What is sorted is the two pages that were put together.
                        let below = Self.nodes(of: sort["Plans"] ?? []).map { $0["Node Type"] as? String }
                        #expect(below.first { $0 != "Result" } == "Append", "\(query) \(plan)")
                    }
                }
            }
        }
    }

    @Test("page 30 of the list reads at most twice the buffers of page 1, also among what is due at no time (R-4)")
    func deepPages() async throws {
        try await Desk.run { desk in
            try desk.fillWork(60_000)
            let list = Self.list(desk, WorklistQuery())
            let all = try await desk.all("/v1/worklist", limit: 200)
            #expect(all.count > 1_600)
            let last = try #require(all.dropLast(50).last)
            #expect(last["due_at"] == .null)
            let urgency = 4 - (Priority.allCases.firstIndex { $0.rawValue == last["priority"]?.text } ?? 0)
            let cursor = ["9999-12-31 23:59:59.999999+00", "\(urgency)", last["id"]?.text ?? ""]
            let first = try await Self.buffers(of: try list.page(after: nil), in: desk.company.id)
            let deep = try await Self.buffers(of: try list.page(after: cursor), in: desk.company.id)
            #expect(first > 0 && deep > 0 && deep <= 2 * first, "\(first) \(deep)")
        }
    }

    // MARK: Steps

    private static let middle = ["2026-01-03 00:00:00+00", "2", ID<WorkItem>.sample.description]

    private static func list(_ desk: Desk, _ query: WorklistQuery) -> WorklistPage {
        WorklistPage(workspace: desk.company.id, query: query, caller: desk.company.agent.id, now: desk.clock.now)
    }

    /// The plan of a statement as the service's role makes it for any values, or as it runs for these.
    private static func plan(of sql: SQL, in workspace: ID<Workspace>, isRun: Bool) async throws -> Any {
        let types = sql.parameters.map(\.type.description).joined(separator: ", ")
        let values = sql.parameters.map { parameter in
            if case .text(let text) = parameter.value { "'\(text)'" } else { "NULL" }
        }.joined(separator: ", ")
        let options = isRun ? "ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON" : "FORMAT JSON"
        let plan = try await ScratchDatabase.current.withService(.tasks) { database in
            let scope = Scope.workspace(workspace).adding("plan_cache_mode", "force_generic_plan")
            return try await database.transaction(in: scope) { tx in
                _ = try await tx.query(SQL(unsafe: "PREPARE audited (\(types)) AS \(sql.text)"))
                let run = SQL(unsafe: "EXPLAIN (\(options)) EXECUTE audited (\(values))")
                // The second time nothing is read from disk, and no index is looked at for the first time.
                if isRun { _ = try await tx.query(run) }
                let result = try await tx.query(run)
                return try result.value("QUERY PLAN", as: String.self)
            }
        }
        return try JSONSerialization.jsonObject(with: Data(plan.utf8))
    }

    private static func buffers(of sql: SQL, in workspace: ID<Workspace>) async throws -> Int {
        let top = nodes(of: try await plan(of: sql, in: workspace, isRun: true)).first
        return (top?["Shared Hit Blocks"] as? Int ?? 0) + (top?["Shared Read Blocks"] as? Int ?? 0)
    }

    /// Every node of a plan, the top one first.
    private static func nodes(of plan: Any) -> [[String: Any]] {
        if let list = plan as? [Any] { return list.flatMap(nodes) }
        guard let object = plan as? [String: Any] else { return [] }
        let own = object["Node Type"] == nil ? [] : [object]
        return own + ["Plan", "Plans"].compactMap { object[$0] }.flatMap(nodes)
    }
}
