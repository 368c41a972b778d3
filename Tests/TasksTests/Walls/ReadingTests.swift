import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Reading changes nothing (S-16)", .scratchDatabase(.tasks))
struct ReadingTests {
    @Test("S-16: no GET of tasks sends a statement that writes, and each works where nothing can be written")
    func tasks() async throws {
        try await ReadingWall<TasksDefinition>.check(write: ("/v1/tasks", #"{"title": "T"}"#)) { service, company, _ in
            let desk = Desk(service, company)
            let names = try await desk.make(OperationCall.ofTasks, knowing: try desk.names())
            // Whoever asks here has a calendar and a running clock too.
            for path in ["/v1/tasks/calendar", names.fill(path: "/v1/tasks/{part}/timer/start")] {
                let made = try await desk.post(path, as: company.administrator)
                #expect(made.status < 300, "\(made.text)")
            }
            let known = try OperationCall.ofTasks.map { try desk.ready($0, names) }
                .filter { !$0.contract.method.isWrite }.map(\.path)
            let unknown = service.assembly.routes.map(\.contract)
                .filter { !$0.method.isWrite && $0.path.contains("{") }
                .map { $0.path.replacing(/\{\w+\}/, with: ID<TaskItem>.make(at: .now).description) }
            return known + unknown
        }
    }
}
