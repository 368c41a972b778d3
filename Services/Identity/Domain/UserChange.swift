import Models

/// A user as rules see them.
struct UserState: Sendable, Equatable {
    var role: Role
    var isActive: Bool

    /// Whether the user holds the workspace open: someone must be able to administer it.
    var isActiveAdministrator: Bool { role == .administrator && isActive }
}

/// What changing a user's role or activity brings about.
struct UserChange: Sendable, Equatable {
    /// Why a change is refused.
    enum Violation: Error, Equatable {
        /// Nobody who may sign in could administer the workspace any more.
        case lastAdministrator
    }

    let before: UserState
    let after: UserState

    /// Decides a change.
    ///
    /// `otherAdministrators` says how many other active administrators there are, counted while the workspace's row is
    /// locked: without the lock two administrators could each be demoted beside the other.
    init(of before: UserState, to after: UserState, otherAdministrators: Int) throws(Violation) {
        if before.isActiveAdministrator, !after.isActiveAdministrator, otherAdministrators == 0 {
            throw .lastAdministrator
        }
        self.before = before
        self.after = after
    }

    /// Whether the user's sessions end: a session carries the rights it was started with (RELIABILITY.md, S-15), and a
    /// user who may not sign in has none.
    var endsSessions: Bool { before.role != after.role || (before.isActive && !after.isActive) }

    /// What the security audit says of it.
    func audit(of user: ID<User>) -> [AuditEvent] {
        var events: [AuditEvent] = []
        if before.role != after.role {
            let detail = ["from": before.role.rawValue, "to": after.role.rawValue]
            events.append(AuditEvent(.roleChanged, user: user, detail: detail))
        }
        if before.isActive != after.isActive {
            events.append(AuditEvent(after.isActive ? .userReactivated : .userDeactivated, user: user))
        }
        return events
    }

    /// Whether a key of the user ends: all do when the user is deactivated, and those that may do more than the new
    /// role.
    func ends(keyWith permissions: Set<Permission>) -> Bool {
        if before.isActive, !after.isActive { return true }
        return before.role != after.role && !permissions.isSubset(of: after.role.permissions)
    }
}
