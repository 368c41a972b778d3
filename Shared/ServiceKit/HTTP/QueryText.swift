package import Models

/// One parameter of an address: as it came, and decoded.
package struct QueryParameter: Sendable {
    /// As it came.
    let raw: Substring
    /// Its name, decoded.
    package let name: String
    /// Its value, decoded.
    package let value: String
}

/// The query of an address, read by RFC 3986 and the forms of HTML, where plus is a blank.
package enum QueryText {
    /// The most parameters of a request.
    static let limit = 100

    /// The parameters in their order.
    ///
    /// - Throws: ``Problem`` 400 when one is not decodable, or stands there twice.
    package static func parameters(of query: String) throws(Problem) -> [QueryParameter] {
        var seen: Set<String> = []
        var parameters: [QueryParameter] = []
        for raw in query.split(separator: "&").prefix(limit + 1) {
            let parts = raw.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? parts[1].replacing("+", with: " ") : ""
            guard let name = decoded(String(parts[0])), let value = decoded(String(value)) else {
                throw Problem(.invalidParameter, "A parameter is not valid percent-encoded UTF-8.")
            }
            guard seen.insert(name).inserted, seen.count <= limit else {
                throw Problem(.invalidParameter, "Give each parameter once.")
            }
            parameters.append(QueryParameter(raw: raw, name: name, value: value))
        }
        return parameters
    }

    /// Undoes percent-encoding (RFC 3986, section 2.1); `nil` when it is malformed or no UTF-8.
    static func decoded(_ text: String) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
