import Models

/// What an API key may do.
enum KeyGrant {
    /// Why a key is not made.
    enum Violation: Error, Equatable {
        /// Permissions that whoever asks for the key, or whose key it will be, does not have.
        case exceeds([Permission])
        /// The key would be over when it is made.
        case endsInThePast
    }

    /// Decides what a new key may do: nothing that its maker may not, and nothing that its user's role may not.
    ///
    /// `maker` holds the permissions of whoever asks; `nil` for the operator, who makes keys in the name of a user.
    static func decide(
        asked: [Permission], maker: Set<Permission>?, role: Role, expiresAt: Timestamp?, now: Timestamp
    ) throws(Violation) -> [Permission] {
        let allowed = maker.map(role.permissions.intersection) ?? role.permissions
        let excess = asked.filter { !allowed.contains($0) }
        guard excess.isEmpty else { throw .exceeds(excess) }
        if let expiresAt, expiresAt <= now { throw .endsInThePast }
        return Permission.all.filter(asked.contains)
    }

    /// What a key may do now, whatever its user's role was when it was made.
    static func inForce(_ permissions: [Permission], role: Role) -> Set<Permission> {
        role.permissions.intersection(permissions)
    }
}
