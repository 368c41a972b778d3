import Models

/// The contacts of one customer, and the rules that hold among them.
///
/// A customer has a contact once, at most ``ContactBound`` of them, and of each kind that it has exactly one primary.
struct ContactBook: Sendable, Equatable {
    /// By kind, and in the order of adding.
    private(set) var contacts: [Contact]

    /// Takes contacts as they were stored.
    init(_ contacts: [Contact]) {
        self.contacts = contacts
    }

    /// The contacts of a new customer.
    ///
    /// The first of a kind is the primary one, unless another is marked. The ids must be in ascending order.
    ///
    /// - Throws: ``ContactViolation/faults(_:)`` with all that is wrong, each with its place in the list.
    init(adding new: [NewContact], ids: [ID<Contact>]) throws(ContactViolation) {
        var faults: [ContactFault] = []
        var seen: Set<ContactKey> = []
        var marked: Set<ContactKind> = []
        for (place, contact) in new.enumerated() {
            if let key = ContactKey(contact.kind, contact.value.value) {
                if !seen.insert(key).inserted { faults.append(ContactFault(.repeated, at: place)) }
            } else {
                faults.append(ContactFault(.notOfItsKind(contact.kind), at: place))
            }
            if contact.isPrimary == true, !marked.insert(contact.kind).inserted {
                faults.append(ContactFault(.secondPrimary, at: place))
            }
        }
        guard faults.isEmpty else { throw .faults(faults) }
        self.init([])
        for (contact, id) in zip(new, ids) { insert(contact, id: id) }
    }

    /// Adds a contact; one that is marked becomes the primary of its kind, and so does the first of a kind.
    ///
    /// - Throws: ``ContactViolation`` when there are too many, or the value is wrong or there already.
    mutating func add(_ new: NewContact, id: ID<Contact>) throws(ContactViolation) {
        guard contacts.count < ContactBound.limit else { throw .full }
        try check(new.value.value, of: new.kind, besides: nil)
        insert(new, id: id)
    }

    /// Changes a contact.
    ///
    /// Another address counts as not verified unless the change says so; the same one written otherwise stays as it is.
    ///
    /// - Throws: ``ContactViolation`` when it is not there, or the value is wrong or another contact's, or the primary
    ///   one would be none.
    mutating func change(_ id: ID<Contact>, _ patch: UpdateContact) throws(ContactViolation) {
        guard let index = contacts.firstIndex(where: { $0.id == id }) else { throw .missing }
        let old = contacts[index]
        let value = patch.value?.value ?? old.value
        try check(value, of: old.kind, besides: id)
        guard patch.isPrimary != false || !old.isPrimary else { throw .faults([ContactFault(.demoted)]) }
        let isSameKey = ContactKey(old.kind, value) == ContactKey(old.kind, old.value)
        contacts[index] = Contact(
            id: id, kind: old.kind, value: value,
            label: patch.label.isPresent ? patch.label.value?.value : old.label,
            isVerified: patch.isVerified ?? (old.isVerified && isSameKey), isPrimary: old.isPrimary)
        if patch.isPrimary == true { promote(id) }
    }

    /// Removes a contact; the oldest left of its kind succeeds a primary one.
    ///
    /// - Throws: ``ContactViolation/missing``.
    mutating func remove(_ id: ID<Contact>) throws(ContactViolation) {
        guard let index = contacts.firstIndex(where: { $0.id == id }) else { throw .missing }
        let removed = contacts.remove(at: index)
        guard removed.isPrimary, let heir = contacts.first(where: { $0.kind == removed.kind }) else { return }
        promote(heir.id)
    }

    // MARK: Steps

    private func check(_ value: String, of kind: ContactKind, besides id: ID<Contact>?) throws(ContactViolation) {
        guard let key = ContactKey(kind, value) else { throw .faults([ContactFault(.notOfItsKind(kind))]) }
        let isTaken = contacts.contains { $0.id != id && ContactKey($0.kind, $0.value) == key }
        if isTaken { throw .faults([ContactFault(.repeated)]) }
    }

    private mutating func insert(_ new: NewContact, id: ID<Contact>) {
        let isFirst = !contacts.contains { $0.kind == new.kind }
        contacts.append(
            Contact(
                id: id, kind: new.kind, value: new.value.value, label: new.label?.value,
                isVerified: new.isVerified ?? false, isPrimary: isFirst))
        contacts.sort { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
        if new.isPrimary == true { promote(id) }
    }

    private mutating func promote(_ id: ID<Contact>) {
        guard let kind = contacts.first(where: { $0.id == id })?.kind else { return }
        contacts = contacts.map { contact in
            contact.kind == kind ? contact.settingPrimary(contact.id == id) : contact
        }
    }
}

extension Contact {
    /// The same contact as the primary one of its kind, or not.
    fileprivate func settingPrimary(_ isPrimary: Bool) -> Contact {
        Contact(id: id, kind: kind, value: value, label: label, isVerified: isVerified, isPrimary: isPrimary)
    }
}
