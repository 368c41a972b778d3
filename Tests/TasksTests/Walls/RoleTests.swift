import Models
import TestSupport
import Testing

@testable import Tasks

@Suite("What roles may do is done", .scratchDatabase(.tasks))
struct RoleTests {
    @Test(
        "each role's person is answered 2xx by every operation of tasks that the role allows (S-4)",
        arguments: Role.allCases)
    func allowed(role: Role) async throws {
        try await Desk.run { desk in
            try await desk.expectAllowed(
                role, OperationCall.ofTasks, knowing: try desk.names(), except: Self.exceptions(role))
        }
    }

    /// An agent takes no task away from another; whoever may not run a timer has none to be shown.
    private static func exceptions(_ role: Role) -> Set<String> {
        switch role {
        case .agent: ["tasks.assign", "tasks.unassign"]
        case .billing, .viewer: ["task_time.timer"]
        case .administrator, .manager: []
        }
    }
}
