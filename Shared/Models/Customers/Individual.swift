/// A person who writes to the company, or whom it works for.
package struct Individual: Codable, Sendable {
    /// The person's id.
    package let id: ID<Individual>
    /// The name that people read.
    package let name: String
    /// The language that the person is helped in, by its tag; nothing when it is not known.
    package let language: String?
    /// What is remembered of the person.
    package let note: String?
    /// How the person can be reached, by kind and in the order of adding.
    package let contacts: [Contact]
    /// Counts changes of the record and of its contacts; the `ETag`.
    package let version: Int
    /// When the person was added.
    package let createdAt: Timestamp
    /// When the record was changed last.
    package let updatedAt: Timestamp

    /// Takes a person as they are.
    package init(
        id: ID<Individual>, name: String, language: String?, note: String?, contacts: [Contact], version: Int,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.language = language
        self.note = note
        self.contacts = contacts
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Adds a person.
package struct CreateIndividual: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
    /// The language that the person is helped in.
    package let language: Text<LanguageTag>?
    /// What is remembered of the person.
    package let note: Text<CustomerNote>?
    /// How the person can be reached, at most 50 contacts.
    package let contacts: Several<NewContact, ContactBound>?

    /// Describes a person to be added.
    package init(
        name: Text<Label>, language: Text<LanguageTag>? = nil, note: Text<CustomerNote>? = nil,
        contacts: [NewContact] = []
    ) {
        self.name = name
        self.language = language
        self.note = note
        self.contacts = Several(contacts)
    }
}

/// Changes a person's record; contacts have operations of their own.
package struct UpdateIndividual: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// The language that the person is helped in.
    package let language: Patch<Text<LanguageTag>>
    /// What is remembered of the person.
    package let note: Patch<Text<CustomerNote>>
}

/// Which people a list shows.
///
/// With `q` it is a search: best first, at most `limit`, without cursor, and no other parameter goes with it.
package struct IndividualListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// The order.
    package let sort: CustomerSort?
    /// Whether the answer says how many there are in all.
    package let count: Bool?
    /// What somebody types: the beginning of a name, part of a mail address or number, with a slip or two.
    package let q: Text<SearchPhrase>?
    /// Only people with this mail address.
    package let email: Text<MailAddress>?
    /// Only people with this telephone number.
    package let phone: Text<PhoneText>?
    /// Only the people of this organization.
    package let organization: ID<Organization>?

    /// Asks for a page of people.
    package init(
        limit: PageLimit? = nil, cursor: Text<CursorText>? = nil, sort: CustomerSort? = nil,
        count: Bool? = nil, q: Text<SearchPhrase>? = nil, email: Text<MailAddress>? = nil,
        phone: Text<PhoneText>? = nil,
        organization: ID<Organization>? = nil
    ) {
        self.limit = limit
        self.cursor = cursor
        self.sort = sort
        self.count = count
        self.q = q
        self.email = email
        self.phone = phone
        self.organization = organization
    }
}

/// The orders of people and companies.
package enum CustomerSort: String, WireWord {
    /// Newest first; what is added while paging does not move what is still to come.
    case newest = "-created_at"
    /// By name, folded; who is renamed while paging may be missed.
    case name
}

/// The operations on people.
package enum Individuals {
    package static let list = Endpoint<NoPath, IndividualListQuery, NoBody, Page<Individual>>(
        .get, "/v1/individuals", "individuals.list", .needs(.customersRead),
        "The people among the customers, newest first; with q those that somebody types the name of.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<Individual>, NoQuery, NoBody, Individual>(
        .get, "/v1/individuals/{id}", "individuals.show", .needs(.customersRead), "One person.")
    package static let create = Endpoint<NoPath, NoQuery, CreateIndividual, Individual>(
        .post, "/v1/individuals", "individuals.create", .needs(.customersWrite), "Adds a person.", success: 201,
        problems: [.conflict])
    package static let update = Endpoint<IDPath<Individual>, NoQuery, UpdateIndividual, Individual>(
        .patch, "/v1/individuals/{id}", "individuals.update", .needs(.customersWrite), "Changes a person's record.",
        problems: [.versionMismatch])
    package static let delete = Endpoint<IDPath<Individual>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/individuals/{id}", "individuals.delete", .needs(.customersWrite),
        "Deletes a person with their contacts; tickets keep the name as their owner's.", success: 204,
        problems: [.versionMismatch])
    package static let addContact = Endpoint<IDPath<Individual>, NoQuery, NewContact, Individual>(
        .post, "/v1/individuals/{id}/contacts", "individuals.add_contact", .needs(.customersWrite),
        "Adds a contact of a person.", success: 201, problems: [.conflict, .versionMismatch])
    package static let updateContact = Endpoint<ContactPath<Individual>, NoQuery, UpdateContact, Individual>(
        .patch, "/v1/individuals/{id}/contacts/{contact_id}", "individuals.update_contact", .needs(.customersWrite),
        "Changes a contact of a person.", problems: [.conflict, .versionMismatch])
    package static let removeContact = Endpoint<ContactPath<Individual>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/individuals/{id}/contacts/{contact_id}", "individuals.remove_contact", .needs(.customersWrite),
        "Removes a contact of a person; the oldest left of its kind becomes the primary one.", success: 204,
        problems: [.versionMismatch])
    package static let memberships = Endpoint<IDPath<Individual>, PageQuery, NoBody, Page<Membership>>(
        .get, "/v1/individuals/{id}/memberships", "individuals.memberships", .needs(.customersRead),
        "The organizations that a person belongs to, oldest first.", problems: [.invalidCursor])
    /// Several writes to people in one request.
    package static let batch = Batches.endpoint(under: "/v1/individuals", "individuals", .customersWrite)
}
