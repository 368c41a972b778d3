package import HTTPTypes
package import Models
package import Postgres
package import ServiceKit
import Synchronization
import Testing

/// A company at work: requests of its staff to a service under test.
package struct ServiceDesk<Definition: ServiceDefinition>: Sendable {
    /// The service.
    package let service: ServiceUnderTest<Definition>
    /// The company.
    package let company: Company
    private let tokens = TokenDrawer()

    /// Runs a test with a company of its own.
    package static func run(
        zone: String = "Europe/Berlin", clock: TestClock = TestClock(), observer: (any DatabaseObserver)? = nil,
        _ body: @escaping @Sendable (ServiceDesk) async throws -> Void
    ) async throws {
        let company = try Company(zone: zone)
        try await ServiceUnderTest<Definition>.run(clock: clock, observer: observer) { service in
            try await body(ServiceDesk(service, company))
        }
    }

    /// Puts a company before a service.
    package init(_ service: ServiceUnderTest<Definition>, _ company: Company) {
        self.service = service
        self.company = company
    }

    /// The clock of the service and of its tokens.
    package var clock: TestClock { service.clock }

    /// The same service seen by another company.
    package func other(zone: String = "Europe/Berlin", prefix: String = "") throws -> ServiceDesk {
        ServiceDesk(service, try Company(zone: zone, prefix: prefix))
    }

    /// Sends a request of a member of staff, the agent if nobody is named.
    package func send(
        _ method: HTTPRequest.Method, _ path: String, as person: Staff? = nil, _ body: String? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await service.send(method, path, as: try await token(person ?? company.agent), body, headers)
    }

    /// Reads.
    package func get(_ path: String, as person: Staff? = nil) async throws -> TestAnswer {
        try await send(.get, path, as: person)
    }

    /// Posts.
    package func post(
        _ path: String, _ body: String? = nil, as person: Staff? = nil, _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(.post, path, as: person, body, headers)
    }

    /// Patches.
    package func patch(
        _ path: String, _ body: String, as person: Staff? = nil, _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(.patch, path, as: person, body, headers)
    }

    /// All items of a list, page by page.
    package func all(_ path: String, limit: Int = 200, as person: Staff? = nil) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor = ""
        let joint = path.contains("?") ? "&" : "?"
        repeat {
            let page = try await get("\(path)\(joint)limit=\(limit)\(cursor)", as: person)
            #expect(page.status == 200, "\(path) \(page.text.prefix(300))")
            let new = page.json["items"]?.items ?? []
            #expect(new.count <= limit)
            items += new
            cursor = page.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        return items
    }

    /// A token of a member of staff at the service's instant.
    package func token(_ person: Staff) async throws -> String {
        let now = clock.now
        if let token = tokens.token(of: person, at: now) { return token }
        let token = try await service.token(person.role, in: company.id, as: person.id)
        tokens.keep(token, of: person, at: now)
        return token
    }
}

/// Keeps tokens, since signing takes time.
private final class TokenDrawer: Sendable {
    private struct Slot: Hashable {
        let person: Staff
        let instant: Timestamp
    }

    private let tokens = Mutex<[Slot: String]>([:])

    func token(of person: Staff, at instant: Timestamp) -> String? {
        tokens.withLock { $0[Slot(person: person, instant: instant)] }
    }

    func keep(_ token: String, of person: Staff, at instant: Timestamp) {
        tokens.withLock { $0[Slot(person: person, instant: instant)] = token }
    }
}
