import FoundationEssentials
import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("The list of routes", .scratchDatabase(.identity))
struct RouteListTests {
    @Test("routes and permissions are those of Fixtures/routes.txt (S-4)")
    func routes() async throws {
        try await IdentityUnderTest.run { identity in
            let listed = try String(contentsOf: Self.fixture("routes.txt"), encoding: .utf8)
            let served =
                identity.contracts.map { contract in
                    "\(contract.method.rawValue) \(contract.path) \(Self.text(contract.access)) \(contract.id)"
                }.sorted().joined(separator: "\n") + "\n"
            #expect(served == listed)
        }
    }

    @Test("every operation under /v1 that needs no permission says why or what proves the caller (S-4)")
    func openRoutes() async throws {
        try await IdentityUnderTest.run { identity in
            let open = identity.contracts.filter { if case .needs = $0.access { false } else { true } }
            #expect(
                open.map(\.id).sorted() == [
                    "links.request_reset", "links.show", "links.use", "sessions.create", "sessions.prove",
                    "tokens.exchange", "tokens.keys",
                ])
        }
    }

    @Test("a method that an address does not take is 405 with Allow, and an unknown address 404, both as problems")
    func wrongMethods() async throws {
        try await IdentityUnderTest.run { identity in
            let wrong = try await identity.send(.put, "/v1/users")
            #expect(wrong.status == 405)
            #expect(wrong.header("Allow")?.contains("POST") == true)
            #expect(wrong.header("Content-Type") == "application/problem+json")
            let unknown = try await identity.send(.get, "/v1/unknown")
            #expect(unknown.status == 404)
            #expect(unknown.header("Content-Type") == "application/problem+json")
        }
    }

    private static func fixture(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Fixtures/\(name)")
    }

    private static func text(_ access: Access) -> String {
        switch access {
        case .needs(let permission): permission.rawValue
        case .open: "open"
        case .signed(let proof): "signed:\(proof.rawValue)"
        }
    }
}
