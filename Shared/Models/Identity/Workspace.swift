/// A company's own part of the suite: nothing in one workspace is seen from another.
package struct Workspace: Codable, Sendable {
    /// The workspace's id.
    package let id: ID<Workspace>
    /// The short name that people sign in with.
    package let slug: String
    /// The name that people read.
    package let name: String
    /// The IANA time zone that decides the workspace's days.
    package let timeZone: String
    /// Whether everybody needs a second factor: without one a session may do nothing but set it up.
    package let requiresSecondFactor: Bool
    /// Counts changes; the `ETag`.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp

    /// Takes a workspace as it is.
    package init(
        id: ID<Workspace>, slug: String, name: String, timeZone: String, requiresSecondFactor: Bool = false,
        version: Int, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.slug = slug
        self.name = name
        self.timeZone = timeZone
        self.requiresSecondFactor = requiresSecondFactor
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Makes a workspace with its first administrator.
package struct CreateWorkspace: Codable, Sendable {
    /// The short name, unique in the installation.
    package let slug: Text<Slug>
    /// The name that people read.
    package let name: Text<Label>
    /// The time zone; UTC when absent.
    package let timeZone: Text<TimeZoneName>?
    /// Who may do everything in it.
    package let administrator: CreateAdministrator

    /// Describes a workspace to be made.
    package init(
        slug: Text<Slug>, name: Text<Label>, timeZone: Text<TimeZoneName>?, administrator: CreateAdministrator
    ) {
        self.slug = slug
        self.name = name
        self.timeZone = timeZone
        self.administrator = administrator
    }
}

/// The first person of a workspace.
package struct CreateAdministrator: Codable, Sendable {
    /// The mail address to sign in with.
    package let email: Text<MailAddress>
    /// The name that people read.
    package let name: Text<Label>
    /// The password to sign in with.
    package let password: Text<NewPassword>

    /// Describes an administrator to be made.
    package init(email: Text<MailAddress>, name: Text<Label>, password: Text<NewPassword>) {
        self.email = email
        self.name = name
        self.password = password
    }
}

/// A workspace as it was made, with its administrator.
package struct CreatedWorkspace: Codable, Sendable {
    /// The workspace.
    package let workspace: Workspace
    /// Its first administrator.
    package let administrator: User

    /// Joins the two.
    package init(workspace: Workspace, administrator: User) {
        self.workspace = workspace
        self.administrator = administrator
    }
}

/// Changes a workspace's settings.
package struct UpdateWorkspace: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// The IANA time zone.
    package let timeZone: Text<TimeZoneName>?
    /// Whether everybody needs a second factor.
    package let requiresSecondFactor: Bool?
}

/// The operations on workspaces.
package enum Workspaces {
    package static let create = Endpoint<NoPath, NoQuery, CreateWorkspace, CreatedWorkspace>(
        .post, "/v1/workspaces", "workspaces.create", .needs(.workspacesCreate),
        "Makes a workspace with its first administrator; its short name is what makes it happen once.", success: 201,
        problems: [.conflict], answer: KeptAnswer.none)
    package static let show = Endpoint<NoPath, NoQuery, NoBody, Workspace>(
        .get, "/v1/workspaces/current", "workspaces.show", .needs(.workspaceRead), "The caller's workspace.")
    package static let update = Endpoint<NoPath, NoQuery, UpdateWorkspace, Workspace>(
        .patch, "/v1/workspaces/current", "workspaces.update", .needs(.workspaceAdminister),
        "Changes the workspace's name, time zone or policy.", problems: [.versionMismatch])
}
