/// What a person is in a workspace; it decides their permissions.
package enum Role: String, WireWord {
    case administrator
    case manager
    case agent
    case billing
    case viewer

    /// What the role may do.
    ///
    /// The table of all roles is a checked-in file under test.
    package var permissions: Set<Permission> {
        switch self {
        case .administrator: Set(Permission.all).subtracting([.workspacesCreate, .installationAdminister])
        case .manager:
            Self.readers.union([
                .teamsWrite, .customersWrite, .ticketsWrite, .ticketsAssign, .ticketsReopen, .ticketsAdminister,
                .tasksWrite, .tasksAssign, .tasksAdminister,
            ])
        case .agent: Self.readers.union([.customersWrite, .ticketsWrite, .tasksWrite])
        case .billing, .viewer: Self.readers
        }
    }

    /// What everybody of a workspace may do.
    private static let readers: Set<Permission> = [
        .profileManage, .workspaceRead, .customersRead, .ticketsRead, .tasksRead,
    ]
}

/// The kinds of principal that a token can speak for.
package enum PrincipalKind: String, WireWord {
    /// A person of the workspace, or an API key that one of them made.
    case staff
    /// A customer in the portal.
    case customer
    /// Another process of the suite.
    case service
}
