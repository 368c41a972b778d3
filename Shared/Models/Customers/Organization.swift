/// A company, an association or an office that writes to the company, or that it works for.
package struct Organization: Codable, Sendable {
    /// The organization's id.
    package let id: ID<Organization>
    /// The name that people read.
    package let name: String
    /// The domains of its mail and web sites, in lower case.
    package let domains: [String]
    /// What is remembered of the organization.
    package let note: String?
    /// How the organization can be reached, by kind and in the order of adding.
    package let contacts: [Contact]
    /// Counts changes of the record, of its contacts and of its members; the `ETag`.
    package let version: Int
    /// When the organization was added.
    package let createdAt: Timestamp
    /// When the record was changed last.
    package let updatedAt: Timestamp

    /// Takes an organization as it is.
    package init(
        id: ID<Organization>, name: String, domains: [String], note: String?, contacts: [Contact], version: Int,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.domains = domains
        self.note = note
        self.contacts = contacts
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Adds an organization.
package struct CreateOrganization: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
    /// The domains of its mail and web sites, at most 20; one that is given twice is kept once.
    package let domains: Several<Text<DomainName>, DomainBound>?
    /// What is remembered of the organization.
    package let note: Text<CustomerNote>?
    /// How the organization can be reached, at most 50 contacts.
    package let contacts: Several<NewContact, ContactBound>?

    /// Describes an organization to be added.
    package init(
        name: Text<Label>, domains: [Text<DomainName>] = [], note: Text<CustomerNote>? = nil,
        contacts: [NewContact] = []
    ) {
        self.name = name
        self.domains = Several(domains)
        self.note = note
        self.contacts = Several(contacts)
    }
}

/// Changes an organization's record; contacts and members have operations of their own.
package struct UpdateOrganization: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// All its domains from now on, at most 20.
    package let domains: Several<Text<DomainName>, DomainBound>?
    /// What is remembered of the organization.
    package let note: Patch<Text<CustomerNote>>
}

/// Which organizations a list shows.
///
/// With `q` it is a search: best first, at most `limit`, without cursor, and no other parameter goes with it.
package struct OrganizationListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// The order.
    package let sort: CustomerSort?
    /// Whether the answer says how many there are in all.
    package let count: Bool?
    /// What somebody types: the beginning of a name, part of a domain, mail address or number, with a slip or two.
    package let q: Text<SearchPhrase>?
    /// Only organizations with this mail address.
    package let email: Text<MailAddress>?
    /// Only organizations with this telephone number.
    package let phone: Text<PhoneText>?

    /// Asks for a page of organizations.
    package init(
        limit: PageLimit? = nil, cursor: Text<CursorText>? = nil, sort: CustomerSort? = nil,
        count: Bool? = nil, q: Text<SearchPhrase>? = nil, email: Text<MailAddress>? = nil, phone: Text<PhoneText>? = nil
    ) {
        self.limit = limit
        self.cursor = cursor
        self.sort = sort
        self.count = count
        self.q = q
        self.email = email
        self.phone = phone
    }
}

/// The operations on organizations.
package enum Organizations {
    package static let list = Endpoint<NoPath, OrganizationListQuery, NoBody, Page<Organization>>(
        .get, "/v1/organizations", "organizations.list", .needs(.customersRead),
        "The organizations among the customers, newest first; with q those that somebody types the name of.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<Organization>, NoQuery, NoBody, Organization>(
        .get, "/v1/organizations/{id}", "organizations.show", .needs(.customersRead), "One organization.")
    package static let create = Endpoint<NoPath, NoQuery, CreateOrganization, Organization>(
        .post, "/v1/organizations", "organizations.create", .needs(.customersWrite), "Adds an organization.",
        success: 201, problems: [.conflict])
    package static let update = Endpoint<IDPath<Organization>, NoQuery, UpdateOrganization, Organization>(
        .patch, "/v1/organizations/{id}", "organizations.update", .needs(.customersWrite),
        "Changes an organization's record.", problems: [.versionMismatch])
    package static let delete = Endpoint<IDPath<Organization>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/organizations/{id}", "organizations.delete", .needs(.customersWrite),
        "Deletes an organization with its contacts; tickets keep the name as their owner's.", success: 204,
        problems: [.versionMismatch])
    package static let addContact = Endpoint<IDPath<Organization>, NoQuery, NewContact, Organization>(
        .post, "/v1/organizations/{id}/contacts", "organizations.add_contact", .needs(.customersWrite),
        "Adds a contact of an organization.", success: 201, problems: [.conflict, .versionMismatch])
    package static let updateContact = Endpoint<ContactPath<Organization>, NoQuery, UpdateContact, Organization>(
        .patch, "/v1/organizations/{id}/contacts/{contact_id}", "organizations.update_contact",
        .needs(.customersWrite), "Changes a contact of an organization.", problems: [.conflict, .versionMismatch])
    package static let removeContact = Endpoint<ContactPath<Organization>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/organizations/{id}/contacts/{contact_id}", "organizations.remove_contact",
        .needs(.customersWrite),
        "Removes a contact of an organization; the oldest left of its kind becomes the primary one.", success: 204,
        problems: [.versionMismatch])
    package static let members = Endpoint<IDPath<Organization>, PageQuery, NoBody, Page<OrganizationMember>>(
        .get, "/v1/organizations/{id}/members", "organizations.members", .needs(.customersRead),
        "The people of an organization, oldest first.", problems: [.invalidCursor])
    package static let putMember = Endpoint<OrganizationMemberPath, NoQuery, PutMember, NoContent>(
        .put, "/v1/organizations/{id}/members/{individual_id}", "organizations.put_member", .needs(.customersWrite),
        "Makes a person a member with a role, or gives a member another role.", success: 204,
        problems: [.versionMismatch])
    package static let removeMember = Endpoint<OrganizationMemberPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/organizations/{id}/members/{individual_id}", "organizations.remove_member",
        .needs(.customersWrite), "Ends a membership.", success: 204, problems: [.versionMismatch])
    /// Several writes to organizations in one request.
    package static let batch = Batches.endpoint(under: "/v1/organizations", "organizations", .customersWrite)
}
