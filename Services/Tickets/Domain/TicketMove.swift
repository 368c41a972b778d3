import Models

/// The way between statuses (FEATURES.md, part 2, numbers 2, 8 and 10).
struct TicketMove: Sendable {
    /// What was asked for.
    let request: MoveTicket
    /// Whether the caller may reopen a closed ticket at any time.
    let mayReopenAnytime: Bool
    /// For how many days after closing anyone who may write may reopen.
    let reopenWindowDays: Int

    /// Which member of the request makes no sense.
    enum WaitFault: Equatable {
        case reasonOutsideProgress
        case timeWithoutReason
    }

    /// The statuses that a ticket can come to from where it stands.
    static func ways(from status: TicketStatus) -> [TicketStatus] {
        switch status {
        case .open: [.inProgress, .completed, .closed]
        case .inProgress: [.open, .completed, .closed]
        case .completed: [.closed, .open, .inProgress]
        case .closed: [.open, .inProgress]
        }
    }

    /// The ticket after the move; `nil` when it stands there already and waits for the same.
    ///
    /// - Throws: ``TicketRuleViolation`` when the move is not allowed.
    func applied(to ticket: Ticket, at now: Timestamp) throws(TicketRuleViolation) -> Ticket? {
        try check(at: now)
        if request.status == ticket.status {
            return ticket.status == .inProgress ? waiting(ticket, at: now) : nil
        }
        guard Self.ways(from: ticket.status).contains(request.status) else {
            throw .illegalTransition(from: ticket.status, to: request.status)
        }
        if isReopening(ticket) { try checkReopening(ticket, at: now) }
        return moved(ticket, at: now)
    }

    /// Whether the move brings a ticket back that was done.
    func isReopening(_ ticket: Ticket) -> Bool {
        ticket.status.hasEnded && !request.status.hasEnded
    }

    /// Whether the request itself makes sense, whatever the ticket.
    ///
    /// - Throws: ``TicketRuleViolation``.
    func check(at now: Timestamp) throws(TicketRuleViolation) {
        try checkWait(at: now)
        try checkForce()
    }

    private func checkWait(at now: Timestamp) throws(TicketRuleViolation) {
        if request.waitReason != nil, request.status != .inProgress { throw .waitsForNothing(.reasonOutsideProgress) }
        guard let until = request.waitUntil else { return }
        guard request.waitReason != nil else { throw .waitsForNothing(.timeWithoutReason) }
        guard until > now else { throw .waitIsOver }
    }

    private func checkForce() throws(TicketRuleViolation) {
        guard request.force == true else { return }
        guard request.status.hasEnded else { throw .forcesNothing }
        guard request.reason != nil else { throw .forceNeedsReason }
    }

    private func checkReopening(_ ticket: Ticket, at now: Timestamp) throws(TicketRuleViolation) {
        if let closed = ticket.closedAt, !mayReopenAnytime {
            let end = closed.adding(.seconds(86_400 * reopenWindowDays))
            guard now <= end else { throw .reopenWindowPassed(days: reopenWindowDays) }
        }
        guard request.reason != nil else { throw .reopenNeedsReason }
    }

    /// Parked as before, waiting for something else; `nil` when for the same.
    private func waiting(_ ticket: Ticket, at now: Timestamp) -> Ticket? {
        guard ticket.waitReason != request.waitReason || ticket.waitUntil != request.waitUntil else { return nil }
        var after = ticket
        after.waitReason = request.waitReason
        after.waitUntil = request.waitUntil
        return after.changed(at: now)
    }

    private func moved(_ ticket: Ticket, at now: Timestamp) -> Ticket {
        var after = ticket
        after.status = request.status
        after.waitReason = request.waitReason
        after.waitUntil = request.waitUntil
        after.statusChangedAt = now
        if isReopening(ticket) { after.reopenCount += 1 }
        switch request.status {
        case .open: (after.completedAt, after.closedAt) = (nil, nil)
        case .inProgress:
            (after.completedAt, after.closedAt) = (nil, nil)
            after.startedAt = ticket.startedAt ?? now
        case .completed: after.completedAt = now
        case .closed: after.closedAt = now
        }
        return after.changed(at: now)
    }
}
