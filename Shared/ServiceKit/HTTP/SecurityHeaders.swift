import HTTPTypes

/// The headers that every answer of the API carries (S-24).
enum SecurityHeaders {
    /// An API answer is data: nothing in it may run, be framed, sniffed or kept.
    static let api: [HTTPField] = [
        HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: .referrerPolicy, value: "no-referrer"),
        HTTPField(name: .crossOriginOpenerPolicy, value: "same-origin"),
        HTTPField(name: .crossOriginResourcePolicy, value: "same-origin"),
    ]

    /// For half a year, by TLS only (RFC 6797).
    private static let transport = HTTPField(name: .strictTransportSecurity, value: "max-age=15552000")

    /// Adds what the handler did not set itself.
    static func apply(to fields: inout HTTPFields, isReachedByTLS: Bool) {
        if isReachedByTLS, !fields.contains(.strictTransportSecurity) { fields.append(transport) }
        for field in api where !fields.contains(field.name) { fields.append(field) }
        if !fields.contains(.cacheControl) { fields.append(HTTPField(name: .cacheControl, value: "no-store")) }
    }
}
