import Models
import Postgres
import ServiceKit

/// Who has a ticket: claiming, giving, giving back.
struct QueueRoutes: Sendable {
    let database: Database

    /// Takes a ticket that nobody has.
    func claim(_ call: Call<TicketPath, NoQuery, NoBody>) async throws -> Answer<Ticket> {
        let context = try call.write
        let person = try call.userID
        let answer = try await RuleProblems.translating {
            let wanted = WantedNames(assignee: person)
            let found = try await NameStore(database: database).find(wanted, in: context.workspace)
            guard let claimant = try? wanted.resolved(by: found).assignee else {
                throw Problem(.forbidden, "Only somebody who works here can claim a ticket.")
            }
            let queueing = try queueing(call.principal)
            return try await TicketChangeStore(database: database).change(
                call.path.id, expecting: call.ifMatch, context
            ) { ticket, _ in
                try queueing.claimed(ticket, by: claimant, at: context.now).map { after in
                    TicketChangeStore.Decision(ticket: after, verb: .claimed)
                }
            }
        }
        return .stored(answer)
    }

    /// Gives a ticket to a person, a team, or takes it from them.
    func assign(_ call: Call<TicketPath, NoQuery, AssignTicket>) async throws -> Answer<Ticket> {
        let wanted = WantedNames(assignee: call.body.assigneeID.value, team: call.body.teamID.value)
        let found = try await NameStore(database: database).find(wanted, in: try call.principal.workspace)
        let names = try await RuleProblems.translating { try wanted.resolved(by: found) }
        return try await give(
            call.path.id, to: call.body.assigneeID.named(names.assignee), call.body.teamID.named(names.team), call)
    }

    /// Gives a ticket back, so that it can be claimed again; its team keeps it.
    func unassign(_ call: Call<TicketPath, NoQuery, NoBody>) async throws -> Answer<Ticket> {
        try await give(call.path.id, to: .null, .absent, call)
    }

    private func give<Body>(
        _ reference: TicketReference, to person: Patch<NamedUser>, _ team: Patch<NamedTeam>,
        _ call: Call<TicketPath, NoQuery, Body>
    ) async throws -> Answer<Ticket> {
        let context = try call.write
        let queueing = try queueing(call.principal)
        let answer = try await RuleProblems.translating {
            try await TicketChangeStore(database: database).change(
                reference, expecting: call.ifMatch, context
            ) { ticket, _ in
                try queueing.given(ticket, to: person, team, at: context.now).map { after in
                    TicketChangeStore.Decision(ticket: after, verb: .giving(ticket, after))
                }
            }
        }
        return .stored(answer)
    }

    private func queueing(_ principal: Principal) -> TicketQueueing {
        TicketQueueing(caller: principal.userID, mayTakeFromOthers: principal.permissions.contains(.ticketsAssign))
    }
}
