import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("What roles may do is done", .scratchDatabase(.tickets))
struct RoleTests {
    @Test(
        "each role's person is answered 2xx by every operation of tickets that the role allows (S-4)",
        arguments: Role.allCases)
    func allowed(role: Role) async throws {
        try await Desk.run { desk in
            try await desk.expectAllowed(role, Self.calls, knowing: RecordNames(of: desk.company))
        }
    }

    /// Calls of every operation, in an order in which each succeeds.
    private static let calls = [
        OperationCall(
            "ticket_categories.create", "/v1/tickets/categories", #"{"word": "own", "name": "O"}"#, keeping: "word",
            of: "word"),
        OperationCall("ticket_categories.update", "/v1/tickets/categories/{word}", #"{"name": "P"}"#),
        OperationCall("ticket_categories.list", "/v1/tickets/categories"),
        OperationCall("ticket_categories.update_settings", "/v1/tickets/settings", #"{"reopen_window_days": 3}"#),
        OperationCall("ticket_categories.settings", "/v1/tickets/settings"),
        OperationCall(
            "tickets.create", "/v1/tickets",
            #"{"owner": {"individual_id": "${individual}"}, "description": "D", "category": "own"}"#,
            keeping: "ticket"),
        OperationCall("tickets.update", "/v1/tickets/{ticket}", #"{"priority": "urgent"}"#),
        OperationCall("tickets.claim", "/v1/tickets/{ticket}/claim"),
        OperationCall("ticket_notes.create", "/v1/tickets/{ticket}/notes", #"{"text": "N"}"#),
        OperationCall("ticket_notes.list", "/v1/tickets/{ticket}/notes"),
        OperationCall("tickets.unassign", "/v1/tickets/{ticket}/unassign"),
        OperationCall("tickets.assign", "/v1/tickets/{ticket}/assign", #"{"team_id": "${team}"}"#),
        OperationCall("tickets.assignments", "/v1/tickets/{ticket}/assignments"),
        OperationCall("tickets.activity", "/v1/tickets/{ticket}/activity"),
        OperationCall("tickets.show", "/v1/tickets/{ticket}"),
        OperationCall("tickets.list", "/v1/tickets"),
        OperationCall(
            "tickets.batch", "/v1/tickets/batch",
            #"{"operations": [{"method": "PATCH", "path": "/v1/tickets/${ticket}", "body": {"priority": "low"}}]}"#),
        OperationCall(
            "ticket_jobs.create", "/v1/tickets/jobs",
            #"{"filter": {"status": "open"}, "change": {"update": {"priority": "low"}}}"#, keeping: "job"),
        OperationCall("ticket_jobs.list", "/v1/tickets/jobs"),
        OperationCall("ticket_jobs.show", "/v1/tickets/jobs/{job}"),
        OperationCall("ticket_jobs.items", "/v1/tickets/jobs/{job}/items"),
        OperationCall("ticket_jobs.cancel", "/v1/tickets/jobs/{job}/cancel"),
        OperationCall("ticket_jobs.undo", "/v1/tickets/jobs/{job}/undo"),
        OperationCall("tickets.move", "/v1/tickets/{ticket}/status", #"{"status": "closed"}"#),
    ]
}
