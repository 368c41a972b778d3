import Models
import TestSupport
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

    private func parameters(_ path: String, _ method: String = "get") -> [JSONValue] {
        guard case .array(let parameters)? = document["paths"]?[path]?[method]?["parameters"] else { return [] }
        return parameters
    }

    private func words(_ parameter: JSONValue?) -> [String] {
        guard case .array(let words)? = parameter?["schema"]?["items"]?["enum"] else { return [] }
        return words.compactMap(\.text)
    }

    @Test("what fields= and include= may name stands there as closed lists, and no write has them (S-11)")
    func describesCompositions() throws {
        let ticket = parameters("/v1/tickets/{id}").filter { $0["in"] == "query" }
        #expect(ticket.map { $0["name"]?.text } == ["fields", "include"])
        #expect(words(ticket.first).starts(with: ["id", "case_number", "title"]))
        #expect(words(ticket.last) == ["activity", "assignments", "notes"])
        #expect(ticket.last?["schema"]?["maxItems"] == 3)
        #expect(ticket.allSatisfy { $0["explode"] == false && $0["required"] == false })
        let list = parameters("/v1/organizations").filter { $0["in"] == "query" }
        #expect(list.last?["name"] == "fields")
        #expect(words(list.last).starts(with: ["id", "name", "domains"]))
        #expect(words(parameters("/v1/organizations/{id}").last) == ["members"])
        #expect(words(parameters("/v1/teams/{id}").last) == ["members"])
        for contract in ServiceName.allCases.flatMap(\.contracts) {
            let names = parameters(contract.path, contract.method.rawValue.lowercased()).compactMap { $0["name"]?.text }
            // A stream is no record, and neither is a file.
            let isRecord = !contract.method.isWrite && !["events.stream", "calendars.read"].contains(contract.id)
            #expect(names.contains("fields") == isRecord, "\(contract.id)")
            #expect(Set(names).count == names.count, "\(contract.id)")
        }
    }

    @Test("a batch is described with its limit, its methods and the paths that it takes (A10, C6, K5)")
    func describesBatches() {
        for (collection, name) in [
            ("tickets", "Tickets"), ("tasks", "Tasks"), ("individuals", "Individuals"),
            ("organizations", "Organizations"),
        ] {
            let operation = document["paths"]?["/v1/\(collection)/batch"]?["post"]
            let body = operation?["requestBody"]?["content"]?["application/json"]?["schema"]
            #expect(body?["$ref"] == .string("#/components/schemas/\(name)Batch"))
            let operations = document["components"]?["schemas"]?["\(name)Batch"]?["properties"]?["operations"]
            #expect(operations?["maxItems"] == 100)
            let members = document["components"]?["schemas"]?["\(name)BatchOperation"]?["properties"]
            #expect(members?["method"]?["enum"] == ["POST", "PUT", "PATCH", "DELETE"])
            #expect(members?["path"]?["pattern"]?.text?.hasPrefix("^/v1/\(collection)(") == true)
        }
        #expect(document["components"]?["schemas"]?["BatchResults"] != nil)
    }
}
