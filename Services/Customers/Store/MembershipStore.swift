import Models
import Postgres
import ServiceKit

/// Who belongs to which organization, and as what; each change is one of the organization's.
struct MembershipStore: Sendable {
    let database: Database

    /// The names of the lists in their cursors.
    static func binding(membersOf organization: ID<Organization>) -> String { "organization_members \(organization)" }
    static func binding(membershipsOf individual: ID<Individual>) -> String { "memberships \(individual)" }

    /// One page of an organization's people in order of their ids.
    ///
    /// Index: pk_membership.
    func members(
        _ workspace: ID<Workspace>, of organization: ID<Organization>, after: ID<Individual>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND m.individual_id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT m.individual_id AS id, i.name, m.role, m.joined_at
            FROM customers.membership AS m
            JOIN customers.individual AS i ON i.workspace_id = \(workspace) AND i.id = m.individual_id
            WHERE m.workspace_id = \(workspace) AND m.organization_id = \(organization) \(position)
                AND i.deleted_at IS NULL AND EXISTS (
                    SELECT FROM customers.organization AS o
                    WHERE o.workspace_id = \(workspace) AND o.id = \(organization) AND o.deleted_at IS NULL)
            ORDER BY m.individual_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One page of a person's organizations in order of their ids.
    ///
    /// Index: ix_membership_individual.
    func memberships(
        _ workspace: ID<Workspace>, of individual: ID<Individual>, after: ID<Organization>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND m.organization_id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT m.organization_id AS "organization.id", o.name AS "organization.name", m.role, m.joined_at,
                m.organization_id AS _organization_id
            FROM customers.membership AS m
            JOIN customers.organization AS o ON o.workspace_id = \(workspace) AND o.id = m.organization_id
            WHERE m.workspace_id = \(workspace) AND m.individual_id = \(individual) \(position)
                AND o.deleted_at IS NULL AND EXISTS (
                    SELECT FROM customers.individual AS i
                    WHERE i.workspace_id = \(workspace) AND i.id = \(individual) AND i.deleted_at IS NULL)
            ORDER BY m.organization_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Makes a person a member with a role, or gives a member another role; nothing changes when it is so already.
    ///
    /// - Throws: ``Problem`` 404 when the organization or the person is not there, or 412; ``PostgresError``.
    func put(
        _ individual: ID<Individual>, in organization: ID<Organization>, role: String?, expecting version: Int64?,
        _ context: WriteContext
    ) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            try await lock(organization, expecting: version, tx, context)
            let person = try await tx.first(
                """
                SELECT m.joined_at IS NOT NULL AS is_member, m.role
                FROM customers.individual AS i
                LEFT JOIN customers.membership AS m
                    ON m.workspace_id = \(context.workspace) AND m.organization_id = \(organization)
                    AND m.individual_id = i.id
                WHERE i.workspace_id = \(context.workspace) AND i.id = \(individual) AND i.deleted_at IS NULL
                """, as: StandingRow.self)
            guard let person else { throw Problem.notFound("individual") }
            guard !person.isMember || person.role != role else {
                return try await context.keep(.noContent, in: tx)
            }
            let verb = person.isMember ? ActivityVerb.memberUpdated : .memberAdded
            _ = try await change(
                verb, of: individual, tx, context,
                """
                INSERT INTO customers.membership (workspace_id, organization_id, individual_id, role, joined_at)
                VALUES (\(context.workspace), \(organization), \(individual), \(role), \(context.now))
                ON CONFLICT (workspace_id, organization_id, individual_id) DO UPDATE SET role = excluded.role
                RETURNING organization_id
                """)
        }
    }

    /// Ends a membership.
    ///
    /// - Throws: ``Problem`` 404 when there is no such organization or membership, or 412; ``PostgresError``.
    func remove(
        _ individual: ID<Individual>, from organization: ID<Organization>, expecting version: Int64?,
        _ context: WriteContext
    ) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            try await lock(organization, expecting: version, tx, context)
            let members = try await change(
                .memberRemoved, of: individual, tx, context,
                """
                DELETE FROM customers.membership
                WHERE workspace_id = \(context.workspace) AND organization_id = \(organization)
                    AND individual_id = \(individual)
                RETURNING organization_id
                """)
            guard members == 1 else { throw Problem.notFound("member") }
        }
    }

    // MARK: Steps

    private func lock(
        _ organization: ID<Organization>, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        let result = try await tx.query(
            """
            SELECT version FROM customers.organization
            WHERE workspace_id = \(context.workspace) AND id = \(organization) AND deleted_at IS NULL
            FOR NO KEY UPDATE
            """)
        guard result.count == 1 else { throw Problem.notFound("organization") }
        let current = try result.value("version", as: Int64.self)
        if let version, version != current { throw Problem.versionMismatch(current: current) }
    }

    /// Runs a change of one membership, whose rows name its organization, with that one's version, activity and key.
    ///
    /// - Returns: How many memberships changed.
    private func change(
        _ verb: ActivityVerb, of individual: ID<Individual>, _ tx: Transaction, _ context: WriteContext,
        _ membership: SQL
    ) async throws -> Int64 {
        let changes = ActivityChanges(member: individual, verb)
        let result = try await tx.query(
            """
            WITH membership AS (\(membership)),
            changed AS (
                UPDATE customers.organization
                SET version = version + 1, updated_at = \(context.now)
                FROM membership
                WHERE workspace_id = \(context.workspace) AND id = membership.organization_id
                RETURNING id, version
            ),
            \(context.activity(Organization.record, verb: verb, from: "changed", carrying: changes.json)),
            \(context.keep(.noContent, from: "changed"))
            SELECT (SELECT count(*) FROM changed) AS members, (SELECT count(*) FROM kept) AS kept
            """)
        return try result.value("members", as: Int64.self)
    }
}

/// Whether a person is a member already, and as what.
private struct StandingRow: PostgresRow {
    static let columns = ["is_member", "role"]

    let isMember: Bool
    let role: String?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        isMember = try row.decode("is_member")
        role = try row.decode("role")
    }
}

extension ActivityVerb {
    /// Somebody became a member of the organization.
    static let memberAdded = ActivityVerb(rawValue: "member_added")
    /// A member of the organization has another role.
    static let memberUpdated = ActivityVerb(rawValue: "member_updated")
    /// Somebody is a member of the organization no more.
    static let memberRemoved = ActivityVerb(rawValue: "member_removed")
}
