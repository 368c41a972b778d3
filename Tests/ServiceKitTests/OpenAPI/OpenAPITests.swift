import Models
import Testing

@testable import ServiceKit

@Suite("OpenAPI")
struct OpenAPITests {
    private let document = OpenAPI.document(title: "all", contracts: ServiceName.allCases.flatMap(\.contracts))

    @Test("every operation is described with its name, permission and answers")
    func describesOperations() throws {
        for contract in ServiceName.allCases.flatMap(\.contracts) {
            let operation = document["paths"]?[contract.path]?[contract.method.rawValue.lowercased()]
            #expect(operation?["operationId"] == .string(contract.id))
            #expect(operation?["responses"]?[String(contract.success)] != nil, "\(contract.id)")
            if case .needs(let permission) = contract.access {
                #expect(operation?["x-permission"] == .string(permission.rawValue))
                #expect(operation?["responses"]?["401"] != nil)
                #expect(operation?["responses"]?["403"] != nil)
            }
        }
    }

    @Test("every reference leads to a schema")
    func referencesResolve() throws {
        guard case .object(let schemas)? = document["components"]?["schemas"] else {
            Issue.record("no schemas")
            return
        }
        let names = Set(schemas.map(\.name))
        #expect(schemas.allSatisfy { $0.value != .null })
        func references(_ value: JSONValue) -> [String] {
            switch value {
            case .object(let members):
                members.flatMap { member -> [String] in
                    if member.name == "$ref", case .string(let target) = member.value { return [target] }
                    return references(member.value)
                }
            case .array(let elements): elements.flatMap(references)
            default: []
            }
        }
        let targets = references(document)
        #expect(!targets.isEmpty)
        for target in targets { #expect(names.contains(String(target.split(separator: "/").last ?? "")), "\(target)") }
    }

    @Test("a request's object refuses unknown members and an answer's does not")
    func separatesRequestsFromAnswers() {
        let schemas = document["components"]?["schemas"]
        #expect(schemas?["CreateUser"]?["additionalProperties"] == false)
        #expect(schemas?["User"]?["additionalProperties"] == nil)
    }
}
