import Models

/// The opening of a ticket (FEATURES.md, A1-A7, B1, C1).
struct TicketOpening: Sendable {
    /// What was asked for.
    let request: CreateTicket
    /// What the request names.
    let wanted: WantedNames

    /// Reads a request.
    init(_ request: CreateTicket) {
        self.request = request
        wanted = WantedNames(
            owner: request.owner, assignee: request.assigneeID, team: request.teamID,
            category: request.category?.value)
    }

    /// The new ticket: open, at its first version.
    ///
    /// - Throws: ``TicketRefusals`` with everything that is named and not there.
    func ticket(number: CaseNumber, found: FoundNames, at now: Timestamp) throws(TicketRefusals) -> Ticket {
        let names = try wanted.resolved(by: found)
        guard let owner = names.owner else { throw TicketRefusals(violations: [.ownerIsNotOne]) }
        return Ticket(
            id: ID<Ticket>.make(at: now), caseNumber: number.text, title: TicketTitle.of(request.description.value),
            description: request.description.value,
            category: request.category?.value ?? BuiltInCategory.standard.rawValue,
            priority: request.priority ?? .medium, status: .open, waitReason: nil, waitUntil: nil, owner: owner,
            assignee: names.assignee, team: names.team, brand: request.brand?.value,
            serialNumber: request.serialNumber?.value, reopenCount: 0, version: 1, createdAt: now, updatedAt: now,
            statusChangedAt: now, startedAt: nil, completedAt: nil, closedAt: nil)
    }
}

/// The number that people read to each other: the day as YYMMDD and its count, of at least three digits.
///
/// The 1,000th ticket of 15 January 2026 is 2601151000.
struct CaseNumber: Hashable, Sendable {
    /// The digits.
    let text: String

    /// Takes the day as `YYMMDD` and the count from 1.
    init(day: String, count: Int64) {
        let digits = String(count)
        text = day + String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }
}
