import Models

extension Ticket {
    /// A ticket as it is opened, with some things otherwise.
    static func sample(
        status: TicketStatus = .open, assignee: Assignee? = nil, at instant: Timestamp = .noon,
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

extension Ticket.Assignee {
    /// Two people of pure tests.
    static let ada = Ticket.Assignee(id: .make(at: .noon), name: "Ada")
    static let ben = Ticket.Assignee(id: .make(at: .noon), name: "Ben")
}

extension Timestamp {
    /// Noon of 15 January 2026, UTC.
    static let noon = instant("2026-01-15T12:00:00Z")

    /// An instant from its text; the start of 1970 for a text that is none.
    static func instant(_ text: String) -> Timestamp { Timestamp(text) ?? Timestamp(microseconds: 0) }
}

/// Sends many requests at once and gathers what they were answered.
func atOnce<Value: Sendable>(
    _ count: Int, _ request: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    try await withThrowingTaskGroup(of: Value.self) { group in
        for number in 0..<count { group.addTask { try await request(number) } }
        return try await group.reduce(into: []) { $0.append($1) }
    }
}
