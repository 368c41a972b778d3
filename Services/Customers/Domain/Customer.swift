import Models

/// A record that can own a ticket: a person or an organization.
protocol Customer: Codable, Sendable {
    /// Which of the two.
    static var kind: CustomerKind { get }

    var id: ID<Self> { get }
    var name: String { get }
    /// The names of the internet that belong to it.
    var domains: [String] { get }
    var contacts: [Contact] { get }
    var version: Int { get }
    var createdAt: Timestamp { get }

    /// The record's next version, with other contacts.
    func holding(_ contacts: [Contact], at now: Timestamp) -> Self
    /// The names of the fields that differ from those of an older version, but for contacts and times.
    func fieldsChanged(since old: Self) -> [String]
}

extension Customer {
    /// All that a search finds the record by: the name first, since what begins with it ranks first.
    var searchText: String {
        let keys = contacts.compactMap { ContactKey($0.kind, $0.value)?.searched }
        return ([name] + keys + domains).joined(separator: " ")
    }
}

/// The two kinds of customer, as activity, the owner card and the search name them.
enum CustomerKind: String, Sendable {
    case individual
    case organization
}

extension Individual: Customer {
    static let kind = CustomerKind.individual
    var domains: [String] { [] }

    func holding(_ contacts: [Contact], at now: Timestamp) -> Individual {
        Individual(
            id: id, name: name, language: language, note: note, contacts: contacts, version: version + 1,
            createdAt: createdAt, updatedAt: now)
    }

    /// The record's next version after a patch.
    func applying(_ patch: UpdateIndividual, at now: Timestamp) -> Individual {
        Individual(
            id: id, name: patch.name?.value ?? name,
            language: patch.language.isPresent ? patch.language.value?.value : language,
            note: patch.note.isPresent ? patch.note.value?.value : note, contacts: contacts, version: version + 1,
            createdAt: createdAt, updatedAt: now)
    }

    func fieldsChanged(since old: Individual) -> [String] {
        [("name", name == old.name), ("language", language == old.language), ("note", note == old.note)]
            .filter { !$0.1 }.map(\.0)
    }
}

extension Organization: Customer {
    static let kind = CustomerKind.organization

    func holding(_ contacts: [Contact], at now: Timestamp) -> Organization {
        Organization(
            id: id, name: name, domains: domains, note: note, contacts: contacts, version: version + 1,
            createdAt: createdAt, updatedAt: now)
    }

    /// The record's next version after a patch.
    func applying(_ patch: UpdateOrganization, at now: Timestamp) -> Organization {
        Organization(
            id: id, name: patch.name?.value ?? name,
            domains: patch.domains.map { Self.distinct($0.items) } ?? domains,
            note: patch.note.isPresent ? patch.note.value?.value : note, contacts: contacts, version: version + 1,
            createdAt: createdAt, updatedAt: now)
    }

    func fieldsChanged(since old: Organization) -> [String] {
        [("name", name == old.name), ("domains", domains == old.domains), ("note", note == old.note)]
            .filter { !$0.1 }.map(\.0)
    }

    /// Domains in their order, each once.
    static func distinct(_ domains: [Text<DomainName>]) -> [String] {
        domains.reduce(into: []) { names, domain in
            if !names.contains(domain.value) { names.append(domain.value) }
        }
    }
}
