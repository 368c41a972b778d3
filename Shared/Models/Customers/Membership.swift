/// An organization that a person belongs to.
package struct Membership: Codable, Sendable {
    /// The organization.
    package let organization: OrganizationSummary
    /// What the person is there: "Head of IT".
    package let role: String?
    /// When the person became a member.
    package let joinedAt: Timestamp
}

/// An organization by name.
package struct OrganizationSummary: Codable, Sendable {
    /// The organization's id.
    package let id: ID<Organization>
    /// The name that people read.
    package let name: String
}

/// A person of an organization.
package struct OrganizationMember: Codable, Sendable {
    /// The person's id.
    package let id: ID<Individual>
    /// The name that people read.
    package let name: String
    /// What the person is there: "Head of IT".
    package let role: String?
    /// When the person became a member.
    package let joinedAt: Timestamp
}

/// Makes a person a member, or says what a member is.
package struct PutMember: Codable, Sendable {
    /// What the person is in the organization; nothing takes the role away.
    package let role: Text<Label>?

    /// Takes the role.
    package init(role: Text<Label>? = nil) {
        self.role = role
    }
}

/// An organization and a person.
package struct OrganizationMemberPath: Codable, Sendable {
    /// The organization's id.
    package let id: ID<Organization>
    /// The person's id.
    package let individualID: ID<Individual>

    /// Names the two.
    package init(id: ID<Organization>, individualID: ID<Individual>) {
        self.id = id
        self.individualID = individualID
    }
}
