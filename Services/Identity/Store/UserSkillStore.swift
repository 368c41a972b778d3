import Models
import Postgres
import ServiceKit

/// Who can do what how well.
///
/// A person's skills are counted by the person's version, and stand in the person's activity.
struct UserSkillStore: Sendable {
    let database: Database

    /// The name of the list in its cursors.
    static func binding(_ user: ID<User>) -> String { "user_skills \(user)" }

    /// One page of a person's skills in order of the skills' ids.
    ///
    /// Index: pk_user_skill.
    func list(
        _ workspace: ID<Workspace>, of user: ID<User>, after: ID<Skill>?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND k.skill_id > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT k.skill_id, s.name, s.is_archived, k.level, k.set_at
            FROM identity.user_skill AS k
            JOIN identity.skill AS s ON s.workspace_id = k.workspace_id AND s.id = k.skill_id
            WHERE k.workspace_id = \(workspace) AND k.user_id = \(user) \(position)
            ORDER BY k.skill_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Says how well a person can do something; nothing is written when that was known.
    ///
    /// - Parameters:
    ///   - level: From 1 to 5.
    ///   - path: The person and the skill.
    ///   - permissions: Those of whoever says it.
    ///   - version: The person's version that is expected.
    ///   - context: The request.
    /// - Throws: ``Problem`` 404 or 412; ``SkillGrant/Violation``; ``PostgresError``.
    func set(
        _ level: Int, _ path: UserSkillPath, permissions: Set<Permission>, expecting version: Int64?,
        _ context: WriteContext
    ) async throws {
        try await database.transaction(in: context.scope) { tx in
            try await lock(path.id, expecting: version, tx, context)
            let known = try await known(path, tx, context)
            let grant = SkillGrant(before: known.level.map(Int.init), after: level, isArchived: known.isArchived)
            try grant.check(
                isOwn: context.actor == .user(path.id), permissions: permissions, others: Int(known.others))
            guard grant.isChange else { return try await context.keep(.noContent, in: tx) }
            let source: SQL = """
                INSERT INTO identity.user_skill AS k (workspace_id, user_id, skill_id, level, set_at)
                VALUES (\(context.workspace), \(path.id), \(path.skillID), \(Int64(level)), \(context.now))
                ON CONFLICT (workspace_id, user_id, skill_id) DO UPDATE
                SET level = EXCLUDED.level, set_at = EXCLUDED.set_at
                RETURNING k.user_id
                """
            let step = Step(verb: .skillSet, before: known.level, after: Int64(level))
            try await record(step, path, by: source, tx, context)
        }
    }

    /// Takes a skill from a person.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``PostgresError``.
    func remove(_ path: UserSkillPath, expecting version: Int64?, _ context: WriteContext) async throws {
        try await database.transaction(in: context.scope) { tx in
            try await lock(path.id, expecting: version, tx, context)
            guard let level = try await known(path, tx, context).level else { throw Problem.notFound("skill") }
            let source: SQL = """
                DELETE FROM identity.user_skill
                WHERE workspace_id = \(context.workspace) AND user_id = \(path.id) AND skill_id = \(path.skillID)
                RETURNING user_id
                """
            let step = Step(verb: .skillRemoved, before: level, after: nil)
            try await record(step, path, by: source, tx, context)
        }
    }

    // MARK: Steps

    private func lock(
        _ user: ID<User>, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        _ = try await UserAdministration(database: database).lock(user, expecting: version, tx, context)
    }

    /// The skill, which cannot be deleted or archived before the transaction ends, and what the person has of it.
    private func known(
        _ path: UserSkillPath, _ tx: Transaction, _ context: WriteContext
    ) async throws -> KnownSkillRow {
        _ = try await tx.query(
            """
            SELECT id FROM identity.skill
            WHERE workspace_id = \(context.workspace) AND id = \(path.skillID)
            FOR SHARE
            """)
        let row = try await tx.first(
            """
            SELECT s.is_archived,
                (
                    SELECT k.level FROM identity.user_skill AS k
                    WHERE k.workspace_id = \(context.workspace) AND k.user_id = \(path.id) AND k.skill_id = s.id
                ) AS level,
                (
                    SELECT count(*) FROM identity.user_skill AS k
                    WHERE k.workspace_id = \(context.workspace) AND k.user_id = \(path.id) AND k.skill_id <> s.id
                ) AS others
            FROM identity.skill AS s
            WHERE s.workspace_id = \(context.workspace) AND s.id = \(path.skillID) AND s.deleted_at IS NULL
            """, as: KnownSkillRow.self)
        guard let row else { throw Problem.notFound("skill") }
        return row
    }

    /// What is done, with the level before and after.
    private struct Step {
        let verb: ActivityVerb
        let before: Int64?
        let after: Int64?
    }

    private func record(
        _ step: Step, _ path: UserSkillPath, by source: SQL, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        let change = FieldChange.value("skill.\(path.skillID)", from: "\(step.before)", to: "\(step.after)")
        _ = try await tx.query(
            """
            WITH done AS (
                \(source)
            ),
            changed AS (
                UPDATE identity.user
                SET version = version + 1, updated_at = \(context.now)
                FROM done
                WHERE workspace_id = \(context.workspace) AND id = done.user_id
                RETURNING id, version
            ),
            \(context.activity(.user, verb: step.verb, from: "changed", changes: [change])),
            \(context.keep(.noContent, from: "changed"))
            SELECT count(*) FROM changed, kept
            """)
    }
}

/// A skill and what one person has of it.
private struct KnownSkillRow: PostgresRow {
    static let columns = ["is_archived", "level", "others"]

    let isArchived: Bool
    let level: Int64?
    let others: Int64

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        isArchived = try row.decode("is_archived")
        level = try row.decode("level")
        others = try row.decode("others")
    }
}

extension ActivityVerb {
    /// Somebody said how well the person can do something.
    static let skillSet = ActivityVerb(rawValue: "skill_set")
    /// The person has a skill no more.
    static let skillRemoved = ActivityVerb(rawValue: "skill_removed")
}
