import HTTPTypes
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Tickets

/// Tickets put together on the test's database.
typealias TicketsUnderTest = ServiceUnderTest<TicketsDefinition>

/// A company at work: requests of its staff to the service under test.
struct Desk: Sendable {
    let service: TicketsUnderTest
    let company: Company
    private let tokens = TokenDrawer()

    /// Runs a test with a company of its own.
    static func run(
        zone: String = "Europe/Berlin", clock: TestClock = TestClock(), observer: (any DatabaseObserver)? = nil,
        _ body: @escaping @Sendable (Desk) async throws -> Void
    ) async throws {
        let company = try Company(zone: zone)
        try await TicketsUnderTest.run(clock: clock, observer: observer) { service in
            try await body(Desk(service, company))
        }
    }

    /// Puts a company before a service.
    init(_ service: TicketsUnderTest, _ company: Company) {
        self.service = service
        self.company = company
    }

    var clock: TestClock { service.clock }

    /// The same service seen by another company.
    func other(zone: String = "Europe/Berlin", prefix: String = "") throws -> Desk {
        Desk(service, try Company(zone: zone, prefix: prefix))
    }

    /// Sends a request of a member of staff, the agent if nobody is named.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as person: Staff? = nil, _ body: String? = nil,
        _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await service.send(method, path, as: try await token(person ?? company.agent), body, headers)
    }

    func get(_ path: String, as person: Staff? = nil) async throws -> TestAnswer {
        try await send(.get, path, as: person)
    }

    func post(
        _ path: String, _ body: String? = nil, as person: Staff? = nil, _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(.post, path, as: person, body, headers)
    }

    func patch(
        _ path: String, _ body: String, as person: Staff? = nil, _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        try await send(.patch, path, as: person, body, headers)
    }

    /// Opens a ticket, and expects that this is possible.
    func open(
        _ description: String = "The printer is on fire", owner: String = #"{"memo": "A caller"}"#, more: String = "",
        as person: Staff? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> OpenTicket {
        let text = JSONWriter.bytes(of: .string(description))
        let body = #"{"owner": \#(owner), "description": \#(String(decoding: text, as: UTF8.self))\#(more)}"#
        let answer = try await post("/v1/tickets", body, as: person)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return OpenTicket(
            id: try #require(answer.json["id"]?.text, sourceLocation: sourceLocation),
            number: try #require(answer.json["case_number"]?.text, sourceLocation: sourceLocation), answer: answer)
    }

    /// Brings a ticket to a status, and expects that this is possible.
    @discardableResult
    func move(
        _ ticket: OpenTicket, to status: TicketStatus, more: String = "", as person: Staff? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestAnswer {
        let answer = try await post(
            "\(ticket.path)/status", #"{"status": "\#(status.rawValue)"\#(more)}"#, as: person)
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return answer
    }

    /// All items of a list, page by page.
    func all(_ path: String, limit: Int = 200, as person: Staff? = nil) async throws -> [JSONValue] {
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
    func token(_ person: Staff) async throws -> String {
        let now = clock.now
        if let token = tokens.token(of: person, at: now) { return token }
        let token = try await service.token(person.role, in: company.id, as: person.id)
        tokens.keep(token, of: person, at: now)
        return token
    }
}

/// A ticket that a test opened.
struct OpenTicket: Sendable {
    let id: String
    let number: String
    let answer: TestAnswer
    var path: String { "/v1/tickets/\(id)" }
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
