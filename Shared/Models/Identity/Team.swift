/// A group of people that work is given to: a team or a department.
package struct Team: Codable, Sendable {
    /// The team's id.
    package let id: ID<Team>
    /// The name that people read, unique in the workspace.
    package let name: String
    /// How many people are members.
    package let memberCount: Int
    /// Counts changes; the `ETag`.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp

    /// Takes a team as it is.
    package init(
        id: ID<Team>, name: String, memberCount: Int, version: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.memberCount = memberCount
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A team by name.
package struct TeamSummary: Codable, Sendable {
    /// The team's id.
    package let id: ID<Team>
    /// The name that people read.
    package let name: String
}

/// Makes a team.
package struct CreateTeam: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
}

/// Changes a team.
package struct UpdateTeam: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
}

/// A person in a team.
package struct TeamMember: Codable, Sendable {
    /// The person's id.
    package let id: ID<User>
    /// The person's name.
    package let name: String
    /// When the person joined the team.
    package let joinedAt: Timestamp
}

/// A team and a person.
package struct TeamMemberPath: Codable, Sendable {
    /// The team's id.
    package let id: ID<Team>
    /// The person's id.
    package let userID: ID<User>

    /// Names the two.
    package init(id: ID<Team>, userID: ID<User>) {
        self.id = id
        self.userID = userID
    }
}

/// The operations on teams.
package enum Teams {
    package static let list = Endpoint<NoPath, PageQuery, NoBody, Page<Team>>(
        .get, "/v1/teams", "teams.list", .needs(.workspaceRead), "The workspace's teams, by name.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<Team>, NoQuery, NoBody, Team>(
        .get, "/v1/teams/{id}", "teams.show", .needs(.workspaceRead), "One team.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTeam, Team>(
        .post, "/v1/teams", "teams.create", .needs(.teamsWrite), "Makes a team.", success: 201,
        problems: [.conflict])
    package static let update = Endpoint<IDPath<Team>, NoQuery, UpdateTeam, Team>(
        .patch, "/v1/teams/{id}", "teams.update", .needs(.teamsWrite), "Changes a team's name.",
        problems: [.conflict, .versionMismatch])
    package static let delete = Endpoint<IDPath<Team>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/teams/{id}", "teams.delete", .needs(.teamsWrite), "Dissolves a team.", success: 204,
        problems: [.versionMismatch])
    package static let members = Endpoint<IDPath<Team>, PageQuery, NoBody, Page<TeamMember>>(
        .get, "/v1/teams/{id}/members", "teams.members", .needs(.workspaceRead), "A team's members, oldest first.",
        problems: [.invalidCursor])
    package static let addMember = Endpoint<TeamMemberPath, NoQuery, NoBody, NoContent>(
        .put, "/v1/teams/{id}/members/{user_id}", "teams.add_member", .needs(.teamsWrite),
        "Makes a person a member; nothing changes when they are one.", success: 204)
    package static let removeMember = Endpoint<TeamMemberPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/teams/{id}/members/{user_id}", "teams.remove_member", .needs(.teamsWrite),
        "Ends a membership.", success: 204)
}
