/// A person of the workspace with the name that records copy.
package struct NamedUser: Codable, Hashable, Sendable {
    /// The person's id.
    package let id: ID<User>
    /// The person's name.
    package let name: String

    /// Names a person.
    package init(id: ID<User>, name: String) {
        self.id = id
        self.name = name
    }
}

/// A team of the workspace with the name that records copy.
package struct NamedTeam: Codable, Hashable, Sendable {
    /// The team's id.
    package let id: ID<Team>
    /// The team's name.
    package let name: String

    /// Names a team.
    package init(id: ID<Team>, name: String) {
        self.id = id
        self.name = name
    }
}
