import FoundationEssentials
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

typealias CustomersUnderTest = ServiceUnderTest<CustomersDefinition>

extension MigratedSchema {
    /// The schema of customers.
    static let customers = MigratedSchema(.customers, CustomersDefinition.migrations)
}

extension DatabaseTemplate {
    /// An installation with customers.
    static let customers = DatabaseTemplate.core(with: [.customers], key: "customers")
}

extension Contract {
    /// The path with an id of nothing in each place, or with what is given for a name.
    func path(_ values: [String: String] = [:]) -> String {
        let nothing = ID<AnyRecord>.make(at: .now).description
        return ["id", "contact_id", "individual_id"].reduce(path) { path, name in
            path.replacing("{\(name)}", with: values[name] ?? nothing)
        }
    }

    /// The method as requests carry it.
    var httpMethod: HTTPRequest.Method { HTTPRequest.Method(rawValue: method.rawValue) ?? .get }
}

extension ServiceUnderTest<CustomersDefinition> {
    /// Every operation that the service serves, but for those that every service has.
    var contracts: [Contract] { assembly.routes.map(\.contract) }

    /// Adds a person or an organization, whose answer must be 201.
    func add(
        _ path: String, _ body: String, as token: String, _ site: SourceLocation = #_sourceLocation
    ) async throws -> TestAnswer {
        let answer = try await send(.post, path, as: token, body)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: site)
        return answer
    }

    /// Adds a person by name.
    func addIndividual(_ name: String = "Ada Lovelace", as token: String) async throws -> String {
        try #require(try await add("/v1/individuals", #"{"name": "\#(name)"}"#, as: token).id)
    }

    /// Adds an organization by name.
    func addOrganization(_ name: String = "Acme", as token: String) async throws -> String {
        try #require(try await add("/v1/organizations", #"{"name": "\#(name)"}"#, as: token).id)
    }

    /// The names that a list or a search shows, in order.
    func names(_ path: String, as token: String) async throws -> [String] {
        let answer = try await send(.get, path, as: token)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.items.compactMap { $0["name"]?.text }
    }

    /// Verbs and changes of a record's activity, oldest first.
    func activity(of id: String, in workspace: ID<Workspace>) async throws -> [String] {
        let result = try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT version || ' ' || verb || ' ' || changes::text AS line FROM core.activity
            WHERE workspace_id = \(workspace) AND subject_id = \(ID<AnyRecord>(id)) ORDER BY version
            """)
        return try (0..<result.count).map { try result.text("line", row: $0) ?? "" }
    }

    /// How many rows a table has in a workspace, as the service sees it.
    func count(_ table: String, in workspace: ID<Workspace>) async throws -> Int {
        let result = try await database.query(
            .scan, in: .workspace(workspace), "SELECT count(*) AS n FROM \(unsafe: table)")
        return try result.value("n")
    }
}

extension TestAnswer {
    /// The id of the record that it shows.
    var id: String? { json["id"]?.text }
    /// The items of the list that it shows.
    var items: [JSONValue] { json["items"]?.items ?? [] }
    /// The contacts of the customer that it shows.
    var contacts: [JSONValue] { json["contacts"]?.items ?? [] }
}
