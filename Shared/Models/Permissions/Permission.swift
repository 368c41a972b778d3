/// One thing that a caller may be allowed to do: `<noun>:<verb>`.
package struct Permission: Hashable, Sendable, RawRepresentable {
    /// The permission as tokens, keys and problem answers name it.
    package let rawValue: String

    /// Takes a permission by its name, known or not.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Read and change one's own profile, sessions and notification choices.
    package static let profileManage = Permission(rawValue: "profile:manage")
    /// Read the workspace's name and settings, its roles, people and teams.
    package static let workspaceRead = Permission(rawValue: "workspace:read")
    /// Change the workspace's settings.
    package static let workspaceAdminister = Permission(rawValue: "workspace:administer")
    /// Make a workspace; held by the operator's command alone.
    package static let workspacesCreate = Permission(rawValue: "workspaces:create")
    /// Look after the installation, such as the keys that sign tokens; held by the operator's command alone.
    package static let installationAdminister = Permission(rawValue: "installation:administer")
    /// Read the security audit and check that nobody changed it.
    package static let auditRead = Permission(rawValue: "audit:read")
    /// Make users, change their roles, deactivate them, reset their passwords.
    package static let usersAdminister = Permission(rawValue: "users:administer")
    /// Make and change teams and their members.
    package static let teamsWrite = Permission(rawValue: "teams:write")
    /// Make, list and revoke API keys.
    package static let keysAdminister = Permission(rawValue: "keys:administer")

    /// Read individuals and organizations.
    package static let customersRead = Permission(rawValue: "customers:read")
    /// Make and change individuals and organizations.
    package static let customersWrite = Permission(rawValue: "customers:write")
    /// Read tickets, their notes and their history.
    package static let ticketsRead = Permission(rawValue: "tickets:read")
    /// Open, change, claim and hand on tickets, and write notes.
    package static let ticketsWrite = Permission(rawValue: "tickets:write")
    /// Take a ticket from the person who has it, and give it to anyone.
    package static let ticketsAssign = Permission(rawValue: "tickets:assign")
    /// Reopen a closed ticket after the workspace's reopen window.
    package static let ticketsReopen = Permission(rawValue: "tickets:reopen")
    /// Change the workspace's categories of tickets and the settings of tickets.
    package static let ticketsAdminister = Permission(rawValue: "tickets:administer")

    /// Read tasks, projects and what belongs to them.
    package static let tasksRead = Permission(rawValue: "tasks:read")
    /// Make, change, claim and hand on tasks, comment on them and track time.
    package static let tasksWrite = Permission(rawValue: "tasks:write")
    /// Take a task from the person who has it, and give it to anyone.
    package static let tasksAssign = Permission(rawValue: "tasks:assign")
    /// Change the workspace's kinds of tasks, its projects, series and templates.
    package static let tasksAdminister = Permission(rawValue: "tasks:administer")

    /// Every permission, in the order of the reference; a test compares it with what endpoints ask for.
    package static let all: [Permission] = [
        .profileManage, .workspaceRead, .workspaceAdminister, .workspacesCreate, .installationAdminister, .auditRead,
        .usersAdminister, .teamsWrite, .keysAdminister, .customersRead, .customersWrite, .ticketsRead, .ticketsWrite,
        .ticketsAssign, .ticketsReopen, .ticketsAdminister, .tasksRead, .tasksWrite, .tasksAssign, .tasksAdminister,
    ]
}

extension Permission: SchemaDescribed {
    /// One of the permissions known today.
    package static var schema: Schema { .word(all.map(\.rawValue), isOpen: false) }
    /// The first permission.
    package static var sample: Permission { .profileManage }

    /// Reads the permission from a JSON string.
    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the permission as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
