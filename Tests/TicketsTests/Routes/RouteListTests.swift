import FoundationEssentials
import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("The list of routes", .scratchDatabase(.tickets))
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
            #expect(Set(served.map(\.id)) == Set(ServiceName.tickets.contracts.map(\.id)))
            #expect(served.count == ServiceName.tickets.contracts.count)
            #expect(served.allSatisfy { if case .needs = $0.access { true } else { false } })
        }
    }

    @Test("words under /v1/tickets are no ticket: categories, settings and jobs have routes of their own")
    func words() async throws {
        try await Desk.run { desk in
            for path in ["/v1/tickets/categories", "/v1/tickets/settings", "/v1/tickets/jobs"] {
                let answer = try await desk.get(path)
                #expect(answer.status == 200, "\(path)")
            }
            let wrong = try await desk.send(.put, "/v1/tickets")
            #expect(wrong.status == 405)
            #expect(wrong.header("Allow")?.contains("POST") == true)
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
