import FoundationEssentials
import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("The list of routes", .scratchDatabase(.tasks))
struct RouteListTests {
    @Test("routes and permissions are those of Fixtures/routes.txt (S-4)")
    func routes() async throws {
        try await Desk.run { desk in
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/routes.txt")
            let listed = try String(contentsOf: file, encoding: .utf8)
            let served =
                desk.service.assembly.routes.map(\.contract).map { contract in
                    "\(contract.method.rawValue) \(contract.path) \(Self.text(contract.access)) \(contract.id)"
                }.sorted().joined(separator: "\n") + "\n"
            #expect(served == listed, "\(served)")
        }
    }

    @Test("what is served is what the contracts declare, and each operation needs a permission (S-4)")
    func contracts() async throws {
        try await Desk.run { desk in
            let served = desk.service.assembly.routes.map(\.contract)
            #expect(Set(served.map(\.id)) == Set(ServiceName.tasks.contracts.map(\.id)))
            #expect(served.count == ServiceName.tasks.contracts.count)
            let open = served.filter { if case .needs = $0.access { false } else { true } }
            #expect(open.map(\.id) == ["calendars.read"])
        }
    }

    private static func text(_ access: Access) -> String {
        switch access {
        case .needs(let permission): permission.rawValue
        case .open: "open"
        case .signed(let proof): "signed:\(proof.rawValue)"
        }
    }
}
