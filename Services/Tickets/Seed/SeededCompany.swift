import Models
import Postgres
import ServiceKit

/// The customers, people and teams that made-up tickets belong to, read from the views that their owners publish.
struct SeededCompany: Sendable {
    private let customers: [TicketOwner]
    let agents: [NamedUser]
    let teams: [NamedTeam]

    /// The most customers that are used.
    private static let limit = 50_000
    private static let page = 5_000

    /// Reads a workspace's.
    ///
    /// - Throws: ``NobodyToSeedWith`` when there are no people, teams or customers; ``PostgresError``.
    init(of workspace: ID<Workspace>, in database: Database) async throws {
        agents = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, name FROM identity.person
            WHERE workspace_id = \(workspace) AND is_active AND role IN ('agent', 'manager')
            ORDER BY id
            LIMIT 500
            """, as: NamedRow<User>.self
        ).map { NamedUser(id: $0.id, name: $0.name) }
        teams = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT id, name FROM identity.team_card
            WHERE workspace_id = \(workspace) AND NOT is_deleted
            ORDER BY id
            LIMIT 500
            """, as: NamedRow<Team>.self
        ).map { NamedTeam(id: $0.id, name: $0.name) }
        let people: [NamedRow<Individual>] = try await Self.cards("individual", of: workspace, in: database)
        let companies: [NamedRow<Organization>] = try await Self.cards("organization", of: workspace, in: database)
        customers =
            people.map { .individual($0.id, label: $0.name) } + companies.map { .organization($0.id, label: $0.name) }
        guard !agents.isEmpty, !teams.isEmpty, !customers.isEmpty else { throw NobodyToSeedWith() }
    }

    /// An owner: mostly a customer, some far more often than others; sometimes a reference or a memo.
    func owner(_ random: inout SeededRandom) -> TicketOwner {
        switch random.below(100) {
        case 0..<6: return .external("ERP-\(100_000 + random.below(900_000))")
        case 6..<10: return .memo("Caller from the \(10 + random.below(80)) St. branch, will send details")
        default:
            let spread = random.below(customers.count)
            // The smaller of two draws: the first customers have the most tickets.
            return customers[min(spread, random.below(customers.count))]
        }
    }

    private static func cards<Entity>(
        _ kind: String, of workspace: ID<Workspace>, in database: Database
    ) async throws -> [NamedRow<Entity>] {
        var all: [NamedRow<Entity>] = []
        while all.count < limit {
            let rows = try await database.query(
                .scan, in: .workspace(workspace),
                """
                SELECT id, label AS name FROM customers.owner_card
                WHERE workspace_id = \(workspace) AND kind = \(kind) AND NOT is_deleted
                  AND id > \(all.last?.id ?? .sample)
                ORDER BY id
                LIMIT \(Int64(page))
                """, as: NamedRow<Entity>.self)
            all += rows
            guard rows.count == page else { break }
        }
        return all
    }
}

/// A record by its name.
private struct NamedRow<Entity>: PostgresRow {
    static var columns: [String] { ["id", "name"] }
    let id: ID<Entity>
    let name: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        name = try row.decode("name")
    }
}

/// Tickets need people, teams and customers, which identity and customers make up first.
struct NobodyToSeedWith: Error, CustomStringConvertible {
    var description: String { "the workspace has no people, no teams or no customers yet" }
}
