import Models
import Postgres
import ServiceKit

extension CopiedName {
    /// The names that tickets copy; owners' are searched, the others are not.
    ///
    /// Indexes: ix_ticket_individual, ix_ticket_organization, ix_ticket_assignee, ix_ticket_team.
    static let ofTickets = [
        CopiedName(
            of: .individual, in: "tickets.ticket", of: .ticket, id: "individual_id", copy: "owner_label",
            timer: "refresh_individual", then: indexing),
        CopiedName(
            of: .organization, in: "tickets.ticket", of: .ticket, id: "organization_id", copy: "owner_label",
            timer: "refresh_organization", then: indexing),
        CopiedName(
            of: .person, in: "tickets.ticket", of: .ticket, id: "assignee_id", copy: "assignee_name",
            timer: "refresh_assignee"),
        CopiedName(
            of: .team, in: "tickets.ticket", of: .ticket, id: "team_id", copy: "team_name", timer: "refresh_team"),
    ]

    @Sendable private static func indexing(_ workspace: ID<Workspace>) -> SQL {
        "SELECT tickets.index_ticket(\(workspace), r.id) AS done FROM refreshed AS r"
    }
}

/// The words of tickets, by which the next ones to a mistyped word are found.
enum TicketWords {
    /// Learns the words of tickets, for those who mistype.
    ///
    /// - Throws: ``PostgresError``.
    static func learn(
        from tickets: [ID<AnyRecord>], in workspace: ID<Workspace>, _ tx: Transaction
    ) async throws(PostgresError) {
        _ = try await tx.query("SELECT tickets.learn_words(\(workspace), \(tickets)) AS learned")
    }
}
