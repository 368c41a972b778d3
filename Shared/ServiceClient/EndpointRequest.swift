package import Models

/// One call of an operation, as it goes over the wire.
package struct EndpointRequest<Output: Codable & Sendable>: Sendable {
    /// The operation.
    let contract: Contract
    /// Path and query.
    let target: String
    /// The body; `nil` where the operation takes none.
    let body: [UInt8]?
}

extension Endpoint {
    /// Fills in the operation.
    ///
    /// - Throws: `EncodingError` when a value cannot be written.
    package func request(path: Path, query: Query, body: Body) throws -> EndpointRequest<Output> {
        var target = contract.path
        for (name, text) in try Self.members(of: path) {
            target = target.replacing("{\(name)}", with: Self.escaped(text))
        }
        let parameters = try Self.members(of: query).map { "\($0.name)=\(Self.escaped($0.text))" }
        if !parameters.isEmpty { target += "?" + parameters.joined(separator: "&") }
        return EndpointRequest(
            contract: contract, target: target, body: contract.bodySchema == nil ? nil : try WireJSON.encode(body))
    }

    /// The members that have a value, as text, by their names on the wire.
    private static func members(of value: some Encodable) throws -> [(name: String, text: String)] {
        guard case .object(let members) = try JSONParser.parse(try WireJSON.encode(value)) else { return [] }
        return members.compactMap { member in
            switch member.value {
            case .string(let text): (member.name, text)
            case .integer(let number): (member.name, String(number))
            case .number(let number): (member.name, "\(number)")
            case .bool(let flag): (member.name, flag ? "true" : "false")
            case .null, .array, .object: nil
            }
        }
    }

    /// Percent-encoding of all but the unreserved characters (RFC 3986, section 2.3).
    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Endpoint where Query == NoQuery {
    /// Fills in an operation that takes no parameters.
    package func request(path: Path, body: Body) throws -> EndpointRequest<Output> {
        try request(path: path, query: NoQuery(), body: body)
    }
}

extension Endpoint where Path == NoPath, Query == NoQuery {
    /// Fills in an operation that takes a body alone.
    package func request(body: Body) throws -> EndpointRequest<Output> {
        try request(path: NoPath(), query: NoQuery(), body: body)
    }
}

extension Endpoint where Body == NoBody {
    /// Fills in an operation that takes no body.
    package func request(path: Path, query: Query) throws -> EndpointRequest<Output> {
        try request(path: path, query: query, body: NoBody())
    }
}

extension Endpoint where Path == NoPath, Body == NoBody {
    /// Fills in an operation that takes parameters alone.
    package func request(query: Query) throws -> EndpointRequest<Output> {
        try request(path: NoPath(), query: query, body: NoBody())
    }
}

extension Endpoint where Query == NoQuery, Body == NoBody {
    /// Fills in an operation that takes a path alone.
    package func request(path: Path) throws -> EndpointRequest<Output> {
        try request(path: path, query: NoQuery(), body: NoBody())
    }
}

extension Endpoint where Path == NoPath, Query == NoQuery, Body == NoBody {
    /// An operation that takes nothing.
    package func request() throws -> EndpointRequest<Output> {
        try request(path: NoPath(), query: NoQuery(), body: NoBody())
    }
}
