import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("Organizations among the customers, and who belongs to them (B4)", .scratchDatabase(.customers))
struct OrganizationTests {
    private let acme = ID<Workspace>.make(at: .now)

    @Test("an organization is added with domains and contacts, shown, changed and deleted (B4, D1)")
    func life() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let made = try await customers.add(
                "/v1/organizations",
                """
                {"name": "Analytical Engines Ltd", "domains": ["Engines.example", "engines.example.", "ae.example"],
                "note": "Net 30.", "contacts": [{"kind": "phone", "value": "+44 20 7946 0001", "label": "desk"}]}
                """, as: token)
            let id = try #require(made.id)
            #expect(made.header("Location") == "/v1/organizations/\(id)")
            let shown = try await customers.send(.get, "/v1/organizations/\(id)", as: token)
            #expect(shown.json["domains"]?.items.compactMap(\.text) == ["engines.example", "ae.example"])
            #expect(shown.contacts.first?["is_primary"]?.flag == true)
            #expect(throws: Never.self) { try WireJSON.decode(Organization.self, from: shown.bytes) }
            let changed = try await customers.send(
                .patch, "/v1/organizations/\(id)", as: token, #"{"domains": ["new.example"]}"#,
                ["If-Match": "\"1\""])
            #expect(changed.status == 200)
            #expect(changed.json["domains"]?.items.compactMap(\.text) == ["new.example"])
            #expect(changed.json["note"]?.text == "Net 30.")
            #expect(try await customers.send(.delete, "/v1/organizations/\(id)", as: token).status == 204)
            #expect(try await customers.send(.get, "/v1/organizations/\(id)", as: token).status == 404)
            #expect(
                try await customers.activity(of: id, in: acme) == [
                    "1 created {}", #"2 updated {"fields": {"to": ["domains"], "from": null}}"#, "3 deleted {}",
                ])
        }
    }

    @Test("a person belongs to many organizations and an organization has many people, with roles (B3, B4)")
    func manyToMany() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let ada = try await customers.addIndividual("Ada", as: token)
            let bob = try await customers.addIndividual("Bob", as: token)
            let (engines, looms) = (
                try await customers.addOrganization("Engines", as: token),
                try await customers.addOrganization("Looms", as: token)
            )
            for (organization, person, role) in [(engines, ada, "Head of IT"), (engines, bob, ""), (looms, ada, "")] {
                let body = role.isEmpty ? "{}" : #"{"role": "\#(role)"}"#
                let path = "/v1/organizations/\(organization)/members/\(person)"
                #expect(try await customers.send(.put, path, as: token, body).status == 204)
            }
            let members = try await customers.send(.get, "/v1/organizations/\(engines)/members", as: token)
            let people = try WireJSON.decode(Page<OrganizationMember>.self, from: members.bytes).items
            #expect(Set(people.map(\.name)) == ["Ada", "Bob"])
            #expect(people.first { $0.name == "Ada" }?.role == "Head of IT")
            let page = try await customers.send(.get, "/v1/individuals/\(ada)/memberships", as: token)
            let memberships = try WireJSON.decode(Page<Membership>.self, from: page.bytes).items
            #expect(Set(memberships.map(\.organization.name)) == ["Engines", "Looms"])
            #expect(try await customers.names("/v1/individuals?organization=\(looms)", as: token) == ["Ada"])
            #expect(
                try await customers.names("/v1/individuals?organization=\(engines)&sort=name", as: token)
                    == ["Ada", "Bob"])
        }
    }

    @Test("each change of a membership is one version of the organization and one activity with the person's id (D1)")
    func membershipVersions() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let ada = try await customers.addIndividual("Ada", as: token)
            let engines = try await customers.addOrganization("Engines", as: token)
            let path = "/v1/organizations/\(engines)/members/\(ada)"
            for body in ["{}", "{}", #"{"role": "CTO"}"#, #"{"role": "CTO"}"#, #"{"role": null}"#] {
                #expect(try await customers.send(.put, path, as: token, body).status == 204)
            }
            #expect(try await customers.send(.delete, path, as: token).status == 204)
            #expect(try await customers.send(.delete, path, as: token).status == 404)
            let shown = try await customers.send(.get, "/v1/organizations/\(engines)", as: token)
            #expect(shown.header("ETag") == "\"5\"")
            let (to, from) = (#""to": "\#(ada)""#, #""from": "\#(ada)""#)
            #expect(
                try await customers.activity(of: engines, in: acme) == [
                    "1 created {}", #"2 member_added {"member": {\#(to), "from": null}}"#,
                    #"3 member_updated {"member": {\#(to), \#(from)}}"#,
                    #"4 member_updated {"member": {\#(to), \#(from)}}"#,
                    #"5 member_removed {"member": {"to": null, \#(from)}}"#,
                ])
            #expect(try await customers.activity(of: ada, in: acme) == ["1 created {}"])
        }
    }

    @Test("a stale tag of the organization refuses a membership, and the same key repeats it (R-3, R-1)")
    func membershipTags() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let ada = try await customers.addIndividual("Ada", as: token)
            let engines = try await customers.addOrganization("Engines", as: token)
            let path = "/v1/organizations/\(engines)/members/\(ada)"
            let stale = try await customers.send(.put, path, as: token, "{}", ["If-Match": "\"4\""])
            #expect(stale.status == 412)
            for _ in 0..<2 {
                let answer = try await customers.send(
                    .put, path, as: token, "{}", ["If-Match": "\"1\"", "Idempotency-Key": "k"])
                #expect(answer.status == 204, "\(answer.text)")
            }
            let gone = try await customers.send(.delete, path, as: token, nil, ["If-Match": "\"1\""])
            #expect(gone.status == 412)
            for _ in 0..<2 {
                let answer = try await customers.send(.delete, path, as: token, nil, ["Idempotency-Key": "d"])
                #expect(answer.status == 204, "\(answer.text)")
            }
            #expect(try await customers.activity(of: engines, in: acme).count == 3)
        }
    }

    @Test("twenty-five people who are put in twice at the same moment are twenty-five members and versions")
    func concurrentMembers() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let engines = try await customers.addOrganization(as: token)
            var people: [String] = []
            for number in 0..<25 { people.append(try await customers.addIndividual("P\(number)", as: token)) }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for person in people + people {
                    group.addTask {
                        try await customers.send(
                            .put, "/v1/organizations/\(engines)/members/\(person)", as: token, "{}"
                        ).status
                    }
                }
                for try await status in group { #expect(status == 204) }
            }
            #expect(try await customers.count("customers.membership", in: acme) == 25)
            #expect(try await customers.activity(of: engines, in: acme).count == 26)
        }
    }

    @Test("members and memberships come in pages that together show each once (R-4)")
    func pages() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let engines = try await customers.addOrganization(as: token)
            let ada = try await customers.addIndividual(as: token)
            for number in 0..<7 {
                let person = try await customers.addIndividual("P\(number)", as: token)
                let other = try await customers.addOrganization("O\(number)", as: token)
                for path in [
                    "/v1/organizations/\(engines)/members/\(person)", "/v1/organizations/\(other)/members/\(ada)",
                ] {
                    _ = try await customers.send(.put, path, as: token, "{}")
                }
            }
            for (path, name) in [
                ("/v1/organizations/\(engines)/members", "id"), ("/v1/individuals/\(ada)/memberships", "organization"),
            ] {
                var seen: [JSONValue] = []
                var cursor = ""
                repeat {
                    let answer = try await customers.send(.get, "\(path)?limit=3\(cursor)", as: token)
                    #expect(answer.status == 200)
                    seen += answer.items.compactMap { $0[name] }
                    cursor = answer.json["next_cursor"]?.text.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                #expect(seen.count == 7)
                #expect(Set(seen.map { $0.text ?? $0["id"]?.text }).count == 7)
            }
        }
    }

    @Test("who is deleted is a member of nothing, and a deleted organization has no members")
    func deleted() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let (ada, bob) = (
                try await customers.addIndividual("Ada", as: token), try await customers.addIndividual("Bob", as: token)
            )
            let engines = try await customers.addOrganization("Engines", as: token)
            for person in [ada, bob] {
                _ = try await customers.send(.put, "/v1/organizations/\(engines)/members/\(person)", as: token, "{}")
            }
            _ = try await customers.send(.delete, "/v1/individuals/\(ada)", as: token)
            #expect(try await customers.names("/v1/organizations/\(engines)/members", as: token) == ["Bob"])
            #expect(try await customers.names("/v1/individuals?organization=\(engines)", as: token) == ["Bob"])
            #expect(try await customers.send(.get, "/v1/individuals/\(ada)/memberships", as: token).status == 404)
            let again = "/v1/organizations/\(engines)/members/\(ada)"
            #expect(try await customers.send(.put, again, as: token, "{}").status == 404)
            _ = try await customers.send(.delete, "/v1/organizations/\(engines)", as: token)
            #expect(try await customers.send(.get, "/v1/organizations/\(engines)/members", as: token).status == 404)
            let memberships = try await customers.send(.get, "/v1/individuals/\(bob)/memberships", as: token)
            #expect(memberships.status == 200)
            #expect(memberships.items.isEmpty)
        }
    }
}
