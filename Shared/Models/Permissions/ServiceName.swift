/// The processes of the suite (an architecture's "service").
package enum ServiceName: String, WireWord {
    case gateway
    case identity
    case customers
    case tickets
    case tasks
    /// The operator's command, which calls services as their client.
    case casebook

    /// What the process may do when it calls others for itself, with its own token: the calls of the call graph file.
    package var permissions: Set<Permission> {
        switch self {
        case .casebook:
            [.workspacesCreate, .installationAdminister, .auditRead, .workspaceRead, .usersAdminister, .keysAdminister]
        case .gateway, .identity, .customers, .tickets, .tasks: []
        }
    }

    /// Whether whoever likes may reach the process's port; the others are reached from inside only.
    package var facesPublic: Bool { self == .gateway }

    /// The TCP port that the process listens on when configuration names none; `nil` when it does not listen.
    package var standardPort: Int? {
        switch self {
        case .gateway: 8_080
        case .identity: 8_101
        case .customers: 8_102
        case .tickets: 8_103
        case .tasks: 8_104
        case .casebook: nil
        }
    }
}
