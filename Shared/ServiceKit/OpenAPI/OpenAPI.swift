package import Models

/// The contract of a service as OpenAPI 3.1, made from the endpoints' declarations.
package enum OpenAPI {
    /// The whole document.
    ///
    /// - Parameters:
    ///   - title: The service's name.
    ///   - contracts: The operations, in any order; the document sorts them.
    /// - Returns: The document, ready to be written.
    package static func document(title: String, contracts: [Contract]) -> JSONValue {
        var components = OpenAPIComponents()
        let all = contracts
        let byPath = Dictionary(grouping: contracts, by: \.path).sorted { $0.key < $1.key }
        let paths = byPath.map { path, contracts in
            JSONValue.Member(
                path,
                .object(
                    contracts.sorted { $0.method.rawValue < $1.method.rawValue }.map { contract in
                        JSONValue.Member(
                            contract.method.rawValue.lowercased(),
                            operation(contract, among: all, &components))
                    }))
        }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string("Casebook \(title)"), "version": .string(BuildVersion.text)],
            "paths": .object(paths),
            "components": [
                "schemas": .object(components.schemas),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "session": ["type": "apiKey", "in": "cookie", "name": "__Host-casebook"],
                ],
            ],
        ]
    }

    private static func operation(
        _ contract: Contract, among all: [Contract], _ components: inout OpenAPIComponents
    ) -> JSONValue {
        let composition = Composition(of: contract, among: all)
        var members: [JSONValue.Member] = [
            JSONValue.Member("operationId", .string(contract.id)),
            JSONValue.Member("summary", .string(contract.summary)),
            JSONValue.Member("tags", .array([.string(String(contract.id.prefix { $0 != "." }))])),
            JSONValue.Member("security", security(contract.access)),
        ]
        switch contract.access {
        case .needs(let permission): members.append(JSONValue.Member("x-permission", .string(permission.rawValue)))
        case .open(let reason): members.append(JSONValue.Member("x-open", .string(reason)))
        case .signed(let proof): members.append(JSONValue.Member("x-signed-by", .string(proof.rawValue)))
        }
        let parameters = parameters(contract, &components) + (composition.map(parameters) ?? [])
        if !parameters.isEmpty { members.append(JSONValue.Member("parameters", .array(parameters))) }
        if let body = contract.bodySchema {
            members.append(
                JSONValue.Member(
                    "requestBody",
                    ["required": true, "content": ["application/json": ["schema": components.json(body)]]]))
        }
        members.append(JSONValue.Member("responses", responses(contract, among: all, &components)))
        return .object(members)
    }

    private static func security(_ access: Access) -> JSONValue {
        switch access {
        case .needs: [["bearer": []], ["session": []]]
        case .open, .signed: []
        }
    }

    private static func parameters(_ contract: Contract, _ components: inout OpenAPIComponents) -> [JSONValue] {
        var parameters: [JSONValue] = []
        func add(_ schema: Schema?, in place: String) {
            guard case .object(let object)? = schema else { return }
            for member in object.members {
                parameters.append([
                    "name": .string(member.name), "in": .string(place),
                    "required": .bool(place == "path" || member.isRequired),
                    "schema": components.json(member.schema.withoutNull).described(
                        by: FieldTexts.all.text(of: member.name, in: object.name)),
                ])
            }
        }
        add(contract.pathSchema, in: "path")
        add(contract.querySchema, in: "query")
        if contract.keptAnswer != .none {
            parameters.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"],
            ])
        }
        if contract.problems.contains(.versionMismatch) {
            parameters.append([
                "name": "If-Match", "in": "header", "required": false,
                "schema": ["type": "string", "pattern": "^(\\*|\"[0-9]{1,18}(\\.[0-9]{1,18})?\")$"],
            ])
        }
        return parameters
    }

    /// What narrows an answer and what adds to it: each a list of words, separated by commas.
    private static func parameters(_ composition: Composition) -> [JSONValue] {
        func parameter(_ name: String, _ words: [String], limit: Int, _ description: String) -> JSONValue {
            [
                "name": .string(name), "in": "query", "required": false, "description": .string(description),
                "style": "form", "explode": false,
                "schema": [
                    "type": "array", "items": ["type": "string", "enum": .array(words.map(JSONValue.string))],
                    "minItems": 1, "maxItems": .integer(Int64(limit)), "uniqueItems": true,
                ],
            ]
        }
        var parameters: [JSONValue] = []
        if !composition.fields.isEmpty {
            let record = composition.isList ? "each item" : "the record"
            parameters.append(
                parameter(
                    Composition.fieldsName, composition.fields, limit: composition.fields.count,
                    "The members of \(record) to answer; all when it is not given."))
        }
        if !composition.relations.isEmpty {
            parameters.append(
                parameter(
                    Composition.includeName, composition.relations,
                    limit: min(Composition.relationLimit, composition.relations.count),
                    "Relations to add, each the first page of the address of its name under this one."))
        }
        return parameters
    }

    private static func responses(
        _ contract: Contract, among all: [Contract], _ components: inout OpenAPIComponents
    ) -> JSONValue {
        var success: [JSONValue.Member] = [JSONValue.Member("description", .string(contract.summary))]
        if let output = contract.outputSchema {
            success.append(
                JSONValue.Member(
                    "content",
                    .object([
                        JSONValue.Member(
                            contract.outputMediaType, ["schema": components.json(output, isAnswer: true)])
                    ])))
        }
        let headers = headers(of: contract)
        if !headers.isEmpty { success.append(JSONValue.Member("headers", .object(headers))) }
        let links = links(from: contract, among: all)
        if !links.isEmpty { success.append(JSONValue.Member("links", .object(links))) }
        var responses = [JSONValue.Member(String(contract.success), .object(success))]
        for (status, codes) in Dictionary(grouping: problems(of: contract), by: \.status).sorted(by: { $0.key < $1.key }
        ) {
            let sorted = codes.sorted { $0.word < $1.word }
            responses.append(
                JSONValue.Member(
                    String(status),
                    [
                        "description": .string(sorted.map(\.word).joined(separator: ", ")),
                        "x-problems": .object(sorted.map { JSONValue.Member($0.word, .string($0.title)) }),
                        "content": ["application/problem+json": ["schema": components.problem()]],
                    ]))
        }
        return .object(responses)
    }

    /// What stands in the header of a good answer, beside what every answer has.
    private static func headers(of contract: Contract) -> [JSONValue.Member] {
        var headers: [JSONValue.Member] = []
        func add(_ name: String, _ text: String) {
            headers.append(JSONValue.Member(name, ["description": .string(text), "schema": ["type": "string"]]))
        }
        guard case .object(let output)? = contract.outputSchema else { return [] }
        let members = Set(output.members.map(\.name))
        if members.isSuperset(of: ["id", "version"]), contract.outputMediaType == "application/json" {
            add("ETag", "The record's version, for `If-Match` and `If-None-Match`.")
        }
        if makesRecord(contract), members.contains("id") { add("Location", "Where the record is.") }
        return headers
    }

    /// What can be done with a record that was made: the operations under its address.
    private static func links(from contract: Contract, among all: [Contract]) -> [JSONValue.Member] {
        guard makesRecord(contract), case .object(let output)? = contract.outputSchema,
            output.members.contains(where: { $0.name == "id" })
        else { return [] }
        let record = "\(contract.path)/{id}"
        let under = all.filter { other in
            guard other.path.hasPrefix(record) else { return false }
            let rest = other.path.dropFirst(record.count)
            return rest.isEmpty || rest.first == "/" && !rest.contains("{")
        }
        return under.map(\.id).sorted()
            .map { JSONValue.Member($0, ["operationId": .string($0), "parameters": ["id": "$response.body#/id"]]) }
    }

    /// Whether a good answer shows a record that is new: 201, or 202 at a plural's own address.
    private static func makesRecord(_ contract: Contract) -> Bool {
        contract.success == 201 || contract.success == 202 && !contract.path.contains("{")
    }

    /// The problems that an operation can give: its own, and those of its kind.
    private static func problems(of contract: Contract) -> Set<Problem.Code> {
        var codes = Set(contract.problems).union([
            .malformedRequest, .invalidParameter, .unauthenticated, .notFound, .methodNotAllowed, .rateLimited,
            .internalError, .unavailable, .deadlineExceeded,
        ])
        if case .needs = contract.access { codes.insert(.forbidden) }
        if contract.bodySchema != nil {
            codes.formUnion([.bodyTooLarge, .unsupportedMediaType, .invalidBody])
        }
        if contract.keptAnswer == .stored { codes.formUnion([.idempotencyInProgress, .idempotencyKeyReused]) }
        if contract.keptAnswer == .secret { codes.insert(.alreadyIssued) }
        if contract.method.isWrite { codes.insert(.outcomeUnknown) }
        return codes
    }
}

extension Schema {
    /// The schema of a parameter, which is absent rather than null.
    var withoutNull: Schema {
        if case .nullable(let inner) = self { inner } else { self }
    }
}
