/// One case of a customer, from the first message to the end.
///
/// A value: what is decided about a ticket changes a copy, and the store writes it.
package struct Ticket: Codable, Sendable {
    /// The ticket's id.
    package let id: ID<Ticket>
    /// The number that people read: YYMMDD in the workspace's time zone and the day's count; never changes.
    package let caseNumber: String
    /// The first line of the description, at most 140 characters.
    package var title: String
    /// The issue in full.
    package var description: String
    /// The word of its category.
    package var category: String
    /// How urgent it is.
    package var priority: Priority
    /// Where it stands.
    package var status: TicketStatus
    /// What it waits for; only in progress.
    package var waitReason: WaitReason?
    /// Until when it waits.
    package var waitUntil: Timestamp?
    /// Whose ticket it is.
    package var owner: TicketOwner
    /// The person who resolves it.
    package var assignee: NamedUser?
    /// The team whose queue it is in.
    package var team: NamedTeam?
    /// The equipment's brand.
    package var brand: String?
    /// The equipment's serial number.
    package var serialNumber: String?
    /// How often it was reopened.
    package var reopenCount: Int
    /// Counts changes; the `ETag` together with a revision of the copied names.
    package var version: Int
    /// When it was opened.
    package let createdAt: Timestamp
    /// When it was changed last.
    package var updatedAt: Timestamp
    /// When it came to its status.
    package var statusChangedAt: Timestamp
    /// When work on it began first.
    package var startedAt: Timestamp?
    /// When it was completed last; empty while it is not.
    package var completedAt: Timestamp?
    /// When it was closed; empty while it is not.
    package var closedAt: Timestamp?

    /// Takes a ticket as it is.
    package init(
        id: ID<Ticket>, caseNumber: String, title: String, description: String, category: String,
        priority: Priority, status: TicketStatus, waitReason: WaitReason?, waitUntil: Timestamp?, owner: TicketOwner,
        assignee: NamedUser?, team: NamedTeam?, brand: String?, serialNumber: String?, reopenCount: Int,
        version: Int, createdAt: Timestamp, updatedAt: Timestamp, statusChangedAt: Timestamp, startedAt: Timestamp?,
        completedAt: Timestamp?, closedAt: Timestamp?
    ) {
        self.id = id
        self.caseNumber = caseNumber
        self.title = title
        self.description = description
        self.category = category
        self.priority = priority
        self.status = status
        self.waitReason = waitReason
        self.waitUntil = waitUntil
        self.owner = owner
        self.assignee = assignee
        self.team = team
        self.brand = brand
        self.serialNumber = serialNumber
        self.reopenCount = reopenCount
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.statusChangedAt = statusChangedAt
        self.startedAt = startedAt
        self.completedAt = completedAt
        self.closedAt = closedAt
    }
}

/// The Owner Card: exactly one of four, with the label that people read.
package struct TicketOwner: Codable, Hashable, Sendable {
    /// Which of the four.
    package let kind: TicketOwnerKind
    /// The person, for a ticket of an individual.
    package let individualID: ID<Individual>?
    /// The company, for a ticket of an organization.
    package let organizationID: ID<Organization>?
    /// How another system calls the owner.
    package let externalReference: String?
    /// Who the owner is, in words.
    package let memo: String?
    /// The owner's name, or the reference or memo itself.
    package let label: String

    /// Names a person.
    package static func individual(_ id: ID<Individual>, label: String) -> TicketOwner {
        TicketOwner(.individual, label: label, individualID: id)
    }

    /// Names a company.
    package static func organization(_ id: ID<Organization>, label: String) -> TicketOwner {
        TicketOwner(.organization, label: label, organizationID: id)
    }

    /// Names an owner that another system knows.
    package static func external(_ reference: String) -> TicketOwner {
        TicketOwner(.external, label: reference, externalReference: reference)
    }

    /// Describes an owner that no system knows yet.
    package static func memo(_ memo: String) -> TicketOwner {
        TicketOwner(.memo, label: memo, memo: memo)
    }

    private init(
        _ kind: TicketOwnerKind, label: String, individualID: ID<Individual>? = nil,
        organizationID: ID<Organization>? = nil, externalReference: String? = nil, memo: String? = nil
    ) {
        self.kind = kind
        self.label = label
        self.individualID = individualID
        self.organizationID = organizationID
        self.externalReference = externalReference
        self.memo = memo
    }
}
