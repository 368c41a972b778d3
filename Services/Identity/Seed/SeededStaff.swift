import Models
import ServiceKit

/// The people and teams of a made-up company.
///
/// Who they are is the same for every seed, so that a second one finds them and adds nobody; when they joined, and
/// their ids, are the seed's.
struct SeededStaff: Sendable, Equatable {
    /// A person who is to be added.
    struct Person: Sendable, Equatable {
        let name: String
        let email: String
        let role: Role
        let joinedAt: Timestamp
    }

    /// A team and the mail addresses of its members.
    struct Department: Sendable, Equatable {
        let name: String
        let members: [String]
        let foundedAt: Timestamp
    }

    let people: [Person]
    let departments: [Department]

    /// The company of a seed: two managers, twelve agents, four teams; each person is in one team or two.
    init(_ request: SeedRequest) {
        var random = request.random(for: "identity staff")
        let opening = request.now.adding(.seconds(-430 * 86_400))
        let people = Self.names.enumerated().map { index, name in
            Person(
                name: name.full, email: "\(name.mail)@example.com",
                role: index < Self.managerCount ? .manager : .agent,
                joinedAt: opening.adding(.seconds(index * 86_400 + random.below(28_800))))
        }
        self.people = people
        let foundedAt = opening.adding(.seconds(20 * 86_400))
        departments = Self.departments.enumerated().map { place, name in
            let members = people.indices.filter { index in
                let home = index % Self.departments.count
                return home == place || (index % 3 == 0 && (home + 1) % Self.departments.count == place)
            }
            return Department(
                name: name, members: members.map { people[$0].email },
                foundedAt: foundedAt.adding(.seconds(place * 3_600)))
        }
    }

    private static let managerCount = 2
    private static let departments = ["First line", "Technical support", "Billing", "Field service"]

    // The managers first. The mail name is spelled out: what a company makes of an accent is its own affair.
    private static let names: [(full: String, mail: String)] = [
        ("Mara Lindqvist", "mara.lindqvist"), ("Jonas Weber", "jonas.weber"), ("Aisha Rahman", "aisha.rahman"),
        ("Tomás Herrera", "tomas.herrera"), ("Chloé Martin", "chloe.martin"), ("Piotr Zieliński", "piotr.zielinski"),
        ("Yuki Tanaka", "yuki.tanaka"), ("Olivia Grant", "olivia.grant"), ("Emre Yıldız", "emre.yildiz"),
        ("Sofia Conti", "sofia.conti"), ("Nils Håkansson", "nils.hakansson"), ("Beatriz Almeida", "beatriz.almeida"),
        ("Daniel Okafor", "daniel.okafor"), ("Freya Sørensen", "freya.soerensen"),
    ]
}
