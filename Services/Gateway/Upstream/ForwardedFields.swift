import HTTPTypes
import NIOHTTP1
import ServiceKit

/// Which header fields cross the gateway.
enum ForwardedFields {
    /// Fields that belong to one connection (RFC 9110, section 7.6.1), or that the gateway sets itself.
    private static let ownNames: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length", "authorization", "cookie", "expect", "forwarded",
        "x-request-id", "traceparent", "tracestate",
    ]

    /// What only the inside may say (S-6).
    private static let insidePrefixes = ["x-user", "x-workspace", "x-forwarded-", "x-internal", "x-real-ip"]

    /// Fields of an answer that belong to its connection, or that the gateway sets itself.
    private static let answerNames = AnswerNames(without: [
        "date", "server", "connection", "keep-alive", "transfer-encoding", "upgrade", "trailer",
    ])

    /// The fields of a request as the service sees them.
    static func request(_ fields: HTTPFields, _ voucher: Voucher, _ exchange: Exchange) -> HTTPHeaders {
        let named = fields.contains(.connection) ? connectionNames(fields[values: .connection]) : []
        var headers = HTTPHeaders()
        headers.reserveCapacity(fields.count + 8)
        for field in fields {
            let name = field.name.canonicalName
            guard !ownNames.contains(name), !named.contains(name),
                name.utf8.first != UInt8(ascii: "x") || !insidePrefixes.contains(where: { name.hasPrefix($0) })
            else { continue }
            headers.add(name: name, value: field.value)
        }
        headers.add(name: "x-request-id", value: exchange.requestID)
        headers.add(name: "traceparent", value: exchange.trace.traceparent)
        if let token = voucher.token { headers.add(name: "authorization", value: "Bearer \(token)") }
        if let address = voucher.address { headers.add(name: "x-internal-client", value: address) }
        // By it a browser is known that signed in before. It lets nobody in, and sign-ins alone ask for it.
        if voucher.token == nil, let device = DeviceCookie.pair(in: fields[values: .cookie]) {
            headers.add(name: "cookie", value: device)
        }
        return headers
    }

    /// The fields of an answer as the caller sees them; its length follows from its body.
    static func response(_ headers: HTTPHeaders) -> HTTPFields {
        let named = headers.contains(name: "connection") ? connectionNames(headers["connection"]) : []
        var fields = HTTPFields()
        fields.reserveCapacity(headers.count + 8)
        for (name, value) in headers {
            guard let name = answerNames[name], !named.contains(name.canonicalName) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        return fields
    }

    private static func connectionNames(_ values: [String]) -> Set<String> {
        Set(values.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " }.lowercased() })
    }
}
