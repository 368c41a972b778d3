import Models
import Postgres
import ServiceKit

/// Reads and writes the skills of a workspace.
struct SkillStore: Sendable {
    let database: Database

    /// The name of the list in its cursors, with its filter.
    static func binding(_ query: SkillListQuery) -> String {
        "skills is_archived=\(query.isArchived.map(String.init) ?? "*")"
    }

    /// The form of a name by which it is unique and sorted: lower case.
    static func key(of name: String) -> String { name.lowercased() }

    /// One page of skills by name.
    ///
    /// Index: uq_skill_name.
    func list(
        _ workspace: ID<Workspace>, _ query: SkillListQuery, after nameKey: String?, limit: Int
    ) async throws -> ResultSet {
        let position: SQL = nameKey.map { "AND name_key > \($0)" } ?? ""
        let filter: SQL = query.isArchived.map { "AND is_archived = \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(columns: SkillRow.self), name_key AS _name_key
            FROM identity.skill
            WHERE workspace_id = \(workspace) \(position) \(filter) AND deleted_at IS NULL
            ORDER BY name_key
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One skill; no row when there is none.
    func show(_ workspace: ID<Workspace>, _ id: ID<Skill>) async throws -> ResultSet {
        try await database.query(
            .point, in: .workspace(workspace),
            """
            SELECT \(columns: SkillRow.self)
            FROM identity.skill
            WHERE workspace_id = \(workspace) AND id = \(id) AND deleted_at IS NULL
            """)
    }

    /// Adds a skill, in one statement with its activity and its key.
    ///
    /// - Throws: ``Problem`` 409 when the name is taken; ``PostgresError``.
    func add(_ skill: Skill, answer: StoredAnswer, _ context: WriteContext) async throws {
        try await namingTaken {
            _ = try await database.write(
                in: context.scope,
                """
                WITH subject AS (SELECT 1 AS one),
                \(context.keep(answer, from: "subject")),
                changed AS (
                    INSERT INTO identity.skill (
                        workspace_id, id, name, name_key, description, version, created_at, updated_at)
                    SELECT \(context.workspace), \(skill.id), \(skill.name), \(Self.key(of: skill.name)),
                        \(skill.description), \(Int64(skill.version)), \(skill.createdAt), \(skill.updatedAt)
                    FROM kept
                    RETURNING id, version
                ),
                \(context.activity(.skill, verb: .created, from: "changed"))
                SELECT count(*) FROM changed
                """)
        }
    }

    /// Renames or describes a skill, archives it or brings it back.
    ///
    /// - Throws: ``Problem`` 404, 409 or 412; ``PostgresError``.
    func change(
        _ id: ID<Skill>, _ patch: UpdateSkill, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await namingTaken {
            try await database.transaction(in: context.scope) { tx in
                let row = try await lock(id, expecting: version, tx, context)
                let skill = row.applying(patch, at: context.now)
                let answer = try StoredAnswer(status: 200, skill, version: skill.version)
                guard Int64(skill.version) != row.version else {
                    try await context.keep(answer, in: tx)
                    return answer
                }
                let archived = FieldChange.value("is_archived", from: "\(row.isArchived)", to: "\(skill.isArchived)")
                _ = try await tx.query(
                    """
                    WITH changed AS (
                        UPDATE identity.skill
                        SET name = \(skill.name), name_key = \(Self.key(of: skill.name)),
                            description = \(skill.description), is_archived = \(skill.isArchived),
                            version = version + 1, updated_at = \(context.now)
                        WHERE workspace_id = \(context.workspace) AND id = \(id)
                        RETURNING id, version
                    ),
                    \(context.activity(.skill, verb: .updated, from: "changed", changes: [archived])),
                    \(context.keep(answer, from: "changed"))
                    SELECT count(*) FROM changed, kept
                    """)
                return answer
            }
        }
    }

    /// Deletes a skill that nobody has; its row stays for the records that name it.
    ///
    /// - Throws: ``Problem`` 404, 409 or 412; ``PostgresError``.
    func delete(
        _ id: ID<Skill>, expecting version: Int64?, answer: StoredAnswer, _ context: WriteContext
    ) async throws {
        try await database.transaction(in: context.scope) { tx in
            _ = try await lock(id, expecting: version, tx, context)
            let result = try await tx.query(
                """
                WITH changed AS (
                    UPDATE identity.skill
                    SET deleted_at = \(context.now), version = version + 1, updated_at = \(context.now)
                    WHERE workspace_id = \(context.workspace) AND id = \(id) AND NOT EXISTS (
                        SELECT FROM identity.user_skill
                        WHERE workspace_id = \(context.workspace) AND skill_id = \(id))
                    RETURNING id, version
                ),
                \(context.activity(.skill, verb: .deleted, from: "changed")),
                \(context.keep(answer, from: "changed"))
                SELECT (SELECT count(*) FROM changed) AS gone, (SELECT count(*) FROM kept) AS kept
                """)
            guard try result.value("gone", as: Int64.self) == 1 else {
                throw Problem(.skillInUse, "Somebody has this skill: archive it instead, or take it from everybody.")
            }
        }
    }

    /// Runs a write, and names the field whose value another skill has.
    private func namingTaken<Value: Sendable>(_ write: () async throws -> Value) async throws -> Value {
        do {
            return try await write()
        } catch let error as PostgresError where error.constraint == "uq_skill_name" {
            throw Problem(
                .conflict, "Another skill of this workspace has this name.",
                errors: [FieldError("/name", .taken, "belongs to another skill")])
        }
    }

    private func lock(
        _ id: ID<Skill>, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> SkillRow {
        let row = try await tx.first(
            """
            SELECT \(columns: SkillRow.self)
            FROM identity.skill
            WHERE workspace_id = \(context.workspace) AND id = \(id) AND deleted_at IS NULL
            FOR NO KEY UPDATE
            """, as: SkillRow.self)
        guard let row else { throw Problem.notFound("skill") }
        if let version, version != row.version { throw Problem.versionMismatch(current: row.version) }
        return row
    }
}

/// A skill as the table holds it.
struct SkillRow: PostgresRow {
    static let columns = ["id", "name", "description", "is_archived", "version", "created_at", "updated_at"]

    let id: ID<Skill>
    let name: String
    let description: String?
    let isArchived: Bool
    let version: Int64
    let createdAt: Timestamp
    let updatedAt: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        name = try row.decode("name")
        description = try row.decode("description")
        isArchived = try row.decode("is_archived")
        version = try row.decode("version")
        createdAt = try row.decode("created_at")
        updatedAt = try row.decode("updated_at")
    }

    /// The skill after a patch; as it is, when the patch changes nothing.
    func applying(_ patch: UpdateSkill, at now: Timestamp) -> Skill {
        let newName = patch.name?.value ?? name
        let newDescription = patch.description.isPresent ? patch.description.value?.value : description
        let newState = patch.isArchived ?? isArchived
        let isChanged = newName != name || newDescription != description || newState != isArchived
        return Skill(
            id: id, name: newName, description: newDescription, isArchived: newState,
            version: Int(version) + (isChanged ? 1 : 0), times: (createdAt, isChanged ? now : updatedAt))
    }
}

extension RecordKind {
    /// A skill of the workspace.
    static let skill = RecordKind(rawValue: "skill")
}
