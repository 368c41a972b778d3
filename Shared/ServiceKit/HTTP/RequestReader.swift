import HTTPTypes
import Hummingbird
import Models
import NIOCore

/// Reads the parts of a request into their types, and names every fault of a part at once.
final class RequestReader<Path: Codable & Sendable, Query: Codable & Sendable, Body: Codable & Sendable>: Sendable {
    let contract: Contract
    /// What stands for a part that the operation does not have: read once, not for every request.
    private let noPath: Path?
    private let noQuery: Query?
    private let noBody: Body?
    /// How the path reads itself, where it has one parameter and can.
    private let pathFromID: (@Sendable (String) -> Path?)?

    init(_ endpoint: Endpoint<Path, Query, Body, some Codable & Sendable>) {
        contract = endpoint.contract
        noPath = Self.empty(Path.self, contract.pathSchema)
        noQuery = Self.empty(Query.self, contract.querySchema)
        noBody = Self.empty(Body.self, contract.bodySchema)
        pathFromID = (Path.self as? any SingleIDPath.Type).flatMap { Self.reader(of: $0) }
    }

    private static func empty<Part: Codable>(_ part: Part.Type, _ schema: Schema?) -> Part? {
        schema == nil ? try? WireJSON.decode(part, from: .object([])) : nil
    }

    private static func reader<ByID: SingleIDPath>(of type: ByID.Type) -> (@Sendable (String) -> Path?)? {
        let read: @Sendable (String) -> ByID? = ByID.init(idText:)
        return read as? @Sendable (String) -> Path?
    }

    func path(_ parameters: Parameters) throws -> Path {
        if let noPath { return noPath }
        if let pathFromID {
            guard let text = parameters.get("id").flatMap(QueryText.decoded), let path = pathFromID(text) else {
                throw Problem.notFound("record")
            }
            return path
        }
        guard let schema = contract.pathSchema, case .object(let object) = schema else {
            return try WireJSON.decode(Path.self, from: .object([]))
        }
        let members = object.members.map { member in
            JSONValue.Member(
                member.name, Self.value(QueryText.decoded(parameters.get(member.name) ?? "") ?? "\u{0}", member.schema))
        }
        // An id that cannot be one names nothing that exists.
        guard schema.faults(in: .object(members)).isEmpty else { throw Problem.notFound("record") }
        return try WireJSON.decode(Path.self, from: .object(members))
    }

    /// The query, refusing what is neither in its schema nor among the others: what the operation has besides, and was
    /// taken out before.
    func query(_ text: String?, besides others: [String] = []) throws -> Query {
        if let noQuery, text?.isEmpty ?? true { return noQuery }
        let given = try QueryText.parameters(of: text ?? "")
        guard let schema = contract.querySchema, case .object(let object) = schema else {
            try refuseUnknown(given, known: [], others)
            return try WireJSON.decode(Query.self, from: .object([]))
        }
        try refuseUnknown(given, known: object.members.map(\.name), others)
        let members = given.map { parameter in
            let schema = object.members.first { $0.name == parameter.name }?.schema ?? .any
            return JSONValue.Member(parameter.name, Self.value(parameter.value, schema))
        }
        let faults = schema.faults(in: .object(members)).map { fault in
            FieldError(String(fault.pointer.dropFirst()), fault.code, fault.detail)
        }
        guard faults.isEmpty else {
            let code: Problem.Code = faults.allSatisfy { $0.pointer == "cursor" } ? .invalidCursor : .invalidParameter
            throw Problem(code, "Correct the parameters listed under errors.", errors: faults)
        }
        return try WireJSON.decode(Query.self, from: .object(members))
    }

    func body(_ bytes: [UInt8], _ fields: HTTPFields) throws -> Body {
        if let noBody, bytes.isEmpty { return noBody }
        guard let schema = contract.bodySchema else {
            throw Problem(.malformedRequest, "This operation takes no body.")
        }
        try checkMediaType(fields[.contentType])
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONParser.parse(bytes)
        } catch {
            throw Problem(.malformedRequest, "The body is not valid JSON: at byte \(error.offset), \(error.reason).")
        }
        let faults = schema.faults(in: document)
        guard faults.isEmpty else { throw Problem.invalidBody(faults) }
        return try WireJSON.decode(Body.self, from: document)
    }

    private func checkMediaType(_ header: String?) throws {
        let type = header?.prefix { $0 != ";" }.lowercased().filter { $0 != " " } ?? ""
        guard type == "application/json" || type == "application/merge-patch+json" else {
            throw Problem(
                .unsupportedMediaType, "Send the body as application/json.", headers: ["Accept": "application/json"])
        }
    }

    // MARK: Parameters

    private func refuseUnknown(_ given: [QueryParameter], known: [String], _ others: [String]) throws {
        let unknown = given.map(\.name).filter { !known.contains($0) }
        guard !unknown.isEmpty else { return }
        let all = (known + others).joined(separator: ", ")
        let list = all.isEmpty ? "This operation takes no parameters." : "Known are: \(all)."
        throw Problem(
            .invalidParameter, list,
            errors: unknown.map { FieldError(String($0.prefix(64)), .unknownField, "is not a known parameter") })
    }

    /// Text in an address as the schema's type: a number where one is wanted, a boolean, else the text.
    private static func value(_ text: String, _ schema: Schema) -> JSONValue {
        switch schema {
        case .nullable(let inner): value(text, inner)
        case .integer: Int64(text).map(JSONValue.integer) ?? .string(text)
        case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        default: .string(text)
        }
    }
}
