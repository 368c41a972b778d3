import Models
import ServiceKit

/// Made-up customers of a company, the same for the same seed, in the order of their making.
struct SeededCustomers: Sendable {
    /// Who belongs to which organization.
    struct Membership: Sendable, Equatable {
        let organization: ID<Organization>
        let individual: ID<Individual>
        let role: String?
        let joinedAt: Timestamp
    }

    /// How many people there are: one for five tickets, at least twenty.
    let individualCount: Int
    /// How many organizations there are: one for forty tickets, at least three.
    let organizationCount: Int
    private let opening: Timestamp
    private let days: Int
    private var random: SeededRandom
    private var companies: [Company] = []
    private var addresses: Set<String> = []

    /// What people of an organization need to know of it.
    private struct Company {
        let id: ID<Organization>
        let domain: String
        let region: SeededRegion
    }

    /// Customers for a number of tickets; the first of them came 420 days ago.
    init(_ request: SeedRequest) {
        individualCount = max(20, request.tickets / 5)
        organizationCount = max(3, request.tickets / 40)
        days = 420
        opening = request.now.adding(.seconds(-days * 86_400))
        random = request.random(for: "customers")
    }

    /// The next organization.
    mutating func organization() -> Organization {
        let region = SeededRegion.draw(&random)
        let family = random.pick(region.familyNames)
        let trade = random.pick(region.trades)
        let name = "\(family) \(trade) \(random.pick(region.companyForms))"
        let domain = unique("\(SeededRegion.mailName(family))-\(SeededRegion.mailName(trade))", at: ".example")
        let instant = instant(companies.count, of: organizationCount)
        let id = ID<Organization>.make(at: instant, using: &random)
        companies.append(Company(id: id, domain: domain, region: region))
        return Organization(
            id: id, name: name, domains: [domain], note: nil,
            contacts: [
                contact(.email, "info@\(domain)", "office", at: instant, isVerified: true),
                contact(.phone, number(region), nil, at: instant, isVerified: false),
            ], version: 1, createdAt: instant, updatedAt: instant)
    }

    /// The person of a place in the order of making, with what they belong to; all organizations must be made before.
    mutating func individual(_ index: Int) -> (Individual, [Membership]) {
        let company = random.isTrue(600) ? companies[random.below(companies.count)] : nil
        let region = company?.region ?? SeededRegion.draw(&random)
        let (given, family) = (random.pick(region.givenNames), random.pick(region.familyNames))
        let instant = instant(index, of: individualCount)
        let mail = "\(SeededRegion.mailName(given)).\(SeededRegion.mailName(family))"
        let address = unique(mail, at: "@" + (company?.domain ?? random.pick(region.providers)))
        var contacts = [
            contact(.email, address, company == nil ? nil : "work", at: instant, isVerified: random.isTrue(700))
        ]
        if random.isTrue(650) { contacts.append(contact(.phone, number(region), nil, at: instant, isVerified: false)) }
        if random.isTrue(150) {
            contacts.append(
                contact(.email, unique(mail, at: "@private.example"), "home", at: instant, isVerified: false)
                    .asSecond)
        }
        let id = ID<Individual>.make(at: instant, using: &random)
        let person = Individual(
            id: id, name: region.language == "ja" ? "\(family) \(given)" : "\(given) \(family)",
            language: region.language, note: nil, contacts: contacts, version: 1, createdAt: instant,
            updatedAt: instant)
        return (person, company.map { memberships(of: id, in: $0, at: instant) } ?? [])
    }

    // MARK: Pieces

    private mutating func memberships(
        of individual: ID<Individual>, in company: Company, at instant: Timestamp
    ) -> [Membership] {
        let role = random.isTrue(600) ? random.pick(Self.roles) : nil
        var memberships = [
            Membership(organization: company.id, individual: individual, role: role, joinedAt: instant)
        ]
        let other = companies[random.below(companies.count)]
        if random.isTrue(60), other.id != company.id {
            memberships.append(
                Membership(organization: other.id, individual: individual, role: "Adviser", joinedAt: instant))
        }
        return memberships
    }

    private static let roles = [
        "Head of IT", "Office manager", "Managing director", "Technician", "Purchasing", "Accounts", "Receptionist",
        "Plant manager", "Sales", "Quality assurance",
    ]

    /// Evenly spread over the days, in order, at a time of a working day.
    private mutating func instant(_ index: Int, of count: Int) -> Timestamp {
        let seconds = days * 86_400
        return opening.adding(.seconds(Int(Double(seconds) * Double(index) / Double(count + 1))))
            .adding(.milliseconds(random.below(1_000)))
    }

    private mutating func contact(
        _ kind: ContactKind, _ value: String, _ label: String?, at instant: Timestamp, isVerified: Bool
    ) -> Contact {
        Contact(
            id: .make(at: instant, using: &random), kind: kind, value: value, label: label, isVerified: isVerified,
            isPrimary: true)
    }

    private mutating func number(_ region: SeededRegion) -> String {
        "\(random.pick(region.dialCodes)) \(100 + random.below(900)) \(1_000 + random.below(9_000))"
    }

    /// A name that is not taken at its place: the first without a number, the next with one.
    private mutating func unique(_ name: String, at place: String) -> String {
        var address = name + place
        var number = 2
        while !addresses.insert(address).inserted {
            number += 1 + random.below(90)
            address = "\(name)\(number)\(place)"
        }
        return address
    }
}

extension Contact {
    /// The same contact beside a primary one.
    fileprivate var asSecond: Contact {
        Contact(id: id, kind: kind, value: value, label: label, isVerified: isVerified, isPrimary: false)
    }
}
