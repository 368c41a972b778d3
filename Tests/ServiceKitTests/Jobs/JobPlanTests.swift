import HTTPTypes
import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

@Suite(
    "SC-5: every statement of bulk jobs names its workspace",
    .scratchDatabase(PlanAudit.template(with: [Item.schema], key: "item jobs")))
struct JobPlanTests {
    @Test("each touches one partition of sixteen: begun, taken forwards and back, stopped, listed and swept")
    func partitions() async throws {
        let recorder = StatementRecorder()
        try await ItemDesk.run(observer: recorder) { desk in
            try desk.fill(12)
            try desk.fill(3, status: "fixed", from: 20)
            let path = try await desk.begin(where: #"{"status": "open"}"#)
            let other = try await desk.begin()
            try await desk.turns()
            for address in [path, "\(path)/items", "\(other)/items", "/v1/items/jobs", "/v1/items/jobs?mine=true"] {
                let answer = try await desk.send(.get, address)
                #expect(answer.status == 200)
            }
            _ = try await desk.send(.post, "\(path)/undo")
            try await desk.turns()
            _ = try await desk.send(.post, "\(try await desk.begin())/cancel")
            desk.service.clock.advance(by: JobLimits.kept)
            for _ in 0..<3 { try await desk.sweep() }
        }
        let statements = recorder.statements.filter { statement in
            ["core.job", "identity.item"].contains { statement.text.contains($0) }
        }
        #expect(statements.count >= 15)
        #expect(try await PlanAudit(exceptions: PlanTests.exceptions).offences(among: statements) == [])
    }
}
