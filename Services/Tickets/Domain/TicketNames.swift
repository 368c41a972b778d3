import Models

/// What a request names that must be there: looked up before anything is decided.
struct WantedNames: Sendable {
    /// Whose the ticket will be.
    private(set) var owner: OwnerCard?
    /// Whether an owner is named that is none or several of the four: told together with what is not there.
    private(set) var hasWrongOwner = false
    /// Who is to resolve it.
    let assignee: ID<User>?
    /// Whose queue it goes to.
    let team: ID<Team>?
    /// Its category.
    let category: String?

    /// Reads what a request names.
    init(
        owner choice: OwnerChoice? = nil, assignee: ID<User>? = nil, team: ID<Team>? = nil, category: String? = nil
    ) {
        self.assignee = assignee
        self.team = team
        self.category = category
        guard let choice else { return }
        owner = try? OwnerCard(choice)
        hasWrongOwner = owner == nil
    }

    /// The category, when it must be one of the workspace's own.
    var ownCategory: String? {
        category.flatMap { BuiltInCategory(rawValue: $0) == nil ? $0 : nil }
    }

    /// Puts what was found in the place of what was named.
    ///
    /// - Throws: ``TicketRefusals`` with everything that is not there, and with an owner that is not exactly one.
    func resolved(by found: FoundNames) throws(TicketRefusals) -> ResolvedNames {
        var names = ResolvedNames()
        var violations: [TicketRuleViolation] = hasWrongOwner ? [.ownerIsNotOne] : []
        do throws(TicketRuleViolation) {
            names.owner = try owner?.labelled(found.ownerLabel)
        } catch {
            violations.append(error)
        }
        if ownCategory != nil, !found.hasCategory { violations.append(.unknownCategory) }
        names.assignee = zip(assignee, found.assigneeName).map { NamedUser(id: $0, name: $1) }
        if assignee != nil, names.assignee == nil { violations.append(.unknownAssignee) }
        names.team = zip(team, found.teamName).map { NamedTeam(id: $0, name: $1) }
        if team != nil, names.team == nil { violations.append(.unknownTeam) }
        guard violations.isEmpty else { throw TicketRefusals(violations: violations) }
        return names
    }

    /// Both or none.
    private func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
        guard let a, let b else { return nil }
        return (a, b)
    }
}

/// What was found of it; `nil` for what is not there, or is there no more.
struct FoundNames: Sendable {
    var ownerLabel: String?
    var assigneeName: String?
    var teamName: String?
    var hasCategory = false
}

/// What a ticket copies.
struct ResolvedNames: Sendable {
    var owner: TicketOwner?
    var assignee: NamedUser?
    var team: NamedTeam?
}

/// Several rules refuse a request, each for a member of its own.
struct TicketRefusals: Error, Equatable {
    let violations: [TicketRuleViolation]
}
