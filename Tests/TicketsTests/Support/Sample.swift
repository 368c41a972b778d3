import Models
import TestSupport

extension Ticket {
    /// A ticket as it is opened, with some things otherwise.
    static func sample(
        status: TicketStatus = .open, assignee: NamedUser? = nil, at instant: Timestamp = .noon,
        _ change: (inout Ticket) -> Void = { _ in }
    ) -> Ticket {
        var ticket = Ticket(
            id: .sample, caseNumber: "260115001", title: "The printer", description: "The printer", category: "inquiry",
            priority: .medium, status: status, waitReason: nil, waitUntil: nil, owner: .memo("A caller"),
            assignee: assignee, team: nil, brand: nil, serialNumber: nil, reopenCount: 0, version: 1,
            createdAt: instant, updatedAt: instant, statusChangedAt: instant,
            startedAt: status == .inProgress ? instant : nil, completedAt: status == .completed ? instant : nil,
            closedAt: status == .closed ? instant : nil)
        change(&ticket)
        return ticket
    }
}

extension NamedUser {
    /// Two people of pure tests.
    static let ada = NamedUser(id: .make(at: .noon), name: "Ada")
    static let ben = NamedUser(id: .make(at: .noon), name: "Ben")
}
