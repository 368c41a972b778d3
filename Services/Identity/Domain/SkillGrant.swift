import Models

/// How well a person can do something, before and after a change.
struct SkillGrant: Sendable {
    /// Why a change is refused.
    enum Violation: Error, Equatable {
        /// Somebody would raise their own level without the right to.
        case raisesOwn
        /// The person would have more skills than anybody may.
        case tooMany
        /// The skill counts nowhere any more.
        case archived
    }

    /// The most skills that a person has.
    static let limit = 50

    /// The level before; `nil` when the person did not have the skill.
    let before: Int?
    let after: Int
    let isArchived: Bool

    var isChange: Bool { before != after }

    /// Decides whether a level may be set.
    ///
    /// - Parameters:
    ///   - isOwn: Whether the person sets their own.
    ///   - permissions: Those of whoever sets it: one's own level is raised by those who administer users alone.
    ///   - others: How many other skills the person has.
    /// - Throws: ``Violation``.
    func check(isOwn: Bool, permissions: Set<Permission>, others: Int) throws(Violation) {
        guard isChange else { return }
        if isArchived { throw .archived }
        if isOwn, after > before ?? 0, !permissions.contains(.usersAdminister) { throw .raisesOwn }
        if before == nil, others >= Self.limit { throw .tooMany }
    }
}
