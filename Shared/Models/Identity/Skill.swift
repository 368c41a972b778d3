/// Something that people of a workspace can be good at: a language, a product, a kind of work.
package struct Skill: Codable, Sendable {
    /// The skill's id.
    package let id: ID<Skill>
    /// The name that people read, unique in the workspace without regard to case.
    package let name: String
    /// What whoever has the skill can do.
    package let description: String?
    /// Whether it counts nowhere any more; those who have it keep it.
    package let isArchived: Bool
    /// Counts changes; the `ETag`.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp

    /// Takes a skill as it is.
    package init(
        id: ID<Skill>, name: String, description: String?, isArchived: Bool = false, version: Int = 1,
        times: (created: Timestamp, updated: Timestamp)
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.isArchived = isArchived
        self.version = version
        createdAt = times.created
        updatedAt = times.updated
    }
}

/// Makes a skill.
package struct CreateSkill: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
    /// What whoever has the skill can do.
    package let description: Text<SkillDescription>?
}

/// Changes a skill, archives it or brings it back.
package struct UpdateSkill: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// What whoever has the skill can do.
    package let description: Patch<Text<SkillDescription>>
    /// Whether it counts nowhere any more.
    package let isArchived: Bool?
}

/// What a skill is, in one or two sentences.
package enum SkillDescription: TextRule {
    /// The least and the most characters.
    package static let length = 1...500
    /// The sentence for the reference.
    package static let summary = "A description on one line, 1 to 500 characters."

    /// Without the white space at both ends.
    package static func normalise(_ text: String) -> String { text.trimmed }

    /// Refuses control characters.
    package static func problem(in text: String) -> String? { Label.problem(in: text) }
}

/// How well a person can do something: 1 learning, 2 with help, 3 alone, 4 well, 5 expert.
package struct SkillLevel: BoundedInteger {
    /// What the number may be.
    package static let range = 1...5
    /// The number.
    package let value: Int

    /// Takes a level that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// Which skills a list shows.
package struct SkillListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only those that count, or only those that do not.
    package let isArchived: Bool?
}

/// Says how well a person can do something.
package struct SetSkill: Codable, Sendable {
    /// The level, from 1 (learning) to 5 (expert).
    package let level: SkillLevel
}

/// A skill of a person.
package struct UserSkill: Codable, Sendable {
    /// The skill's id.
    package let skillID: ID<Skill>
    /// The skill's name.
    package let name: String
    /// Whether the skill counts nowhere any more.
    package let isArchived: Bool
    /// The level, from 1 (learning) to 5 (expert).
    package let level: Int
    /// When the level was set.
    package let setAt: Timestamp
}

/// A person and a skill.
package struct UserSkillPath: Codable, Sendable {
    /// The person's id.
    package let id: ID<User>
    /// The skill's id.
    package let skillID: ID<Skill>
}

extension Problem.Code {
    /// A skill that somebody has is archived, not deleted.
    package static let skillInUse = Problem.Code("skill_in_use", 409, "Somebody has this skill")
}

/// The operations on skills and on who has them.
package enum Skills {
    package static let list = Endpoint<NoPath, SkillListQuery, NoBody, Page<Skill>>(
        .get, "/v1/workspaces/current/skills", "skills.list", .needs(.workspaceRead),
        "The workspace's skills, by name.", problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<Skill>, NoQuery, NoBody, Skill>(
        .get, "/v1/workspaces/current/skills/{id}", "skills.show", .needs(.workspaceRead), "One skill.")
    package static let create = Endpoint<NoPath, NoQuery, CreateSkill, Skill>(
        .post, "/v1/workspaces/current/skills", "skills.create", .needs(.teamsWrite), "Makes a skill.", success: 201,
        problems: [.conflict])
    package static let update = Endpoint<IDPath<Skill>, NoQuery, UpdateSkill, Skill>(
        .patch, "/v1/workspaces/current/skills/{id}", "skills.update", .needs(.teamsWrite),
        "Changes a skill, archives it or brings it back.", problems: [.conflict, .versionMismatch])
    package static let delete = Endpoint<IDPath<Skill>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/workspaces/current/skills/{id}", "skills.delete", .needs(.teamsWrite),
        "Deletes a skill that nobody has.", success: 204, problems: [.skillInUse, .versionMismatch])
    package static let ofUser = Endpoint<IDPath<User>, PageQuery, NoBody, Page<UserSkill>>(
        .get, "/v1/users/{id}/skills", "skills.of_user", .needs(.workspaceRead),
        "A person's skills, oldest skill first.", problems: [.invalidCursor])
    package static let set = Endpoint<UserSkillPath, NoQuery, SetSkill, NoContent>(
        .put, "/v1/users/{id}/skills/{skill_id}", "skills.set", .needs(.teamsWrite),
        "Says how well a person can do something; the person's version counts it.", success: 204,
        problems: [.conflict, .versionMismatch])
    package static let remove = Endpoint<UserSkillPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/users/{id}/skills/{skill_id}", "skills.remove", .needs(.teamsWrite),
        "Takes a skill from a person; the person's version counts it.", success: 204, problems: [.versionMismatch])
}
