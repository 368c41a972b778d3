import HTTPTypes
import Models
import Postgres
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Customers

@Suite("Made-up customers", .scratchDatabase(.customers))
struct CustomerSeedTests {
    private let acme = ID<Workspace>.make(at: .now)

    private func request(_ tickets: Int, seed: UInt64 = 7) throws -> SeedRequest {
        SeedRequest(
            workspace: acme, tickets: tickets, seed: seed, now: try #require(Timestamp("2026-03-01T09:00:00Z")))
    }

    private func everybody(_ request: SeedRequest) -> String {
        var customers = SeededCustomers(request)
        var text = ""
        for _ in 0..<customers.organizationCount { text += "\(customers.organization())\n" }
        for index in 0..<customers.individualCount { text += "\(customers.individual(index))\n" }
        return text
    }

    @Test("members stand in the stream after the version before them, whatever else changed their organization")
    func places() async throws {
        let scratch = try ScratchDatabase.current
        let context = WriteContext(
            workspace: acme, actor: .service("casebook"), requestID: "places", now: try request(1).now)
        let organization = ID<Organization>.make(at: context.now)
        let people = (0..<6).map { _ in ID<Individual>.make(at: context.now) }
        try await scratch.withService(.customers) { database in
            func change() async throws {
                _ = try await database.write(
                    in: context.scope,
                    """
                    WITH changed AS (
                        INSERT INTO customers.organization (
                            workspace_id, id, name, name_key, version, created_at, updated_at)
                        VALUES (\(acme), \(organization), 'Acme', 'acme', 1, \(context.now), \(context.now))
                        ON CONFLICT (workspace_id, id) DO UPDATE SET version = customers.organization.version + 1
                        RETURNING id, version
                    ),
                    \(context.activity(RecordKind(rawValue: "organization"), verb: .updated, from: "changed"))
                    SELECT count(*) FROM changed
                    """)
            }
            try await change()
            for person in people {
                _ = try await database.write(
                    in: context.scope,
                    """
                    INSERT INTO customers.individual (
                        workspace_id, id, name, name_key, version, created_at, updated_at)
                    VALUES (\(acme), \(person), 'Ada', 'ada', 1, \(context.now), \(context.now))
                    """)
            }
            try await database.transaction(in: context.scope) { tx in
                _ = try await tx.query(SeedTables.memberships)
                var random = try request(1).random(for: "places")
                // All joined at one moment: their rows of activity have ids in no order.
                _ = try await tx.copy(
                    into: "seed_membership", columns: SeedTables.membershipColumns,
                    rows: people.map { person in
                        SeedTables.row(
                            of: SeededCustomers.Membership(
                                organization: organization, individual: person, role: nil, joinedAt: context.now),
                            &random)
                    })
                // Under a later transaction than the seed's.
                try await change()
                _ = try await tx.query(SeedTables.joining(context))
            }
        }
        let versions = try scratch.cluster.sql(
            """
            SELECT string_agg(version::text, ' ' ORDER BY xid, id), count(DISTINCT xid) FROM core.activity
            WHERE subject_id = '\(organization)'
            """, database: scratch.name)
        #expect(versions == "1 2 3 4 5 6 7 8|2")
    }

    @Test("are the same for the same seed and others for another")
    func deterministic() throws {
        let first = everybody(try request(2_000))
        #expect(first == everybody(try request(2_000)))
        #expect(first != everybody(try request(2_000, seed: 8)))
    }

    @Test("have names in many languages, addresses that the rules accept, and each address once")
    func rules() throws {
        var customers = SeededCustomers(try request(10_000))
        var seen: Set<String> = []
        var languages: Set<String> = []
        var contacts: [Contact] = []
        for _ in 0..<customers.organizationCount {
            let organization = customers.organization()
            #expect(Text<Label>(organization.name) != nil)
            #expect(organization.domains.allSatisfy { Text<DomainName>($0) != nil })
            contacts += organization.contacts
        }
        for index in 0..<customers.individualCount {
            let (person, _) = customers.individual(index)
            #expect(Text<Label>(person.name) != nil)
            languages.insert(person.language ?? "")
            contacts += person.contacts
        }
        for contact in contacts {
            let key = ContactKey(contact.kind, contact.value)
            #expect(key != nil, "\(contact.value)")
            let isNew = contact.kind != .email || seen.insert(key?.text ?? "").inserted
            #expect(isNew, "\(contact.value)")
        }
        #expect(languages == ["de", "en", "es", "fr", "it", "ja", "pl", "tr"])
    }

    @Test("every name has a name on the mail server, and the weights of the regions are a hundred")
    func regions() {
        #expect(SeededRegion.all.map(\.weight).reduce(0, +) == 100)
        for region in SeededRegion.all {
            for name in region.givenNames + region.familyNames + region.trades {
                let letters = name.filter { $0.isLetter || $0 == "ー" }.count
                #expect(SeededRegion.mailName(name).count >= letters, "\(name)")
            }
        }
    }

    @Test("are a fifth and a fortieth of the tickets, with activity for each version, and are found (R-12)")
    func written() async throws {
        try await CustomersUnderTest.run { customers in
            let progress = Progress()
            try await CustomersDefinition.seed(try request(4_000), in: customers.database) { progress.note($0) }
            #expect(progress.last == SeedProgress(done: 900, total: 900))
            let counts = try await self.counts(customers)
            #expect(counts.prefix(2) == [800, 100])
            #expect(counts[2] > 400)
            #expect(counts[3] == 0)
            let token = try await customers.token(in: acme)
            #expect(try await customers.names("/v1/individuals?q=muller&limit=5", as: token).count == 5)
            #expect(try await customers.names("/v1/organizations?q=logist&limit=3", as: token).count == 3)
            let page = try await customers.send(.get, "/v1/individuals?limit=200", as: token)
            let people = try WireJSON.decode(Page<Individual>.self, from: page.bytes).items
            #expect(people.allSatisfy { $0.contacts.contains(where: \.isPrimary) })
            let company = try await customers.send(.get, "/v1/organizations?limit=1", as: token)
            let id = try #require(company.items.first?["id"]?.text)
            let changed = try await customers.send(.patch, "/v1/organizations/\(id)", as: token, #"{"note": "n"}"#)
            #expect(changed.status == 200)
        }
    }

    @Test("a repeat adds nothing, and so does what another seed cannot add")
    func repeated() async throws {
        try await CustomersUnderTest.run { customers in
            try await CustomersDefinition.seed(try request(100), in: customers.database) { _ in }
            let before = try Rows.everything()
            try await CustomersDefinition.seed(try request(100), in: customers.database) { _ in }
            #expect(try Rows.everything() == before)
            try await CustomersDefinition.seed(try request(100, seed: 8), in: customers.database) { _ in }
            let counts = try await self.counts(customers)
            #expect(counts.prefix(2) == [40, 6])
            #expect(counts[3] == 0)
        }
    }

    /// People, organizations, memberships, and the records whose activity does not count each version once.
    private func counts(_ customers: CustomersUnderTest) async throws -> [Int] {
        let result = try await customers.database.query(
            .scan, in: .workspace(acme),
            """
            SELECT (SELECT count(*) FROM customers.individual) AS people,
                (SELECT count(*) FROM customers.organization) AS organizations,
                (SELECT count(*) FROM customers.membership) AS memberships,
                (SELECT count(*) FROM (
                    SELECT id, version FROM customers.individual
                    UNION ALL
                    SELECT id, version FROM customers.organization
                ) AS r WHERE version <> (
                    SELECT count(*) FROM core.activity AS a
                    WHERE a.subject_id = r.id AND a.version BETWEEN 1 AND r.version
                )) AS gaps
            """)
        return try ["people", "organizations", "memberships", "gaps"].map { try result.value($0, as: Int.self) }
    }
}

/// The last word of how far a seed has come.
private final class Progress: Sendable {
    private let state = Mutex<SeedProgress?>(nil)

    var last: SeedProgress? { state.withLock { $0 } }
    func note(_ progress: SeedProgress) { state.withLock { $0 = progress } }
}
