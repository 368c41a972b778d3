import Models
import Postgres
import ServiceKit

/// Reads and writes teams and who belongs to them.
struct TeamStore: Sendable {
    let database: Database

    /// The names of the lists in their cursors.
    static let binding = "teams"
    static func membersBinding(_ team: ID<Team>) -> String { "team_members \(team)" }

    /// The form of a name by which it is unique and sorted: lower case.
    static func key(of name: String) -> String { name.lowercased() }

    /// One page of teams by name.
    ///
    /// Index: uq_team_name.
    func list(_ workspace: ID<Workspace>, after nameKey: String?, limit: Int) async throws -> ResultSet {
        let position: SQL = nameKey.map { "AND t.name_key > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT t.id, t.name, \(Self.memberCount(workspace)), t.version, t.created_at, t.updated_at,
                t.name_key AS _name_key
            FROM identity.team AS t
            WHERE t.workspace_id = \(workspace) \(position) AND t.deleted_at IS NULL
            ORDER BY t.name_key
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One team; no row when there is none.
    func show(_ workspace: ID<Workspace>, _ id: ID<Team>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT t.id, t.name, \(Self.memberCount(workspace)), t.version, t.created_at, t.updated_at
            FROM identity.team AS t
            WHERE t.workspace_id = \(workspace) AND t.id = \(id) AND t.deleted_at IS NULL
            """)
    }

    /// One page of a team's members in order of joining a workspace.
    ///
    /// Index: pk_team_member.
    func members(
        _ workspace: ID<Workspace>, of team: ID<Team>, after: ID<User>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND m.user_id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT m.user_id AS id, u.name, m.joined_at
            FROM identity.team_member AS m
            JOIN identity.user AS u ON u.workspace_id = m.workspace_id AND u.id = m.user_id
            WHERE m.workspace_id = \(workspace) AND m.team_id = \(team) \(position)
            ORDER BY m.user_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Adds a team, in one statement with its activity and its key.
    ///
    /// - Throws: ``Problem`` 409 when the name is taken; ``PostgresError``.
    func add(_ team: Team, answer: StoredAnswer, _ context: WriteContext) async throws {
        try await namingTaken {
            _ = try await database.write(
                in: .workspace(context.workspace),
                """
                WITH subject AS (SELECT 1 AS one),
                \(context.keep(answer, from: "subject")),
                changed AS (
                    INSERT INTO identity.team (workspace_id, id, name, name_key, version, created_at, updated_at)
                    SELECT \(context.workspace), \(team.id), \(team.name), \(Self.key(of: team.name)),
                        \(Int64(team.version)), \(team.createdAt), \(team.updatedAt)
                    FROM kept
                    RETURNING id, version
                ),
                \(context.activity(.team, verb: .created, from: "changed"))
                SELECT count(*) FROM changed
                """)
        }
    }

    /// Renames a team.
    ///
    /// - Throws: ``Problem`` 404, 409 or 412; ``PostgresError``.
    func rename(
        _ id: ID<Team>, to name: String?, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await namingTaken {
            try await database.transaction(in: .workspace(context.workspace)) { tx in
                let row = try await lock(id, expecting: version, tx, context)
                let team = row.renamed(to: name, at: context.now)
                let answer = try StoredAnswer(status: 200, team, version: team.version)
                guard Int64(team.version) != row.version else {
                    try await context.keep(answer, in: tx)
                    return answer
                }
                _ = try await tx.query(
                    """
                    WITH changed AS (
                        UPDATE identity.team
                        SET name = \(team.name), name_key = \(Self.key(of: team.name)), version = version + 1,
                            updated_at = \(context.now)
                        WHERE workspace_id = \(context.workspace) AND id = \(id)
                        RETURNING id, version
                    ),
                    \(context.activity(.team, verb: .updated, from: "changed")),
                    \(context.keep(answer, from: "changed"))
                    SELECT count(*) FROM changed, kept
                    """)
                return answer
            }
        }
    }

    /// Dissolves a team: its members go, its row stays for the records that name it.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func dissolve(
        _ id: ID<Team>, expecting version: Int64?, answer: StoredAnswer, _ context: WriteContext
    ) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            _ = try await lock(id, expecting: version, tx, context)
            _ = try await tx.query(
                """
                WITH changed AS (
                    UPDATE identity.team
                    SET deleted_at = \(context.now), version = version + 1, updated_at = \(context.now)
                    WHERE workspace_id = \(context.workspace) AND id = \(id)
                    RETURNING id, version
                ),
                parted AS (
                    DELETE FROM identity.team_member
                    WHERE workspace_id = \(context.workspace) AND team_id = \(id)
                ),
                \(context.activity(.team, verb: .deleted, from: "changed")),
                \(context.keep(answer, from: "changed"))
                SELECT count(*) FROM changed, kept
                """)
        }
    }

    /// Runs a write, and names the field whose value another team has.
    private func namingTaken<Value: Sendable>(_ write: () async throws -> Value) async throws -> Value {
        do {
            return try await write()
        } catch let error as PostgresError where error.constraint == "uq_team_name" {
            throw Problem(
                .conflict, "Another team of this workspace has this name.",
                errors: [FieldError("/name", .taken, "belongs to another team")])
        }
    }

    /// Locks first and reads then: a statement that waited for the lock would count the members of before the wait.
    private func lock(
        _ id: ID<Team>, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> TeamRow {
        _ = try await tx.query(
            """
            SELECT t.id
            FROM identity.team AS t
            WHERE t.workspace_id = \(context.workspace) AND t.id = \(id)
            FOR NO KEY UPDATE OF t
            """)
        let row = try await tx.first(
            """
            SELECT t.id, t.name, \(Self.memberCount(context.workspace)), t.version, t.created_at, t.updated_at
            FROM identity.team AS t
            WHERE t.workspace_id = \(context.workspace) AND t.id = \(id) AND t.deleted_at IS NULL
            """, as: TeamRow.self)
        guard let row else { throw Problem.notFound("team") }
        if let version, version != row.version { throw Problem.versionMismatch(current: row.version) }
        return row
    }

    /// Names the workspace itself, not only the team's: a plan for any values then touches one workspace (SC-5).
    private static func memberCount(_ workspace: ID<Workspace>) -> SQL {
        """
        (
            SELECT count(*)
            FROM identity.team_member AS m
            WHERE m.workspace_id = \(workspace) AND m.team_id = t.id
        ) AS member_count
        """
    }
}

/// A team as the table holds it.
struct TeamRow: PostgresRow {
    static let columns = ["id", "name", "member_count", "version", "created_at", "updated_at"]

    let id: ID<Team>
    let name: String
    let memberCount: Int64
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        name = try row.decode("name")
        memberCount = try row.decode("member_count")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }

    /// The team under another name; as it is, when there is none or it is the same.
    func renamed(to newName: String?, at now: Timestamp) -> Team {
        let isChanged = newName.map { $0 != name } ?? false
        return Team(
            id: id, name: newName ?? name, memberCount: Int(memberCount), version: Int(version) + (isChanged ? 1 : 0),
            createdAt: createdAt, updatedAt: isChanged ? now : updatedAt)
    }
}
