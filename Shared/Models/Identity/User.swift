/// A person who works in one workspace.
package struct User: Codable, Sendable {
    /// The person's id.
    package let id: ID<User>
    /// The mail address to sign in with, unique in the workspace without regard to case.
    package let email: String
    /// The name that people read.
    package let name: String
    /// What the person is in the workspace.
    package let role: Role
    /// Whether the person may sign in.
    package let isActive: Bool
    /// Counts changes; the `ETag`.
    package let version: Int
    /// When the person was added.
    package let createdAt: Timestamp
    /// When the record was changed last.
    package let updatedAt: Timestamp

    /// Takes a person as they are.
    package init(
        id: ID<User>, email: String, name: String, role: Role, isActive: Bool, version: Int, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.role = role
        self.isActive = isActive
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// The caller, as they read who they are.
///
/// It shows the workspace and the teams too, so it has no version of its own.
package struct Me: Codable, Sendable {
    /// The person's id.
    package let id: ID<User>
    /// The mail address to sign in with.
    package let email: String
    /// The name that people read.
    package let name: String
    /// What the person is in the workspace.
    package let role: Role
    /// Whether the person may sign in.
    package let isActive: Bool
    /// When the person was added.
    package let createdAt: Timestamp
    /// When the record was changed last.
    package let updatedAt: Timestamp
    /// The workspace that the person belongs to.
    package let workspace: WorkspaceSummary
    /// The teams that the person is a member of, by name.
    package let teams: [TeamSummary]
}

/// A workspace by name.
package struct WorkspaceSummary: Codable, Sendable {
    /// The workspace's id.
    package let id: ID<Workspace>
    /// The short name that people sign in with.
    package let slug: String
    /// The name that people read.
    package let name: String
    /// The IANA time zone.
    package let timeZone: String
}

/// Adds a person to the workspace.
package struct CreateUser: Codable, Sendable {
    /// The mail address to sign in with.
    package let email: Text<MailAddress>
    /// The name that people read.
    package let name: Text<Label>
    /// What the person will be.
    package let role: Role
    /// The first password.
    package let password: Text<NewPassword>

    /// Describes a person to be added.
    package init(email: Text<MailAddress>, name: Text<Label>, role: Role, password: Text<NewPassword>) {
        self.email = email
        self.name = name
        self.role = role
        self.password = password
    }
}

/// Changes a person's record; an administrator's work.
package struct UpdateUser: MergePatch {
    /// The mail address to sign in with.
    package let email: Text<MailAddress>?
    /// The name that people read.
    package let name: Text<Label>?
    /// What the person is.
    package let role: Role?
    /// Whether the person may sign in; `false` ends their sessions and keys.
    package let isActive: Bool?
}

/// Sets one's own password.
package struct ChangePassword: Codable, Sendable {
    /// The password until now.
    package let currentPassword: Text<Secret>
    /// The password from now on.
    package let newPassword: Text<NewPassword>
}

/// Sets another person's password; an administrator's work.
package struct ResetPassword: Codable, Sendable {
    /// The password from now on.
    package let newPassword: Text<NewPassword>

    /// Takes the new password.
    package init(newPassword: Text<NewPassword>) {
        self.newPassword = newPassword
    }
}

/// What a person is told about by mail.
package struct NotificationChoices: Codable, Sendable {
    /// A mail when someone else assigns work to the person; off until chosen.
    package let assignmentMail: Bool
    /// Counts changes; the `ETag`.
    package let version: Int

    /// Takes the choices as they are.
    package init(assignmentMail: Bool, version: Int) {
        self.assignmentMail = assignmentMail
        self.version = version
    }
}

/// Changes what a person is told about.
package struct UpdateNotificationChoices: MergePatch {
    /// A mail when someone else assigns work to the person.
    package let assignmentMail: Bool?
}

/// Which people a list shows.
package struct UserListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only people with this role.
    package let role: Role?
    /// Only people who may sign in, or who may not.
    package let isActive: Bool?
    /// Only the person with this mail address.
    package let email: Text<MailAddress>?
    /// Only people who have this skill.
    package let skillID: ID<Skill>?
    /// Only people who have the skill at this level or a higher one; together with `skill_id`.
    package let minLevel: SkillLevel?

    /// Asks for a page of people.
    package init(
        limit: PageLimit? = nil, cursor: Text<CursorText>? = nil, role: Role? = nil, isActive: Bool? = nil,
        email: Text<MailAddress>? = nil
    ) {
        self.limit = limit
        self.cursor = cursor
        self.role = role
        self.isActive = isActive
        self.email = email
        skillID = nil
        minLevel = nil
    }
}

extension Problem.Code {
    /// The last active administrator of a workspace stays one.
    package static let lastAdministrator = Problem.Code(
        "last_administrator", 409, "The workspace would have no administrator")
}

/// The operations on people.
package enum Users {
    package static let me = Endpoint<NoPath, NoQuery, NoBody, Me>(
        .get, "/v1/users/me", "users.me", .needs(.profileManage), "Who the caller is.")
    package static let list = Endpoint<NoPath, UserListQuery, NoBody, Page<User>>(
        .get, "/v1/users", "users.list", .needs(.workspaceRead), "The workspace's people, oldest first.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<User>, NoQuery, NoBody, User>(
        .get, "/v1/users/{id}", "users.show", .needs(.workspaceRead), "One person.")
    package static let create = Endpoint<NoPath, NoQuery, CreateUser, User>(
        .post, "/v1/users", "users.create", .needs(.usersAdminister), "Adds a person to the workspace.",
        success: 201, problems: [.conflict])
    package static let update = Endpoint<IDPath<User>, NoQuery, UpdateUser, User>(
        .patch, "/v1/users/{id}", "users.update", .needs(.usersAdminister),
        "Changes a person's name, mail address or role, or whether they may sign in.",
        problems: [.conflict, .lastAdministrator, .versionMismatch])
    package static let changePassword = Endpoint<NoPath, NoQuery, ChangePassword, NoContent>(
        .post, "/v1/users/me/password", "users.change_password", .needs(.profileManage),
        "Sets the caller's own password and ends their other sessions.", success: 204)
    package static let resetPassword = Endpoint<IDPath<User>, NoQuery, ResetPassword, NoContent>(
        .post, "/v1/users/{id}/password", "users.reset_password", .needs(.usersAdminister),
        "Sets a person's password and ends all their sessions.", success: 204)
    package static let notifications = Endpoint<NoPath, NoQuery, NoBody, NotificationChoices>(
        .get, "/v1/users/me/notifications", "users.notifications", .needs(.profileManage),
        "What the caller is told about by mail.")
    package static let updateNotifications = Endpoint<
        NoPath, NoQuery, UpdateNotificationChoices, NotificationChoices
    >(
        .patch, "/v1/users/me/notifications", "users.update_notifications", .needs(.profileManage),
        "Changes what the caller is told about by mail.", problems: [.versionMismatch])
}
