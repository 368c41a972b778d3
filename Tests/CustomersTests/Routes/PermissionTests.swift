import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("Who may read and write customers", .scratchDatabase(.customers))
struct PermissionTests {
    private let acme = ID<Workspace>.make(at: .now)

    @Test("without a token, with a wrong one or one that has expired every operation is 401 (S-1)")
    func noToken() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let expired = try await customers.token(in: acme)
            customers.clock.advance(by: .seconds(61))
            for contract in customers.contracts {
                for token in [nil, "wrong", expired] {
                    let answer = try await Self.call(customers, contract, as: token)
                    #expect(answer.status == 401, "\(contract.id)")
                    #expect(answer.code == "unauthenticated")
                    #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
                }
            }
        }
    }

    @Test("each role may call what its permissions say and nothing else", arguments: Role.allCases)
    func roles(role: Role) async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(role, in: acme)
            let before = try Rows.everything()
            for contract in customers.contracts {
                guard case .needs(let permission) = contract.access else { continue }
                let answer = try await Self.call(customers, contract, as: token)
                if role.permissions.contains(permission) {
                    #expect(![401, 403, 500, 503].contains(answer.status), "\(role) \(contract.id) \(answer.status)")
                } else {
                    #expect(answer.status == 403, "\(role) \(contract.id)")
                    #expect(answer.json["detail"]?.text?.contains(permission.rawValue) == true)
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a token of all other permissions, a customer's or a service's own, may call nothing here")
    func noPermission() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let others = Set(Permission.all).subtracting([.customersRead, .customersWrite])
            for kind in [PrincipalKind.staff, .customer, .service] {
                let subject = kind == .service ? "tickets" : ID<User>.make(at: .now).description
                let token = try await customers.token(in: acme, kind: kind, subject: subject, permissions: others)
                for contract in customers.contracts {
                    #expect(try await Self.call(customers, contract, as: token).status == 403, "\(contract.id)")
                }
            }
        }
    }

    @Test("what belongs to another workspace is 404 for its mightiest, and stays as it is (S-1, S-3)")
    func otherWorkspace() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let theirs = try await customers.token(.administrator, in: acme)
            let ours = try await customers.token(.administrator, in: ID<Workspace>.make(at: .now))
            let contact = #"{"kind": "email", "value": "canary@x.example"}"#
            let person = try await customers.add(
                "/v1/individuals", #"{"name": "canary", "contacts": [\#(contact)]}"#, as: theirs)
            let company = try await customers.add(
                "/v1/organizations", #"{"name": "canary", "contacts": [\#(contact)]}"#, as: theirs)
            let (personID, companyID) = (try #require(person.id), try #require(company.id))
            _ = try await customers.send(
                .put, "/v1/organizations/\(companyID)/members/\(personID)", as: theirs, "{}")
            let (ourPerson, ourCompany) = (
                try await customers.addIndividual(as: ours), try await customers.addOrganization(as: ours)
            )
            let before = try Rows.everything()
            for contract in customers.contracts where contract.path.contains("{") {
                let isPersons = contract.path.hasPrefix("/v1/individuals")
                let owner = isPersons ? person : company
                let path = contract.path([
                    "id": owner.id ?? "", "contact_id": owner.contacts.first?["id"]?.text ?? "",
                    "individual_id": personID,
                ])
                let answer = try await customers.send(contract.httpMethod, path, as: ours, Self.body(contract))
                #expect(answer.status == 404, "\(contract.id) \(answer.status)")
                #expect(!answer.text.contains("canary"))
            }
            for path in [
                "/v1/organizations/\(ourCompany)/members/\(personID)",
                "/v1/organizations/\(companyID)/members/\(ourPerson)",
            ] {
                #expect(try await customers.send(.put, path, as: ours, "{}").status == 404)
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("no list of one workspace shows anything of another (S-1)")
    func lists() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let theirs = try await customers.token(in: acme)
            let ours = try await customers.token(in: ID<Workspace>.make(at: .now))
            for kind in ["individuals", "organizations"] {
                _ = try await customers.add(
                    "/v1/\(kind)",
                    """
                    {"name": "canary", "contacts": [{"kind": "email", "value": "canary@x.example"},
                    {"kind": "phone", "value": "+49 30 123456"}]}
                    """, as: theirs)
                for query in [
                    "", "?sort=name", "?q=canary", "?q=c", "?email=canary@x.example", "?phone=%2B4930123456",
                ] {
                    let answer = try await customers.send(.get, "/v1/\(kind)\(query)", as: ours)
                    #expect(answer.status == 200)
                    #expect(answer.items.isEmpty, "\(kind)\(query)")
                }
            }
        }
    }

    /// A body that every write of the contract takes.
    private static func body(_ contract: Contract) -> String? {
        guard contract.bodySchema != nil else { return nil }
        return contract.id.hasSuffix(".add_contact") ? #"{"kind": "handle", "value": "x"}"# : "{}"
    }

    private static func call(
        _ customers: CustomersUnderTest, _ contract: Contract, as token: String?
    ) async throws -> TestAnswer {
        try await customers.send(
            contract.httpMethod, contract.path(), as: token, contract.bodySchema == nil ? nil : "[]")
    }
}
