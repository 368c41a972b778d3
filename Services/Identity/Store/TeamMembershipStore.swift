import Models
import Postgres
import ServiceKit

/// Makes people members of teams, and ends that.
///
/// Each is one statement, which locks the team first.
struct TeamMembershipStore: Sendable {
    let database: Database

    /// Makes a user a member; nothing changes, and no activity is written, when they are one.
    ///
    /// - Throws: ``Problem`` 404 when the team or the user is not there; ``PostgresError``.
    func add(_ user: ID<User>, to team: ID<Team>, answer: StoredAnswer, _ context: WriteContext) async throws {
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH \(locked(team, context)),
            person AS (
                SELECT id FROM identity.user
                WHERE workspace_id = \(context.workspace) AND id = \(user)
            ),
            joined AS (
                INSERT INTO identity.team_member (workspace_id, team_id, user_id, joined_at)
                SELECT \(context.workspace), subject.id, person.id, \(context.now)
                FROM subject, person
                ON CONFLICT (workspace_id, team_id, user_id) DO NOTHING
                RETURNING team_id
            ),
            \(counted(from: "joined", context)),
            \(context.activity(
                .team, verb: .memberAdded, from: "changed",
                changes: [.value("member", from: "NULL::uuid", to: "\(user)")])),
            found AS (SELECT person.id FROM subject, person),
            \(context.keep(answer, from: "found"))
            SELECT (SELECT count(*) FROM subject) AS teams, (SELECT count(*) FROM person) AS people,
                (SELECT count(*) FROM kept) AS kept
            """)
        guard try result.value("teams", as: Int64.self) == 1 else { throw Problem.notFound("team") }
        guard try result.value("people", as: Int64.self) == 1 else { throw Problem.notFound("user") }
    }

    /// Ends a membership.
    ///
    /// - Throws: ``Problem`` 404 when there is no such team or membership; ``PostgresError``.
    func remove(_ user: ID<User>, from team: ID<Team>, answer: StoredAnswer, _ context: WriteContext) async throws {
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH \(locked(team, context)),
            parted AS (
                DELETE FROM identity.team_member AS m
                USING subject
                WHERE m.workspace_id = \(context.workspace) AND m.team_id = subject.id AND m.user_id = \(user)
                RETURNING m.team_id
            ),
            \(counted(from: "parted", context)),
            \(context.activity(
                .team, verb: .memberRemoved, from: "changed",
                changes: [.value("member", from: "\(user)", to: "NULL::uuid")])),
            \(context.keep(answer, from: "parted"))
            SELECT (SELECT count(*) FROM subject) AS teams, (SELECT count(*) FROM parted) AS parted,
                (SELECT count(*) FROM kept) AS kept
            """)
        guard try result.value("teams", as: Int64.self) == 1 else { throw Problem.notFound("team") }
        guard try result.value("parted", as: Int64.self) == 1 else { throw Problem.notFound("member") }
    }

    private func locked(_ team: ID<Team>, _ context: WriteContext) -> SQL {
        """
        subject AS (
            SELECT id FROM identity.team
            WHERE workspace_id = \(context.workspace) AND id = \(team) AND deleted_at IS NULL
            FOR NO KEY UPDATE
        )
        """
    }

    /// A team's members are part of what it shows: its version counts their changes.
    private func counted(from source: SQL, _ context: WriteContext) -> SQL {
        """
        changed AS (
            UPDATE identity.team
            SET version = version + 1, updated_at = \(context.now)
            FROM \(source)
            WHERE workspace_id = \(context.workspace) AND id = \(source).team_id
            RETURNING id, version
        )
        """
    }
}

extension ActivityVerb {
    /// Somebody became a member of the team.
    static let memberAdded = ActivityVerb(rawValue: "member_added")
    /// Somebody is a member of the team no more.
    static let memberRemoved = ActivityVerb(rawValue: "member_removed")
}
