import Models
import ServiceKit
import TestSupport
import Testing

@testable import Customers
@testable import Identity

@Suite("What roles may do is done", .scratchDatabase(.staffedCustomers))
struct RoleTests {
    @Test(
        "each role's person is answered 2xx by every operation of customers that the role allows (S-4)",
        arguments: Role.allCases)
    func allowed(role: Role) async throws {
        try await ServiceDesk<CustomersDefinition>.run { desk in
            let calls = Self.calls("individuals") + Self.calls("organizations") + Self.memberships
            try await desk.expectAllowed(role, calls + Self.ending, knowing: RecordNames(of: desk.company))
        }
    }

    /// Calls of what individuals and organizations both have.
    private static func calls(_ kind: String) -> [OperationCall] {
        [
            OperationCall("\(kind).create", "/v1/\(kind)", #"{"name": "N"}"#, keeping: kind),
            OperationCall("\(kind).update", "/v1/\(kind)/{\(kind)}", #"{"note": "N"}"#),
            OperationCall(
                "\(kind).add_contact", "/v1/\(kind)/{\(kind)}/contacts",
                #"{"kind": "email", "value": "n@\#(kind).example"}"#),
            OperationCall("\(kind).show", "/v1/\(kind)/{\(kind)}", keeping: "contact", of: "contacts/0/id"),
            OperationCall(
                "\(kind).update_contact", "/v1/\(kind)/{\(kind)}/contacts/{contact}", #"{"label": "work"}"#),
            OperationCall("\(kind).remove_contact", "/v1/\(kind)/{\(kind)}/contacts/{contact}"),
            OperationCall("\(kind).list", "/v1/\(kind)"),
            OperationCall(
                "\(kind).batch", "/v1/\(kind)/batch",
                #"""
                {"operations": [{"method": "PATCH", "path": "/v1/\#(kind)/${\#(kind)}", "body": {"note": "M"}}]}
                """#),
        ]
    }

    private static let memberships = [
        OperationCall("organizations.put_member", "/v1/organizations/{organizations}/members/{individuals}", "{}"),
        OperationCall("organizations.members", "/v1/organizations/{organizations}/members"),
        OperationCall("individuals.memberships", "/v1/individuals/{individuals}/memberships"),
        OperationCall("organizations.remove_member", "/v1/organizations/{organizations}/members/{individuals}"),
    ]

    private static let ending = [
        OperationCall("individuals.delete", "/v1/individuals/{individuals}"),
        OperationCall("organizations.delete", "/v1/organizations/{organizations}"),
    ]
}

extension DatabaseTemplate {
    /// An installation with customers, and with the people who work with them.
    fileprivate static let staffedCustomers = DatabaseTemplate.core(
        with: [MigratedSchema(.identity, IdentityDefinition.migrations), .customers], key: "staffed customers")
}
