import FoundationEssentials
import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("The list of customers' routes", .scratchDatabase(.customers))
struct RouteListTests {
    @Test("routes and permissions are those of Fixtures/routes.txt (S-4)")
    func routes() async throws {
        try await CustomersUnderTest.run { customers in
            let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Fixtures/routes.txt")
            let listed = try String(contentsOf: file, encoding: .utf8)
            let served =
                customers.contracts.map { contract in
                    "\(contract.method.rawValue) \(contract.path) \(Self.text(contract.access)) \(contract.id)"
                }.sorted().joined(separator: "\n") + "\n"
            #expect(served == listed)
            #expect(Set(customers.contracts.map(\.id)) == Set(ServiceName.customers.contracts.map(\.id)))
        }
    }

    @Test("every operation needs a permission: reads customers:read, writes customers:write (S-4)")
    func permissions() async throws {
        try await CustomersUnderTest.run { customers in
            for contract in customers.contracts {
                #expect(
                    contract.access == .needs(contract.method.isWrite ? .customersWrite : .customersRead),
                    "\(contract.id)")
            }
        }
    }

    @Test("a method that an address does not take is 405 with Allow")
    func wrongMethods() async throws {
        try await CustomersUnderTest.run { customers in
            let wrong = try await customers.send(.put, "/v1/individuals")
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
