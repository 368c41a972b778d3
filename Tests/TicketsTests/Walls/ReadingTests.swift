import Configuration
import FoundationEssentials
import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Customers
@testable import Identity
@testable import Tickets

@Suite("Reading changes nothing (S-16)", .scratchDatabase(.tickets))
struct ReadingTests {
    @Test("S-16: no GET of identity sends a statement that writes, and each works where nothing can be written")
    func identity() async throws {
        let key = Data(repeating: 42, count: 32).base64EncodedString()
        try await reads(
            IdentityDefinition.self, values: ["casebook.identity.encryptionKey": .init(stringLiteral: key)],
            write: ("/v1/teams", #"{"name": "T"}"#), absent: ["sessions.current": "the test signs its tokens itself"]
        ) { company in
            [
                Made("/v1/workspaces/current/skills", #"{"name": "S"}"#),
                Made("/v1/users/\(company.agent.id)/links", member: "token", below: "/v1/users/links/"),
            ]
        }
    }

    @Test("S-16: no GET of customers sends a statement that writes, and each works where nothing can be written")
    func customers() async throws {
        try await reads(CustomersDefinition.self, write: ("/v1/individuals", #"{"name": "N"}"#))
    }

    @Test("S-16: no GET of tickets sends a statement that writes, and each works where nothing can be written")
    func tickets() async throws {
        try await reads(
            TicketsDefinition.self, write: ("/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D"}"#)
        ) { _ in
            [
                Made("/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D"}"#),
                Made(
                    "/v1/tickets/jobs", #"{"filter": {"status": "open"}, "change": {"update": {"priority": "low"}}}"#),
            ]
        }
    }

    /// A record that is made so that it can be read.
    private struct Made: Sendable {
        let path: String
        let body: String?
        /// The member of the answer that stands in paths.
        let member: String
        /// What paths of it begin with.
        let prefix: String

        init(_ path: String, _ body: String? = nil, member: String = "id", below prefix: String? = nil) {
            (self.path, self.body, self.member, self.prefix) = (path, body, member, prefix ?? "\(path)/")
        }
    }

    /// Makes records, and checks each GET.
    private func reads<Definition: ServiceDefinition>(
        _ definition: Definition.Type, values: [AbsoluteConfigKey: ConfigValue] = [:], write: (String, String),
        absent: [String: String] = [:], making made: @escaping @Sendable (Company) -> [Made] = { _ in [] }
    ) async throws {
        try await ReadingWall<Definition>.check(values: values, write: write, absent: absent) {
            service, company, token in
            var records = [
                "/v1/users/": "\(company.agent.id)", "/v1/teams/": "\(company.team)",
                "/v1/individuals/": "\(company.individual)", "/v1/organizations/": "\(company.organization)",
            ]
            for record in made(company) {
                let answer = try await service.send(.post, record.path, as: token, record.body)
                records[record.prefix] = try #require(answer.json[record.member]?.text, "\(answer.text)")
            }
            return Self.paths(service.assembly.routes.map(\.contract), records)
        }
    }

    /// The addresses of each operation that reads: with what is there, and with what is not.
    private static func paths(_ contracts: [Contract], _ records: [String: String]) -> [String] {
        contracts.filter { $0.method == .get }.flatMap { contract in
            guard contract.path.contains("{") else {
                return [contract.path, "\(contract.path)?limit=1", "\(contract.path)?q=a"]
            }
            let known = records.filter { contract.path.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }
            return [known?.value ?? "none", ID<User>.make(at: .now).description].map { id in
                contract.path.replacing(/\{\w+\}/, with: id)
            }
        }
    }
}
