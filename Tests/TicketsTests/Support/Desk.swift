import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

/// Tickets put together on the test's database.
typealias TicketsUnderTest = ServiceUnderTest<TicketsDefinition>

/// A company at work with tickets.
typealias Desk = ServiceDesk<TicketsDefinition>

extension ServiceDesk<TicketsDefinition> {
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
}

/// A ticket that a test opened.
struct OpenTicket: Sendable {
    let id: String
    let number: String
    let answer: TestAnswer
    var path: String { "/v1/tickets/\(id)" }
}
