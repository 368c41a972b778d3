/// Whose a ticket is, as a request says it: exactly one of the four members.
package struct OwnerChoice: Codable, Sendable {
    /// A person among the customers.
    package let individualID: ID<Individual>?
    /// A company among the customers.
    package let organizationID: ID<Organization>?
    /// How another system calls the owner.
    package let externalReference: Text<Label>?
    /// Who the owner is, in words.
    package let memo: Text<ShortText>?

    /// Names one of the four.
    package init(
        individualID: ID<Individual>? = nil, organizationID: ID<Organization>? = nil,
        externalReference: Text<Label>? = nil, memo: Text<ShortText>? = nil
    ) {
        self.individualID = individualID
        self.organizationID = organizationID
        self.externalReference = externalReference
        self.memo = memo
    }
}

/// Opens a ticket.
package struct CreateTicket: Codable, Sendable {
    /// Whose it is.
    package let owner: OwnerChoice
    /// The issue.
    package let description: Text<IssueDescription>
    /// The word of its category; `inquiry` when it is not given.
    package let category: Text<SnakeCaseWord>?
    /// How urgent it is; `medium` when it is not given.
    package let priority: Priority?
    /// Who is to resolve it.
    package let assigneeID: ID<User>?
    /// The team whose queue it goes to.
    package let teamID: ID<Team>?
    /// The equipment's brand.
    package let brand: Text<Label>?
    /// The equipment's serial number.
    package let serialNumber: Text<Label>?

    /// Describes a ticket to be opened.
    package init(
        owner: OwnerChoice, description: Text<IssueDescription>, priority: Priority? = nil,
        category: Text<SnakeCaseWord>? = nil
    ) {
        self.owner = owner
        self.description = description
        self.category = category
        self.priority = priority
        assigneeID = nil
        teamID = nil
        brand = nil
        serialNumber = nil
    }
}

/// Changes what a ticket says; its status and its queue have operations of their own.
package struct UpdateTicket: MergePatch {
    /// Whose it is; a memo or an external owner is replaced by a customer this way, and history stays.
    package let owner: OwnerChoice?
    /// The issue.
    package let description: Text<IssueDescription>?
    /// The word of its category.
    package let category: Text<SnakeCaseWord>?
    /// How urgent it is.
    package let priority: Priority?
    /// The equipment's brand.
    package let brand: Patch<Text<Label>>
    /// The equipment's serial number.
    package let serialNumber: Patch<Text<Label>>

    /// Changes what a ticket is and how urgent it is, and nothing else.
    package init(_ classification: ClassifyTicket) {
        owner = nil
        description = nil
        category = classification.category
        priority = classification.priority
        brand = .absent
        serialNumber = .absent
    }
}

/// Gives a ticket to a person, to a team, or to both; what is absent stays, `null` takes it away.
package struct AssignTicket: MergePatch {
    /// Who is to resolve it.
    package let assigneeID: Patch<ID<User>>
    /// The team whose queue it goes to.
    package let teamID: Patch<ID<Team>>

    /// Names whom it is given to.
    package init(assigneeID: Patch<ID<User>> = .absent, teamID: Patch<ID<Team>> = .absent) {
        self.assigneeID = assigneeID
        self.teamID = teamID
    }
}

/// Brings a ticket to a status.
package struct MoveTicket: Codable, Sendable {
    /// The status that it comes to.
    package let status: TicketStatus
    /// What it waits for; only in progress.
    package let waitReason: WaitReason?
    /// Until when it waits, in the future; only with a reason to wait.
    package let waitUntil: Timestamp?
    /// Why; required to reopen a ticket or to force its end, and kept as an internal note.
    package let reason: Text<ShortText>?
    /// Whether it ends although required tasks are open; only to complete or close a ticket, and with a reason.
    package let force: Bool?

    /// Names the status.
    package init(
        status: TicketStatus, waitReason: WaitReason? = nil, waitUntil: Timestamp? = nil,
        reason: Text<ShortText>? = nil, force: Bool? = nil
    ) {
        self.status = status
        self.waitReason = waitReason
        self.waitUntil = waitUntil
        self.reason = reason
        self.force = force
    }
}
