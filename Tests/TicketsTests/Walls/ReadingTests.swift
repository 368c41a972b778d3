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
            write: ("/v1/teams", #"{"name": "T"}"#))
    }

    @Test("S-16: no GET of customers sends a statement that writes, and each works where nothing can be written")
    func customers() async throws {
        try await reads(CustomersDefinition.self, write: ("/v1/individuals", #"{"name": "N"}"#))
    }

    @Test("S-16: no GET of tickets sends a statement that writes, and each works where nothing can be written")
    func tickets() async throws {
        try await reads(
            TicketsDefinition.self, write: ("/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D"}"#))
    }

    /// Makes one record, and checks each GET.
    private func reads<Definition: ServiceDefinition>(
        _ definition: Definition.Type, values: [AbsoluteConfigKey: ConfigValue] = [:], write: (String, String)
    ) async throws {
        try await ReadingWall<Definition>.check(values: values, write: write) { service, company, token in
            let made = try await service.send(.post, write.0, as: token, write.1)
            #expect(made.status == 201, "\(made.text)")
            return Self.paths(service.assembly.routes.map(\.contract), company, made.json["id"]?.text ?? "")
        }
    }

    /// The addresses of each operation that reads: with what is there, and with what is not.
    private static func paths(_ contracts: [Contract], _ company: Company, _ made: String) -> [String] {
        contracts.filter { $0.method == .get && $0.path.hasPrefix("/v1/") }.flatMap { contract in
            guard contract.path.contains("{") else {
                return [contract.path, "\(contract.path)?limit=1", "\(contract.path)?q=a"]
            }
            let known: String =
                switch contract.path.split(separator: "/").dropFirst().first {
                case "users": "\(company.agent.id)"
                case "teams": "\(company.team)"
                case "individuals": "\(company.individual)"
                case "organizations": "\(company.organization)"
                default: made
                }
            return [known, ID<User>.make(at: .now).description].map { id in
                contract.path.replacing(/\{\w+\}/, with: id)
            }
        }
    }
}
