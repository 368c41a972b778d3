/// How a customer can be reached: a mail address, a telephone number, or a name on some other channel.
package struct Contact: Codable, Sendable, Equatable {
    /// The contact's id.
    package let id: ID<Contact>
    /// What it is.
    package let kind: ContactKind
    /// The address as it was typed.
    package let value: String
    /// What people call it: "work", "mobile".
    package let label: String?
    /// Whether it is known to belong to the customer; of a workspace only one customer can have it then.
    package let isVerified: Bool
    /// Whether it is the one to use; each kind of a customer's contacts has exactly one.
    package let isPrimary: Bool

    /// Takes a contact as it is.
    package init(
        id: ID<Contact>, kind: ContactKind, value: String, label: String?, isVerified: Bool, isPrimary: Bool
    ) {
        self.id = id
        self.kind = kind
        self.value = value
        self.label = label
        self.isVerified = isVerified
        self.isPrimary = isPrimary
    }
}

/// The kinds of contact.
package enum ContactKind: String, WireWord {
    /// A mail address.
    case email
    /// A telephone number.
    case phone
    /// A name on another channel, such as a chat or a social network.
    case handle
}

/// Adds a contact.
package struct NewContact: Codable, Sendable {
    /// What it is.
    package let kind: ContactKind
    /// A mail address, a telephone number or a handle, by its kind.
    package let value: Text<ContactValue>
    /// What people call it.
    package let label: Text<ContactLabel>?
    /// Whether it is known to belong to the customer; not, when nothing is said.
    package let isVerified: Bool?
    /// Whether it becomes the one to use of its kind; the first of a kind always is.
    package let isPrimary: Bool?

    /// Describes a contact.
    package init(
        kind: ContactKind, value: Text<ContactValue>, label: Text<ContactLabel>? = nil, isVerified: Bool? = nil,
        isPrimary: Bool? = nil
    ) {
        self.kind = kind
        self.value = value
        self.label = label
        self.isVerified = isVerified
        self.isPrimary = isPrimary
    }
}

/// Changes a contact; its kind stays.
package struct UpdateContact: MergePatch {
    /// The address; another one counts as not verified unless the request says so.
    package let value: Text<ContactValue>?
    /// What people call it.
    package let label: Patch<Text<ContactLabel>>
    /// Whether it is known to belong to the customer.
    package let isVerified: Bool?
    /// `true` makes it the one to use of its kind; the one that is stays so until another is.
    package let isPrimary: Bool?

    /// Describes a change.
    package init(
        value: Text<ContactValue>? = nil, label: Patch<Text<ContactLabel>> = .absent, isVerified: Bool? = nil,
        isPrimary: Bool? = nil
    ) {
        self.value = value
        self.label = label
        self.isVerified = isVerified
        self.isPrimary = isPrimary
    }
}

/// A customer and one of their contacts.
package struct ContactPath<Owner>: Codable, Sendable {
    /// The customer's id.
    package let id: ID<Owner>
    /// The contact's id.
    package let contactID: ID<Contact>

    /// Names the two.
    package init(id: ID<Owner>, contactID: ID<Contact>) {
        self.id = id
        self.contactID = contactID
    }
}
